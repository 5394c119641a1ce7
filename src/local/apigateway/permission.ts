import * as sdk from '@aws-sdk/client-api-gateway';
import type { Call, NeededPermission } from '../service.ts';
import { httpOf } from '../wire/catalog.ts';

/**
 * The HTTP method on the resource's path, as IAM names what API Gateway's own API does.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
export function permission(operation: string, input: Record<string, unknown>, call: Call): NeededPermission[] {
  const [method, template] = httpOf(sdk, operation);
  const path = template
    .replace(/\?.*$/, '')
    .replace(/\{(\w+)\+?\}/g, (_all, name: string) => encodeURIComponent(String(input[name])));
  return [{ action: `apigateway:${method}`, resource: `arn:aws:apigateway:${call.region}::${path}` }];
}

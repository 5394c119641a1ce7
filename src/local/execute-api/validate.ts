import type { Method } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Deployed } from './deployed.ts';
import type { Exchange } from './exchange.ts';

/** What a method's request validator holds against a request. */
export interface RequestFault {
  error: 'bad-parameters' | 'bad-body';
  /** Undefined: the error's usual one. */
  message?: string;
  validation?: string;
  /** The line in the execution log. */
  logged: string;
}

export function findRequestFault(
  ready: Deployed,
  method: Method,
  request: { input: Exchange['input']; body: Buffer; contentType: string },
): RequestFault | undefined {
  const validator = ready.definition.validators[method.requestValidatorId ?? ''];
  if (validator?.validateRequestParameters) {
    const missing = missingParameters(method, request.input);
    const message = `Missing required request parameters: [${missing.join(', ')}]`;
    if (missing.length > 0) return { error: 'bad-parameters', message, logged: message };
  }
  if (!validator?.validateRequestBody) return undefined;
  // By the model of the body's type, or of any; a type without one is not looked at. Source: developer guide, request validation.
  const models = method.requestModels ?? {};
  const model = ownMember(models, request.contentType) ?? ownMember(models, '$default');
  const validation = model === undefined ? undefined : ready.bodyFault(model, request.body);
  if (validation === undefined) return undefined;
  return {
    error: 'bad-body',
    validation,
    logged: `Request body does not match model schema for content type ${request.contentType}: ${validation}`,
  };
}

/** The required parameters that a request lacks. Names are case-sensitive. */
function missingParameters({ requestParameters = {} }: Method, input: Exchange['input']): string[] {
  const given = input().parameters;
  // Recorded: headers before path before query (localstack `apigateway/test_apigateway_common`, 2024).
  const declared = Object.entries(requestParameters).sort(([one], [other]) => (one < other ? -1 : 1));
  return declared.flatMap(([address, required]) => {
    const [, place, name = ''] = /^method\.request\.(path|querystring|header)\.(.+)$/.exec(address) ?? [];
    const values = given[place as keyof typeof given] ?? {};
    return required && !ownMember(values, name) ? [name] : [];
  });
}

import {
  APIGatewayClient,
  DeleteGatewayResponseCommand,
  GetGatewayResponseCommand,
  PutGatewayResponseCommand,
} from '@aws-sdk/client-api-gateway';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import { differences, type Existing, type Resource } from './resource.ts';

/** Headers of the answers that API Gateway gives by itself: no token, no such path, a function that failed. */
export interface DesiredGatewayResponse {
  apiId: string;
  responseType: 'DEFAULT_4XX' | 'DEFAULT_5XX';
  /** `gatewayresponse.header.NAME` → a text in quotes, or what of the request it is. */
  parameters: Record<string, string>;
}

export const responseTemplates = { 'application/json': '{"message":$context.error.messageString}' };

export interface ActualGatewayResponse extends Existing, DesiredGatewayResponse {}

async function read(aws: Aws, desired: DesiredGatewayResponse): Promise<ActualGatewayResponse | undefined> {
  const { apiId, responseType } = desired;
  const command = new GetGatewayResponseCommand({ restApiId: apiId, responseType });
  const found = await aws.call(APIGatewayClient, command).catch(ignoreMissing);
  // One that nobody has put is told too, as the default that it is.
  if (!found || found.defaultResponse) return undefined;
  return { id: responseType, apiId, responseType, parameters: found.responseParameters ?? {} };
}

function compare(desired: DesiredGatewayResponse, actual: ActualGatewayResponse): Change[] {
  return differences({ parameters: desired.parameters }, { ...actual });
}

async function create(aws: Aws, desired: DesiredGatewayResponse): Promise<ActualGatewayResponse> {
  const { apiId: restApiId, responseType, parameters: responseParameters } = desired;
  const input = { restApiId, responseType, responseParameters, responseTemplates };
  await aws.call(APIGatewayClient, new PutGatewayResponseCommand(input));
  return { ...desired, id: responseType };
}

async function update(
  aws: Aws,
  { desired }: { desired: DesiredGatewayResponse; actual: ActualGatewayResponse },
): Promise<ActualGatewayResponse> {
  return create(aws, desired);
}

async function remove(aws: Aws, { apiId: restApiId, responseType }: ActualGatewayResponse): Promise<void> {
  await aws.call(APIGatewayClient, new DeleteGatewayResponseCommand({ restApiId, responseType })).catch(ignoreMissing);
}

export const gatewayResponse: Resource<DesiredGatewayResponse, ActualGatewayResponse> = {
  read,
  compare,
  create,
  update,
  remove,
};

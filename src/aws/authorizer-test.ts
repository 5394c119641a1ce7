import { APIGatewayClient, TestInvokeAuthorizerCommand } from '@aws-sdk/client-api-gateway';
import type { Aws } from './aws.ts';

export interface AuthorizerVerdict {
  /** What the authorizer would answer the client: 200, or the status of its refusal. */
  status: number;
  claims: Record<string, string>;
  latencyMs: number;
  log: string;
}

/** Asks an authorizer what it says of a token, as the console's test does. Throws DynopsError. */
export async function testAuthorizer(
  aws: Aws,
  what: { apiId: string; authorizerId: string; token: string },
): Promise<AuthorizerVerdict> {
  const { apiId: restApiId, authorizerId, token } = what;
  const command = new TestInvokeAuthorizerCommand({ restApiId, authorizerId, headers: { Authorization: token } });
  const { clientStatus = 0, claims = {}, latency = 0, log = '' } = await aws.call(APIGatewayClient, command);
  // AWS says 0 where all is well.
  return { status: clientStatus === 0 ? 200 : clientStatus, claims, latencyMs: latency, log };
}

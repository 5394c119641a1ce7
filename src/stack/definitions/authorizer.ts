import {
  type ActualAuthorizer,
  authorizer as cognitoAuthorizer,
  type DesiredAuthorizer,
} from '../../aws/authorizer.ts';
import { authorizerNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, unknownId } from '../node.ts';
import { apiId } from './api.ts';
import { clientId } from './client.ts';
import { poolId } from './pool.ts';

export const authorizerId: NodeId<ActualAuthorizer> = 'authorizer';

/** The API's authorizer, which takes the id tokens of the pool's one client. */
export function authorizer(): Node {
  return node<DesiredAuthorizer, ActualAuthorizer>({
    id: authorizerId,
    type: 'authorizer',
    inside: apiId,
    after: [apiId, poolId, clientId],
    name: ({ stack }) => authorizerNameIn(stack),
    key: desiredAuthorizer,
    resource: cognitoAuthorizer,
    consoleStep:
      'API Gateway → the API → Authorizers → Create authorizer: Cognito, token source Authorization, token validation: the app client’s id',
  });
}

export function desiredAuthorizer(known: Known): DesiredAuthorizer | undefined {
  const found = known.actual(apiId);
  return (
    found && {
      apiId: found.apiId,
      name: authorizerNameIn(known.stack),
      userPoolArn: known.actual(poolId)?.id ?? unknownId,
      clientId: known.actual(clientId)?.clientId ?? unknownId,
    }
  );
}

import {
  type ActualAuthorizer,
  authorizer as cognitoAuthorizer,
  type DesiredAuthorizer,
  identitySource,
} from '../../aws/authorizer.ts';
import { authorizerNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport, unknownId } from '../node.ts';
import { expression } from '../terraform-blocks.ts';
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
    terraform,
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

const terraform: TerraformExport<DesiredAuthorizer, ActualAuthorizer> = {
  reference: (label) => ({
    id: expression(`aws_api_gateway_authorizer.${label}.id`),
    authorizerId: expression(`aws_api_gateway_authorizer.${label}.id`),
    apiId: '',
    type: '',
    userPoolArns: [],
    identitySource: '',
    audience: '',
  }),
  blocks: (desired, { label, actual }) => [
    {
      type: 'aws_api_gateway_authorizer',
      label,
      attributes: {
        name: desired.name,
        type: 'COGNITO_USER_POOLS',
        rest_api_id: desired.apiId,
        provider_arns: [desired.userPoolArn],
        identity_source: identitySource,
        identity_validation_expression: desired.clientId,
      },
      importId: actual && `${actual.apiId}/${actual.authorizerId}`,
    },
  ],
};

import { type ActualClient, appClient, type DesiredClient, settingsInput } from '../../aws/app-client.ts';
import { loopbackCallbacks } from '../loopback-callbacks.ts';
import { clientNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { expression } from '../terraform-blocks.ts';
import { poolId } from './pool.ts';

export const clientId: NodeId<ActualClient> = 'client';

/** The pool's app client. */
export function client(): Node {
  return node<DesiredClient, ActualClient>({
    id: clientId,
    type: 'client',
    inside: poolId,
    after: [poolId],
    holdsData: true,
    name: ({ stack }) => clientNameIn(stack),
    key(known) {
      const found = known.actual(poolId);
      const { callbackUrls, logoutUrls, tokenMinutes } = known.settings();
      return (
        found && {
          poolId: found.poolId,
          name: clientNameIn(known.stack),
          callbackUrls: [...new Set([...callbackUrls, ...loopbackCallbacks])],
          logoutUrls,
          tokenMinutes,
        }
      );
    },
    resource: appClient,
    terraform,
    consoleStep:
      'Cognito → the pool → App clients → Create app client: no secret; Login pages: code and implicit grants',
  });
}

const terraform: TerraformExport<DesiredClient, ActualClient> = {
  reference: (label) => ({
    id: expression(`aws_cognito_user_pool_client.${label}.id`),
    clientId: expression(`aws_cognito_user_pool_client.${label}.id`),
    poolId: '',
    settings: {},
    duplicates: [],
  }),
  blocks(desired, { label, actual }) {
    const input = settingsInput(desired);
    return [
      {
        type: 'aws_cognito_user_pool_client',
        label,
        attributes: {
          name: input.ClientName,
          user_pool_id: input.UserPoolId,
          explicit_auth_flows: input.ExplicitAuthFlows,
          allowed_oauth_flows_user_pool_client: true,
          allowed_oauth_flows: input.AllowedOAuthFlows,
          allowed_oauth_scopes: input.AllowedOAuthScopes,
          supported_identity_providers: input.SupportedIdentityProviders,
          prevent_user_existence_errors: input.PreventUserExistenceErrors,
          callback_urls: input.CallbackURLs,
          logout_urls: input.LogoutURLs,
          id_token_validity: input.IdTokenValidity,
          access_token_validity: input.AccessTokenValidity,
          refresh_token_validity: input.RefreshTokenValidity,
        },
        blocks: { token_validity_units: { id_token: 'minutes', access_token: 'minutes', refresh_token: 'days' } },
        importId: actual && `${actual.poolId}/${actual.clientId}`,
      },
    ];
  },
};

import { UserManager } from 'oidc-client-ts';
import type { PageSettings } from './library-page.ts';

/** `oidc-client-ts` by the code grant: the page that begins is the page that the hosted pages come back to. */
function start({ endpoint, userPoolId, clientId, redirectUri }: PageSettings) {
  const manager = new UserManager({
    authority: `${endpoint}${userPoolId}`,
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    loadUserInfo: true,
  });
  return {
    begin: () => manager.signinRedirect(),
    async end() {
      const user = await manager.signinCallback();
      const renewed = await manager.signinSilent();
      return { first: user?.id_token, email: user?.profile.email, renewed: renewed?.id_token };
    },
    async leave() {
      await manager.revokeTokens(['refresh_token']);
      await manager.removeUser();
      return (await manager.getUser()) === null;
    },
  };
}

export type OidcPage = ReturnType<typeof start>;

Object.assign(globalThis, { start });

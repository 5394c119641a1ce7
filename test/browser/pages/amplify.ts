import {
  cognitoUserPoolsTokenProvider,
  confirmResetPassword,
  confirmSignUp,
  getCurrentUser,
  resetPassword,
  signIn,
  signOut,
  signUp,
} from '@aws-amplify/auth/cognito';
import { Amplify, fetchAuthSession } from '@aws-amplify/core';
import type { LibraryPage, PageSettings } from './library-page.ts';

/** Amplify's sign-in, as `aws-amplify` puts it together. */
function start({ endpoint, userPoolId, clientId }: PageSettings): LibraryPage {
  const Cognito = { userPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint };
  cognitoUserPoolsTokenProvider.setAuthConfig({ Cognito });
  Amplify.configure({ Auth: { Cognito } }, { Auth: { tokenProvider: cognitoUserPoolsTokenProvider } });
  const idToken = async (forceRefresh: boolean) =>
    String((await fetchAuthSession({ forceRefresh })).tokens?.idToken ?? '');
  return {
    async signUp({ username, password, email }) {
      const { nextStep } = await signUp({ username, password, options: { userAttributes: { email } } });
      return 'codeDeliveryDetails' in nextStep ? String(nextStep.codeDeliveryDetails.destination) : nextStep.signUpStep;
    },
    async confirm(username, code) {
      await confirmSignUp({ username, confirmationCode: code });
    },
    async signIn(username, password) {
      const { nextStep } = await signIn({ username, password });
      if (nextStep.signInStep !== 'DONE') throw new Error(nextStep.signInStep);
      return idToken(false);
    },
    refresh: () => idToken(true),
    async forgot(username) {
      const { nextStep } = await resetPassword({ username });
      return String(nextStep.codeDeliveryDetails.destination);
    },
    reset: (username, code, password) =>
      confirmResetPassword({ username, confirmationCode: code, newPassword: password }),
    async signOut() {
      await signOut({ global: true });
      return getCurrentUser().then(
        () => false,
        () => true,
      );
    },
  };
}

Object.assign(globalThis, { start });

import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  type CognitoUserSession,
  type ISignUpResult,
} from 'amazon-cognito-identity-js';
import type { LibraryPage, PageSettings } from './library-page.ts';

/** `amazon-cognito-identity-js`, as an application uses it. */
function start({ endpoint, userPoolId, clientId }: PageSettings): LibraryPage {
  const pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint });
  const userOf = (Username: string) => new CognitoUser({ Username, Pool: pool });
  const settled = <Value>(call: (done: (error: unknown, value?: Value) => void) => void) =>
    new Promise<Value | undefined>((resolve, reject) => {
      call((error, value) => (error ? reject(error) : resolve(value)));
    });
  const current = async () => {
    const user = pool.getCurrentUser();
    if (!user) throw new Error('nobody is signed in');
    const session = await settled<CognitoUserSession>((done) =>
      user.getSession((error: unknown, value: CognitoUserSession | null) => done(error, value ?? undefined)),
    );
    if (!session) throw new Error('no session');
    return { user, session };
  };
  return {
    async signUp({ username, password, email }) {
      const attributes = [new CognitoUserAttribute({ Name: 'email', Value: email })];
      const made = await settled<ISignUpResult>((done) => pool.signUp(username, password, attributes, [], done));
      return String(made?.codeDeliveryDetails.Destination);
    },
    async confirm(username, code) {
      await settled((done) => userOf(username).confirmRegistration(code, false, done));
    },
    signIn: (username, password) =>
      new Promise((resolve, reject) => {
        const details = new AuthenticationDetails({ Username: username, Password: password });
        userOf(username).authenticateUser(details, {
          onSuccess: (session) => resolve(session.getIdToken().getJwtToken()),
          onFailure: reject,
        });
      }),
    async refresh() {
      const { user, session } = await current();
      const renewed = await settled<CognitoUserSession>((done) => user.refreshSession(session.getRefreshToken(), done));
      return renewed?.getIdToken().getJwtToken() ?? '';
    },
    forgot: (username) =>
      new Promise((resolve, reject) => {
        userOf(username).forgotPassword({
          onSuccess: () => undefined,
          inputVerificationCode: ({ CodeDeliveryDetails }) => resolve(CodeDeliveryDetails.Destination),
          onFailure: reject,
        });
      }),
    reset: (username, code, password) =>
      new Promise((resolve, reject) => {
        userOf(username).confirmPassword(code, password, { onSuccess: () => resolve(), onFailure: reject });
      }),
    async signOut() {
      const { user } = await current();
      await new Promise<void>((resolve, reject) => {
        user.globalSignOut({ onSuccess: () => resolve(), onFailure: reject });
      });
      return pool.getCurrentUser() === null;
    },
  };
}

Object.assign(globalThis, { start });

export interface PageSettings {
  /** The engine's, with a slash at its end. */
  endpoint: string;
  userPoolId: string;
  clientId: string;
  redirectUri: string;
}

/** One sign-in library in a page; each step rejects with what the library says. */
export interface LibraryPage {
  /** Resolves to where the code went. */
  signUp(user: { username: string; password: string; email: string }): Promise<string>;
  confirm(username: string, code: string): Promise<void>;
  /** Resolves to the id token. */
  signIn(username: string, password: string): Promise<string>;
  refresh(): Promise<string>;
  forgot(username: string): Promise<string>;
  reset(username: string, code: string, password: string): Promise<void>;
  /** Resolves to whether nobody is signed in any more. */
  signOut(): Promise<boolean>;
}

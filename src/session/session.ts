import type { HttpResponse } from '../endpoint/http.ts';
import type { Outputs, StackFiles, Tokens } from '../home/stack-files.ts';

/** A stack in use: its addresses, its users' tokens, its API. Each part comes from what is kept where that is good. */
export interface Session {
  /** Throws `StackAbsent` when there is nothing of the stack. */
  standing(): Promise<StandingStack>;
  /** Throws `StackAbsent` when the stack has no API, `ApiNotServed` when the endpoint serves none. */
  standingApi(): Promise<StandingApi>;
  tokens(options?: SignInOptions): Promise<Tokens>;
  /** `auth`: with the token of `username`, or of the stack's own user, where somebody can sign in. */
  api(by: { auth: boolean; username?: string | undefined }): Promise<Api>;
}

/** The addresses of an existing stack, and the files stored for it. */
export interface StandingStack<Kept extends Outputs = Outputs> {
  outputs: Kept;
  files: StackFiles;
  /** True when nothing was asked of AWS: what is kept may be out of date. */
  fromCache: boolean;
}

/** The addresses of a stack whose API can be called. */
export type ApiOutputs = Outputs & { apiUrl: string };

export type StandingApi = StandingStack<ApiOutputs>;

export interface SignInOptions {
  /** Default: the stack's own user. */
  username?: string | undefined;
  /** Get new tokens although the kept ones are good. */
  refresh?: boolean | undefined;
  /** Read the password from stdin. */
  passwordStdin?: boolean | undefined;
  /** Read from stdin the new password that a first sign-in asks for. */
  newPasswordStdin?: boolean | undefined;
  /** Sign in on the pool's hosted pages. */
  hosted?: HostedSignInOptions | undefined;
}

export interface HostedSignInOptions {
  /** False: the page's address is only printed. */
  browser: boolean;
  /** A person pastes the address that the browser was sent to at the end. */
  paste: boolean;
}

/** One answer of the API, and what was sent to get it. */
export interface Exchange {
  response: HttpResponse;
  /** The response body as text. */
  body: string;
  /** The gateway's, which its log names too. */
  requestId: string | undefined;
  token: string | undefined;
  outputs: ApiOutputs;
}

/** One request to the API. */
export interface ApiRequest {
  method: string;
  /** From the stage on, with its leading slash; undefined: the one path of the tutorial's API. */
  path?: string;
  /** Without `?`. */
  query?: string;
  headers?: Record<string, string>;
  body?: string | undefined;
}

export interface Api {
  send(request: ApiRequest): Promise<Exchange>;
  /** Sends JSON to the one path of the tutorial's API. */
  post(body: string): Promise<Exchange>;
}

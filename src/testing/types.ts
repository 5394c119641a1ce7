/** How a stack for tests is started. */
export interface StartStackOptions {
  /** The folder with `dynops.json`; default: the working folder. Without that file it is the tutorial's stack. */
  folder?: string;
  /** Variables that the service's `{"from": "env:NAME"}` are read from, beside this process's own. */
  env?: Record<string, string>;
  /** Lets the service's Python functions run where the engine cannot confine them; otherwise `dynops trust` has to, once. */
  trust?: boolean;
}

export interface TestRequest {
  /** Parameters of the query. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Sent as it is when it is a string, else as JSON. */
  body?: unknown;
  /** `false`: without a token. A name: with that user's token. Default: the stack's own user. */
  as?: string | false;
}

export interface TestResponse {
  status: number;
  /** By lower-case name. */
  headers: Record<string, string>;
  text: string;
  /** The body as JSON. Throws SyntaxError where it is none. */
  json(): unknown;
}

/** A stack of one's own on an engine of its own; nothing of it outlasts the process. */
export interface TestStack {
  /** The stage's base URL, without a trailing slash. */
  readonly apiUrl: string;
  /** For programs under test: AWS_ENDPOINT_URL, credentials, API_URL, ID_TOKEN, each table as NAME_TABLE. */
  readonly env: Readonly<Record<string, string>>;
  /** Names in AWS of the tables, by their names in the service. */
  readonly tables: Readonly<Record<string, string>>;
  /** An id token of the stack's own user. */
  token(): Promise<string>;
  /** One request to a route; `path` from the stage on: `/orders/1`. */
  request(method: string, path: string, request?: TestRequest): Promise<TestResponse>;
  /** Puts items, as plain values, into a table. */
  seed(table: string, items: readonly Record<string, unknown>[]): Promise<void>;
  /** Every item of a table, as plain values. */
  items(table: string): Promise<Record<string, unknown>[]>;
  /** Deletes every item of a table; of all tables where none is named. */
  clear(table?: string): Promise<void>;
  /** Stops the engine and removes everything. */
  stop(): Promise<void>;
}

import type { TableIndex, TableKey } from '../aws/table-schema.ts';

/** What a stack is made of, as plain data with every default filled in. `tutorialService` is the one that no file describes. */
export interface Service {
  /** The API's stage. */
  stage: string;
  functions: readonly ServiceFunction[];
  tables: readonly ServiceTable[];
  routes: readonly Route[];
  /** Origins whose web pages may call the API, as `https://example.org`; empty: none. */
  cors: readonly string[];
}

export interface ServiceFunction {
  /** Unique in the service. `tutorial` is the function that dynops brings along. */
  name: string;
  code: FunctionSource;
  /** undefined: the stack's own setting. */
  runtime: string | undefined;
  /** undefined: the stack's own setting. */
  memoryMb: number | undefined;
  timeoutSeconds: number;
  /** Lambda's own notation: `index.handler`. */
  handler: string;
  environment: Readonly<Record<string, EnvironmentValue>>;
  /** Names of the tables that it may read and write; each reaches it as a variable, `ORDERS_TABLE`. */
  tables: readonly string[];
}

export type FunctionSource =
  | { kind: 'tutorial' }
  /** TypeScript or JavaScript, bundled with what it imports. `folder` holds dynops.json. Absolute paths. */
  | { kind: 'node'; entry: string; folder: string }
  /** Zipped as it is, with the files next to it. */
  | { kind: 'python'; entry: string; folder: string };

export interface EnvironmentValue {
  value: string;
  /** Came by reference from this machine's environment or a file: never printed, never in a tag. */
  secret: boolean;
}

/** Names of a function's variables whose values are never shown. */
export const secretVariables = ({ environment }: Pick<ServiceFunction, 'environment'>): string[] =>
  Object.entries(environment).flatMap(([name, { secret }]) => (secret ? [name] : []));

export interface ServiceTable extends TableKey {
  /** Unique in the service. `tutorial` is the table of the function that dynops brings along. */
  name: string;
  indexes: readonly TableIndex[];
  /** The attribute that says when an item expires, in seconds since the epoch. */
  ttl: string | undefined;
}

export interface Route {
  method: HttpMethod;
  /** `/orders/{id}`, `/files/{proxy+}`; `/` is the root. */
  path: string;
  function: string;
  /** `pool`: an id token of the stack's user pool is needed. `none`: open to anyone. */
  auth: 'pool' | 'none';
  /** `proxy`: the whole request as an event. `direct`: the request's JSON body is the event, as in the tutorial. */
  integration: 'proxy' | 'direct';
}

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** The variable by which a table's name reaches a function: `ORDERS_TABLE`. */
export const tableVariable = (table: string) => `${table.toUpperCase().replaceAll('-', '_')}_TABLE`;

/** The function and the table that dynops brings along, by this name in a service. */
export const tutorialName = 'tutorial';

export const tutorialFunction: ServiceFunction = {
  name: tutorialName,
  code: { kind: 'tutorial' },
  runtime: undefined,
  memoryMb: undefined,
  timeoutSeconds: 10,
  handler: 'index.handler',
  environment: {},
  tables: [tutorialName],
};

export const tutorialTable: ServiceTable = {
  name: tutorialName,
  key: { name: 'id', type: 'S' },
  sort: undefined,
  indexes: [],
  ttl: undefined,
};

/** AWS's tutorial "Using Lambda with API Gateway". */
export const tutorialService: Service = {
  stage: 'prod',
  functions: [tutorialFunction],
  tables: [tutorialTable],
  routes: [{ method: 'POST', path: '/DynamoDBManager', function: tutorialName, auth: 'pool', integration: 'direct' }],
  cors: [],
};

/** Throws for a name that the service does not have: the service was checked when it was read. */
export function namedPart<Part extends { name: string }>(parts: readonly Part[], name: string): Part {
  const part = parts.find((one) => one.name === name);
  if (!part) throw new Error(`the service has no ${name}`);
  return part;
}

/** `/orders` and `/orders/{id}`: a path and those above it, without the root. */
export function pathsOf(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** `POST /orders/{id}` */
export const routeName = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;

/** What `apiUrl` ends in after the stage: the path of the tutorial's API, which has one; nothing of another. */
export function entryPath({ routes }: Service): string {
  const [only, ...more] = routes;
  return only?.integration === 'direct' && more.length === 0 ? only.path : '';
}

import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import type { FunctionCode } from '../../src/stack/code.ts';
import type { HttpMethod, Route, Service, ServiceFunction, ServiceTable } from '../../src/stack/service.ts';

const node = `exports.handler = async ({ path }, { functionName }) => ({ statusCode: 200, body: JSON.stringify({ functionName, path }) });`;
const python = `import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"functionName": context.function_name, "path": event["path"]})}
`;

const zips = {
  node: zipSync({ 'index.js': Buffer.from(node) }, { mtime: '2020-01-01' }),
  python: zipSync({ 'main.py': Buffer.from(python) }, { mtime: '2020-01-01' }),
};

/** The code of the functions below, which say who was asked for what. */
export async function code({ code: { kind } }: Pick<ServiceFunction, 'code'>): Promise<FunctionCode> {
  const zip = kind === 'python' ? zips.python : zips.node;
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
}

function nodeFunction(name: string, more: Partial<ServiceFunction> = {}): ServiceFunction {
  const own = { runtime: undefined, memoryMb: undefined, timeoutSeconds: 5, handler: 'index.handler' };
  return {
    name,
    code: { kind: 'node', entry: '/index.js', folder: '/' },
    ...own,
    environment: {},
    tables: [],
    ...more,
  };
}

const text = (name: string) => ({ name, type: 'S' as const });
const number = (name: string) => ({ name, type: 'N' as const });

function table(name: string, more: Partial<ServiceTable> = {}): ServiceTable {
  return { name, key: text('id'), sort: undefined, indexes: [], ttl: undefined, ...more };
}

function route(method: HttpMethod, path: string, of: string, more: Partial<Route> = {}): Route {
  return { method, path, function: of, auth: 'pool', integration: 'proxy', ...more };
}

/** Four functions, one of them in Python; nine routes; three tables with indexes and times to live; a web page's origin. */
export const fourFunctions: Service = {
  stage: 'live',
  functions: [
    nodeFunction('orders', {
      memoryMb: 256,
      tables: ['orders', 'customers'],
      environment: { LOG_LEVEL: { value: 'info', secret: false } },
    }),
    nodeFunction('customers', { tables: ['customers'] }),
    nodeFunction('health'),
    nodeFunction('report', {
      code: { kind: 'python', entry: '/main.py', folder: '/' },
      handler: 'main.handler',
      runtime: 'python3.13',
      tables: ['reports'],
    }),
  ],
  tables: [
    table('orders', {
      key: text('customer'),
      sort: number('placedAt'),
      indexes: [{ name: 'by-status', key: text('status'), sort: number('placedAt') }],
      ttl: 'expiresAt',
    }),
    table('customers', { indexes: [{ name: 'by-city', key: text('city'), sort: undefined }] }),
    table('reports', { sort: number('day'), ttl: 'expiresAt' }),
  ],
  routes: [
    route('POST', '/orders', 'orders'),
    route('GET', '/orders', 'orders'),
    route('GET', '/orders/{id}', 'orders'),
    route('DELETE', '/orders/{id}', 'orders'),
    route('GET', '/customers/{id}', 'customers'),
    route('PUT', '/customers/{id}', 'customers'),
    route('GET', '/health', 'health', { auth: 'none' }),
    route('ANY', '/report/{proxy+}', 'report'),
    route('POST', '/calculate', 'report', { integration: 'direct' }),
  ],
  cors: ['http://localhost:5173'],
};

/** What it is turned into: a function, two routes, an index and a table left it; others came; one function is larger. */
export const fourFunctionsLater: Service = {
  ...fourFunctions,
  functions: [
    ...fourFunctions.functions
      .filter(({ name }) => name !== 'customers')
      .map((one) => (one.name === 'health' ? { ...one, memoryMb: 192 } : one)),
    nodeFunction('stock', { tables: ['stock'] }),
  ].map((one) => ({ ...one, tables: one.tables.filter((name) => name !== 'customers') })),
  tables: [
    ...fourFunctions.tables.filter(({ name }) => name !== 'customers').map((one) => ({ ...one, indexes: [] })),
    table('stock'),
  ],
  routes: [
    ...fourFunctions.routes.filter(({ function: of }) => of !== 'customers'),
    route('GET', '/stock', 'stock'),
    route('PATCH', '/stock/{id}', 'stock'),
  ],
};

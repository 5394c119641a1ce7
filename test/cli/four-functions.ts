import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Installation, RunOptions } from './dynops.ts';

const node = `export const handler = async (event, { functionName }) => ({ statusCode: 200, body: JSON.stringify({
  functionName, path: event.path, tables: Object.keys(process.env).filter((name) => name.endsWith('_TABLE')).sort() }) });`;
const python = `import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"functionName": context.function_name, "path": event["path"]})}
def calculate(event, context):
    return {"sum": event["a"] + event["b"]}
`;

/** Four functions, one of them in Python; nine routes; three tables with indexes and times to live; a web page's origin. */
export const fourFunctions = {
  stack: 'shop',
  stage: 'live',
  functions: {
    orders: { entry: 'orders.mjs', memoryMb: 256, environment: { LOG_LEVEL: 'info' }, tables: ['orders', 'customers'] },
    customers: { entry: 'customers.ts', tables: ['customers'] },
    health: { entry: 'health.js' },
    report: { entry: 'report/main.py', runtime: 'python3.13', tables: ['reports'] },
  },
  tables: {
    orders: {
      key: 'customer',
      sort: 'placedAt:N',
      indexes: { 'by-status': { key: 'status', sort: 'placedAt:N' }, 'by-day': { key: 'day:N' } },
      ttl: 'expiresAt',
    },
    customers: { key: 'id', indexes: { 'by-city': { key: 'city' } } },
    reports: { key: 'id', sort: 'day:N', ttl: 'expiresAt' },
  },
  routes: {
    'POST /orders': 'orders',
    'GET /orders': 'orders',
    'GET /orders/{id}': 'orders',
    'DELETE /orders/{id}': 'orders',
    'GET /customers/{id}': 'customers',
    'PUT /customers/{id}': 'customers',
    'GET /health': { function: 'health', auth: 'none' },
    'ANY /report/{proxy+}': 'report',
    'PATCH /report': 'report',
  },
  cors: ['http://localhost:5173'],
};

/** Writes the functions' sources; what is in dynops.json is the test's. */
export async function writeFourFunctions(folder: string): Promise<void> {
  await mkdir(join(folder, 'report'), { recursive: true });
  for (const file of ['orders.mjs', 'customers.ts', 'health.js']) await writeFile(join(folder, file), node);
  await writeFile(join(folder, 'report/main.py'), python);
}

/** Every route is answered by its function. */
export async function expectRoutesAnswer(dynops: Installation, options: RunOptions): Promise<void> {
  for (const [route, of] of Object.entries(fourFunctions.routes)) {
    const [method = '', path = ''] = route.split(' ');
    const asked = path.replace('{id}', '7').replace('{proxy+}', 'a/b');
    const open = typeof of === 'object' ? ['--no-auth'] : [];
    const { stdout } = await dynops.run(['request', method === 'ANY' ? 'POST' : method, asked, ...open], options);
    expect(JSON.parse(stdout)).toMatchObject({
      functionName: `shop-${typeof of === 'object' ? of.function : of}`,
      path: asked,
    });
  }
}

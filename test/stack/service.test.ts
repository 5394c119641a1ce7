import { createHash } from 'node:crypto';
import { APIGatewayClient, DeleteGatewayResponseCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient, UpdateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../../src/aws/sign-in.ts';
import type { Service, ServiceFunction } from '../../src/stack/service.ts';
import { tutorialService } from '../../src/stack/service.ts';
import * as stack from '../../src/stack/stack.ts';
import { listAccount } from '../faults/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { open, password } from './account.ts';

const source = `exports.handler = async (event, context) => ({
  statusCode: 200,
  body: JSON.stringify({ name: context.functionName, path: event.path, env: process.env.ORDERS_TABLE, key: process.env.KEY, cors: process.env.CORS_ORIGINS }),
});`;
const zip = zipSync({ 'index.js': Buffer.from(source) }, { mtime: '2020-01-01' });
const code = async () => ({ zip, sha256: createHash('sha256').update(zip).digest('base64') });

function handler(name: string, more: Partial<ServiceFunction> = {}): ServiceFunction {
  const own = { runtime: undefined, memoryMb: undefined, timeoutSeconds: 5, handler: 'index.handler' };
  return { name, code: { kind: 'node', entry: '/x.js', folder: '/' }, ...own, environment: {}, tables: [], ...more };
}

const shop: Service = {
  stage: 'live',
  functions: [
    handler('orders', { memoryMb: 256, tables: ['orders'], environment: { KEY: { value: 'k-1', secret: true } } }),
    handler('report'),
  ],
  tables: [
    {
      name: 'orders',
      key: { name: 'customer', type: 'S' },
      sort: { name: 'placedAt', type: 'N' },
      indexes: [{ name: 'by-status', key: { name: 'status', type: 'S' }, sort: undefined }],
      ttl: 'expiresAt',
    },
    { name: 'notes', key: { name: 'id', type: 'S' }, sort: undefined, indexes: [], ttl: undefined },
  ],
  routes: [
    { method: 'POST', path: '/orders', function: 'orders', auth: 'pool', integration: 'proxy' },
    { method: 'GET', path: '/orders/{id}', function: 'orders', auth: 'none', integration: 'proxy' },
    { method: 'ANY', path: '/report/{proxy+}', function: 'report', auth: 'pool', integration: 'proxy' },
  ],
  cors: ['http://localhost:5173'],
};

/** Node names by what was done. */
function done(report: { resources: { type: string; name: string; action: string }[] }): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { type, name, action } of report.resources) all[action] = [...(all[action] ?? []), `${type} ${name}`];
  return all;
}

describe('a service of one’s own', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  const up = async (service: Service, more: object = {}) => {
    const session = await open(engine, { stack: 'shop' });
    const report = await session.up({ service, code, ...more });
    return { session, report };
  };

  it('comes up with every function, table and route, and answers', async () => {
    const { session, report } = await up(shop);
    expect(Object.keys(done(report))).toEqual(['created']);
    expect(report.apiUrl).toMatch(/\/live$/);
    const { apiUrl, userPoolId = '', clientId = '', username = '' } = report;
    const who = { userPoolId: userPoolId ?? '', clientId: clientId ?? '', username: username ?? '', password };
    const { idToken } = await signIn(session.aws, { ...who, newPassword: () => Promise.reject(new Error('none')) });
    const ask = async (method: string, path: string, headers = {}) => fetch(`${apiUrl}${path}`, { method, headers });
    expect((await ask('POST', '/orders')).status).toBe(401);
    expect(await (await ask('POST', '/orders', { Authorization: idToken })).json()).toMatchObject({
      name: 'shop-orders',
      env: 'shop-orders',
      key: 'k-1',
      cors: 'http://localhost:5173',
    });
    expect(await (await ask('GET', '/orders/7')).json()).toMatchObject({ name: 'shop-orders', path: '/orders/7' });
    expect(await (await ask('PUT', '/report/a/b', { Authorization: idToken })).json()).toMatchObject({
      name: 'shop-report',
    });
  });

  it('says of each route that is open, in up, plan and status', async () => {
    for (const command of [stack.up, stack.plan, stack.status]) {
      const { aws, options, events } = await open(engine, { stack: 'shop' });
      await command(aws, { ...options, service: shop, code });
      const notes = events.flatMap((event) => (event.kind === 'note' ? [event.message] : []));
      expect(notes, command.name).toEqual(['Open to anyone who knows the URL, as dynops.json says: GET /orders/{id}.']);
    }
  });

  it('lets pages of its listed origin ask, and read what it refuses', async () => {
    const { report } = await up(shop);
    const Origin = 'http://localhost:5173';
    const before = await fetch(`${report.apiUrl}/report/x`, { method: 'OPTIONS', headers: { Origin } });
    expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([204, Origin]);
    expect(before.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
    const refused = await fetch(`${report.apiUrl}/orders`, { method: 'POST', headers: { Origin } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, Origin]);
  });

  it('is left alone by a second up, and its drift is told and repaired without its secrets', async () => {
    const { session, report } = await up(shop);
    expect(Object.keys(done(report))).toEqual(['unchanged']);
    expect(session.mutations()).toEqual([]);
    const { clientConfig } = engine;
    const gateway = new APIGatewayClient(clientConfig);
    const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
    const dynamodb = new DynamoDBClient(clientConfig);
    const FunctionName = 'shop-orders';
    await Promise.all([
      gateway.send(new DeleteGatewayResponseCommand({ restApiId: apis[0]?.id, responseType: 'DEFAULT_4XX' })),
      dynamodb.send(
        new UpdateTimeToLiveCommand({
          TableName: 'shop-orders',
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: false },
        }),
      ),
      dynamodb.send(
        new UpdateTableCommand({
          TableName: 'shop-orders',
          GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-status' } }],
        }),
      ),
      new LambdaClient(clientConfig).send(
        new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { KEY: 'stolen' } } }),
      ),
    ]);
    const repaired = (await up(shop)).report;
    expect(done(repaired)).toMatchObject({
      created: ['gateway-response DEFAULT_4XX'],
      updated: ['table shop-orders', 'function shop-orders'],
    });
    expect(JSON.stringify(repaired)).not.toMatch(/stolen|k-1/);
    expect(Object.keys(done((await up(shop)).report))).toEqual(['unchanged']);
  });

  it('changes in place where it can: indexes, environment, integration; another key is refused', async () => {
    const [orders, ...others] = shop.tables;
    if (!orders) throw new Error('it has tables');
    const index = { name: 'by-day', key: { name: 'day', type: 'N' as const }, sort: undefined };
    const changed = { ...shop, tables: [{ ...orders, indexes: [index] }, ...others] };
    expect(done((await up(changed)).report).updated).toEqual(['table shop-orders']);
    const rekeyed = { ...shop, tables: [{ ...orders, sort: undefined }, ...others] };
    await expect(up(rekeyed)).rejects.toMatchObject({ code: 'NeedsReplace', facts: { resourceType: 'table' } });
    expect(done((await up(shop)).report).updated).toEqual(['table shop-orders']);
  });

  it('removes what left it, once that was said; a table only when asked for by name', async () => {
    const less: Service = { ...shop, functions: shop.functions.slice(0, 1), tables: shop.tables.slice(0, 1), cors: [] };
    less.routes = shop.routes.slice(0, 1);
    const { session, report } = await up(less);
    expect(done(report).deleted?.sort()).toEqual([
      'function shop-report',
      'gateway-response DEFAULT_4XX',
      'gateway-response DEFAULT_5XX',
      'log-group /aws/lambda/shop-report',
      'method ANY /report/{proxy+}',
      'method GET /orders/{id}',
      'method OPTIONS /orders',
      'method OPTIONS /orders/{id}',
      'method OPTIONS /report/{proxy+}',
      'role shop-report-role',
    ]);
    expect(done(report).kept).toEqual(['table shop-notes']);
    const notes = session.events.flatMap((event) => (event.kind === 'note' ? [event.message] : []));
    expect(notes.join('\n')).toMatch(/removed: .*function shop-report.*\n.*kept .*table shop-notes/);
    // It is remembered, until it is asked for.
    expect(done((await up(less)).report).kept).toEqual(['table shop-notes']);
    expect(done((await up(less, { removeTables: ['notes'] })).report).deleted).toEqual(['table shop-notes']);
    const last = done((await up(less)).report);
    expect(Object.keys(last)).toEqual(['unchanged']);
  });

  it('goes down with what left it, whoever asks', async () => {
    await up(shop);
    const session = await open(engine, { stack: 'shop' });
    const report = await session.down();
    expect(Object.keys(done(report)).sort()).toEqual(['absent', 'deleted']);
    expect(await listAccount(engine.clientConfig)).toEqual([]);
  });

  it('is not replaced by the tutorial’s stack where nothing describes a service', async () => {
    await up(shop);
    const session = await open(engine, { stack: 'shop' });
    for (const ask of [session.up, session.plan]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'OtherService',
        message: expect.stringContaining('shop-orders'),
      });
    }
    expect(session.mutations()).toEqual([]);
    await session.down();
  });

  it('takes the place of the tutorial’s stack, whose items are kept', async () => {
    const session = await open(engine, { stack: 'shop' });
    await session.up();
    const { report } = await up({ ...shop, cors: [] });
    expect(done(report)).toMatchObject({ kept: ['table shop-lambda-apigateway'] });
    expect(done(report).deleted).toContain('function shop-LambdaFunctionOverHttps');
    await session.up({ service: { ...tutorialService } });
    expect(await session.status()).toMatchObject({ inSync: true });
    await session.down();
    expect(await listAccount(engine.clientConfig)).toEqual([]);
  });
});

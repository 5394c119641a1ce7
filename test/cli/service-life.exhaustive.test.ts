import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  APIGatewayClient,
  DeleteMethodCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { DynamoDBClient, UpdateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { DeleteFunctionCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAccount } from '../faults/account.ts';
import { clientConfig, type Installation, install, type Report } from './dynops.ts';
import { fourFunctions as base, expectRoutesAnswer, writeFourFunctions } from './four-functions.ts';

const { customers: _function, ...fewerFunctions } = base.functions;
const { customers: _table, ...fewerTables } = base.tables;
const { 'GET /customers/{id}': _get, 'PUT /customers/{id}': _put, ...fewerRoutes } = base.routes;
const later = {
  ...base,
  functions: {
    ...fewerFunctions,
    orders: { ...base.functions.orders, memoryMb: 512, tables: ['orders'] },
    stock: { entry: 'orders.mjs', tables: ['stock'] },
  },
  tables: { ...fewerTables, orders: { ...base.tables.orders, indexes: {} }, stock: { key: 'id' } },
  routes: { ...fewerRoutes, 'GET /stock': 'stock', 'HEAD /stock/{id}': 'stock' },
};
const rekeyed = { ...later, tables: { ...later.tables, stock: { key: 'sku' } } };

const engines: Record<string, string[]> = { plain: [], 'AWS-like': ['--aws-like', '0.02'] };

describe.each(Object.entries(engines))(
  'a service of four functions, nine routes and three tables, %s',
  (_name, flags) => {
    let dynops: Installation;
    let cwd: string;

    beforeAll(async () => {
      dynops = await install();
      cwd = join(dynops.home, 'app');
      await writeFourFunctions(cwd);
      await dynops.json(['local', 'start', ...flags]);
    });
    afterAll(() => dynops.remove());

    const describeAs = (service: object) => writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
    const json = (...words: string[]) => dynops.json<Report>(words, { cwd });
    const up = (...words: string[]) => json('up', ...words);
    const request = async (...words: string[]) => (await dynops.run(['request', ...words], { cwd })).stdout.trim();
    /** What was done, without what was right already: `created function shop-orders`. */
    const done = ({ resources }: Report) =>
      resources
        .filter(({ action }) => action !== 'unchanged')
        .map(({ type, name, action }) => `${action} ${type} ${name}`)
        .sort();

    it('comes up, and every route answers by its function', async () => {
      await describeAs(base);
      await dynops.json(['trust'], { cwd });
      const { resources } = await up();
      expect(new Set(resources.map(({ action }) => action))).toEqual(new Set(['created']));
      expect(resources.filter(({ type }) => type === 'table' || type === 'function')).toHaveLength(7);
      await expectRoutesAnswer(dynops, { cwd });
      expect(JSON.parse(await request('GET', '/orders')).tables).toEqual(['CUSTOMERS_TABLE', 'ORDERS_TABLE']);
      expect(done(await up())).toEqual([]);
    });

    it('has its drift told, and repaired', async () => {
      const config = await clientConfig(dynops);
      const gateway = new APIGatewayClient(config);
      const dynamodb = new DynamoDBClient(config);
      const restApiId = (await gateway.send(new GetRestApisCommand({}))).items?.[0]?.id;
      const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId, limit: 500 }));
      const resourceId = (path: string) => items.find((item) => item.path === path)?.id;
      const patchOperations = [{ op: 'replace' as const, path: '/authorizationType', value: 'NONE' }];
      const [order, orders] = [resourceId('/orders/{id}'), resourceId('/orders')];
      await gateway.send(new UpdateMethodCommand({ restApiId, resourceId: order, httpMethod: 'GET', patchOperations }));
      await gateway.send(new DeleteMethodCommand({ restApiId, resourceId: orders, httpMethod: 'POST' }));
      await dynamodb.send(
        new UpdateTableCommand({
          TableName: 'shop-orders',
          GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-status' } }],
        }),
      );
      const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: false };
      await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: 'shop-reports', TimeToLiveSpecification }));
      const lambda = new LambdaClient(config);
      await lambda.send(new DeleteFunctionCommand({ FunctionName: 'shop-health' }));
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'shop-report', MemorySize: 1024 }));
      const policy = { RoleName: 'shop-customers-role', PolicyName: 'shop-customers-policy' };
      await new IAMClient(config).send(new DeleteRolePolicyCommand(policy));

      const { resources } = await json('status');
      const wrong = resources.filter(({ state }) => state !== 'present').map(({ type, name }) => `${type} ${name}`);
      const expected = [
        'function shop-health',
        'function shop-report',
        'method GET /orders/{id}',
        'method POST /orders',
        'role shop-customers-role',
        'table shop-orders',
        'table shop-reports',
      ];
      expect(wrong).toEqual(expect.arrayContaining(expected));
      const repaired = done(await up()).join('\n');
      for (const one of expected) expect(repaired).toContain(one);
      expect(done(await up())).toEqual([]);
      await expect(dynops.run(['request', 'GET', '/orders/1', '--no-auth'], { cwd })).resolves.toMatchObject({
        status: 4,
      });
      await expect(request('GET', '/health', '--no-auth')).resolves.toContain('shop-health');
    });

    it('takes additions and removals, and keeps the table that left it until it is asked for by name', async () => {
      await describeAs(later);
      const planned = done(await json('plan'));
      const changed = done(await up());
      expect(changed).toEqual(planned);
      expect(changed).toEqual(
        expect.arrayContaining([
          'created function shop-stock',
          'created method GET /stock',
          'created method HEAD /stock/{id}',
          'created table shop-stock',
          'deleted function shop-customers',
          'deleted method GET /customers/{id}',
          'deleted role shop-customers-role',
          'kept table shop-customers',
          'updated function shop-orders',
          'updated table shop-orders',
        ]),
      );
      await expect(request('GET', '/stock')).resolves.toContain('shop-stock');
      expect(done(await up())).toEqual(['kept table shop-customers']);
      await expect(dynops.run(['plan', '--exit-code'], { cwd })).resolves.toMatchObject({ status: 0 });
      expect(done(await json('plan', '--remove-table', 'customers'))).toEqual(['deleted table shop-customers']);
      // The pool's tag remembers what left the service for as long as it stands.
      const removed = ['deleted table shop-customers', 'updated pool shop-serverlesspool'];
      expect(done(await up('--remove-table', 'customers'))).toEqual(removed);
      expect(done(await up())).toEqual([]);
    });

    it('is refused another key, until it may be replaced', async () => {
      await describeAs(rekeyed);
      const { status, stdout } = await dynops.run(['up', '--json'], { cwd });
      expect([status, JSON.parse(stdout).error]).toMatchObject([1, { code: 'NeedsReplace' }]);
      expect(done(await up('--replace', 'table'))).toEqual(['replaced table shop-stock']);
      expect(done(await up())).toEqual([]);
    });

    it('goes down, and nothing is left', async () => {
      const { resources } = await json('down', '--yes');
      expect(new Set(resources.map(({ action }) => action))).toEqual(new Set(['deleted']));
      await expect(listAccount(await clientConfig(dynops))).resolves.toEqual([]);
    });
  },
);

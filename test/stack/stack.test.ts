import {
  APIGatewayClient,
  GetResourcesCommand,
  GetRestApisCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DescribeUserPoolCommand,
  SignUpCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, UntagResourceCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../../src/aws/sign-in.ts';
import type { StackSettings } from '../../src/stack/settings.ts';
import { createStep } from '../../src/stack/step.ts';
import { listAccount } from '../faults/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open, password } from './account.ts';

describe('a stack on the engine', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());

  it('is planned without a mutating call, and nothing is made', async () => {
    const session = await open(engine);
    const report = await session.plan();
    expect(new Set(Object.values(actions(report)))).toEqual(new Set(['created']));
    expect(session.mutations()).toEqual([]);
    expect(await listAccount(engine.clientConfig)).toEqual([]);
  });

  it('comes up, and its API works for the holder of an id token only', async () => {
    const session = await open(engine);
    const report = await session.up();
    expect(new Set(Object.values(actions(report)))).toEqual(new Set(['created']));
    expect(report.resources).toHaveLength(13);
    const { userPoolId, clientId, username, apiUrl } = report;
    if (!userPoolId || !clientId || !username || !apiUrl) throw new Error('outputs are missing');
    const who = {
      userPoolId,
      username,
      password,
      newPassword: () => Promise.reject(new Error('no new password was expected')),
    };
    const tokens = await signIn(session.aws, { ...who, clientId });
    const another = new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: 'another' });
    const { UserPoolClient } = await new CognitoIdentityProviderClient(engine.clientConfig).send(another);
    const others = await signIn(session.aws, { ...who, clientId: UserPoolClient?.ClientId ?? '' });
    const post = async (body: object, token?: string) => {
      const headers = token === undefined ? {} : { Authorization: token };
      const response = await fetch(apiUrl, { method: 'POST', body: JSON.stringify(body), headers });
      return { status: response.status, body: await response.json() };
    };
    expect(await post({ operation: 'ping' })).toEqual({ status: 401, body: { message: 'Unauthorized' } });
    expect(await post({ operation: 'ping' }, tokens.accessToken)).toMatchObject({ status: 401 });
    expect(await post({ operation: 'ping' }, others.idToken)).toMatchObject({ status: 401 });
    expect(await post({ operation: 'ping' }, tokens.idToken)).toEqual({ status: 200, body: 'pong' });
    const item = { id: '1', name: 'Bob' };
    const create = { operation: 'create', tableName: 'lambda-apigateway', payload: { Item: item } };
    expect(await post(create, tokens.idToken)).toMatchObject({ status: 200 });
    const read = { operation: 'read', tableName: 'lambda-apigateway', payload: { Key: { id: '1' } } };
    expect(await post(read, tokens.idToken)).toMatchObject({ status: 200, body: { Item: item } });
    expect(await post({ operation: 'constructor' }, tokens.idToken)).toMatchObject({ status: 400 });
    // The role's policy names this table and no other.
    const foreign = { operation: 'list', tableName: 'another', payload: {} };
    expect(await post(foreign, tokens.idToken)).toMatchObject({ status: 500 });
  });

  it('is left alone by a second up: no mutating call, no deployment, at most 25 calls', async () => {
    const before = await listAccount(engine.clientConfig);
    const session = await open(engine);
    const report = await session.up();
    expect(new Set(Object.values(actions(report)))).toEqual(new Set(['unchanged']));
    expect(session.mutations()).toEqual([]);
    expect(session.calls.length).toBeLessThanOrEqual(25);
    expect(await listAccount(engine.clientConfig)).toEqual(before);
  });

  it('remembers what it was asked for: a later plain up keeps the memory size', async () => {
    await (await open(engine)).up({ settings: { stack: 'default', memoryMb: 512, tracing: true } });
    const again = await (await open(engine)).up();
    expect(actions(again)).toMatchObject({ function: 'unchanged', stage: 'unchanged' });
    const back = await (await open(engine)).up({ settings: { stack: 'default', memoryMb: 128, tracing: false } });
    expect(actions(back)).toMatchObject({ function: 'updated', stage: 'updated', table: 'unchanged' });
    const status = await (await open(engine)).status();
    expect(status).toMatchObject({ inSync: true });
  });

  it('lets people make accounts with signUp, and remembers it', async () => {
    const { clientId } = await (await open(engine)).up({ settings: { stack: 'default', signUp: true } });
    expect(actions(await (await open(engine)).up())).toMatchObject({ pool: 'unchanged' });
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    const cognito = new CognitoIdentityProviderClient(engine.clientConfig);
    const account = {
      ClientId: clientId ?? '',
      Username: 'newcomer',
      Password: 'second-2',
      UserAttributes: [{ Name: 'email', Value: 'newcomer@example.com' }],
    };
    const { CodeDeliveryDetails } = await cognito.send(new SignUpCommand(account));
    expect(CodeDeliveryDetails).toMatchObject({ Destination: 'n***@e***' });
    const back = await (await open(engine)).up({ settings: { stack: 'default', signUp: false } });
    expect(actions(back)).toMatchObject({ pool: 'updated', client: 'unchanged' });
    await expect(cognito.send(new SignUpCommand({ ...account, Username: 'late' }))).rejects.toMatchObject({
      message: 'SignUp is not permitted for this user pool',
    });
  });

  it('stands beside another stack of the account', async () => {
    const other = await open(engine, { stack: 'other' });
    await other.up();
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    await other.down();
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
  });

  it('goes down with --keep-data but for the table and the pool, and comes up around them', async () => {
    const database = new DynamoDBClient(engine.clientConfig);
    await database.send(new PutItemCommand({ TableName: 'lambda-apigateway', Item: { id: { S: 'kept' } } }));
    const report = await (await open(engine)).down({ keepData: true });
    expect(actions(report)).toMatchObject({
      table: 'kept',
      pool: 'kept',
      user: 'kept',
      function: 'deleted',
      api: 'deleted',
    });
    const up = await (await open(engine)).up();
    expect(actions(up)).toMatchObject({ table: 'unchanged', pool: 'unchanged', function: 'created', api: 'created' });
  });

  it('goes down to an account that lists empty in every service, and says so again', async () => {
    const report = await (await open(engine)).down();
    expect(new Set(Object.values(actions(report)))).toEqual(new Set(['deleted']));
    expect(await listAccount(engine.clientConfig)).toEqual([]);
    const again = await (await open(engine)).down();
    expect(new Set(Object.values(actions(again)))).toEqual(new Set(['absent']));
  });
});

describe('names that are held by something else', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
    const database = new DynamoDBClient(engine.clientConfig);
    await database.send(
      new CreateTableCommand({
        TableName: 'lambda-apigateway',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        Tags: [{ Key: 'owner', Value: 'somebody' }],
      }),
    );
  });
  afterAll(() => engine.stop());

  it('are refused with the ARN, and nothing is touched', async () => {
    const session = await open(engine);
    const before = await listAccount(engine.clientConfig);
    await expect(session.up()).rejects.toMatchObject({
      code: 'ForeignResource',
      exitStatus: 1,
      message: expect.stringContaining('table/lambda-apigateway'),
    });
    expect(session.mutations()).toEqual([]);
    expect(await listAccount(engine.clientConfig)).toEqual(before);
    const status = await session.status();
    expect(status.resources.find(({ type }) => type === 'table')).toMatchObject({ state: 'foreign' });
  });

  it('are left alone by down', async () => {
    const report = await (await open(engine)).down();
    expect(actions(report)).toMatchObject({ table: 'kept', role: 'absent' });
    expect(await listAccount(engine.clientConfig)).toEqual(['table lambda-apigateway']);
  });

  it('are taken over with --adopt, and ours from then on', async () => {
    const report = await (await open(engine)).up({ adopt: true });
    expect(actions(report)).toMatchObject({ table: 'adopted', role: 'created' });
    expect(actions(await (await open(engine)).up())).toMatchObject({ table: 'unchanged' });
    await (await open(engine)).down();
    expect(await listAccount(engine.clientConfig)).toEqual([]);
  });
});

describe('what cannot be changed in place', () => {
  it('is said by plan, refused by up, and replaced when asked for by name', async () => {
    const engine = await startEngine();
    try {
      const database = new DynamoDBClient(engine.clientConfig);
      await database.send(
        new CreateTableCommand({
          TableName: 'lambda-apigateway',
          KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          Tags: [{ Key: 'dynops:stack', Value: 'default' }],
        }),
      );
      const plan = await (await open(engine)).plan();
      expect(plan.resources.find(({ type }) => type === 'table')).toMatchObject({
        action: 'replaced',
        changes: [{ property: 'key', from: 'other (S)', to: 'id (S)', replaces: true }],
      });
      const refused = await open(engine);
      await expect(refused.up()).rejects.toMatchObject({ code: 'NeedsReplace' });
      expect(refused.mutations()).toEqual([]);
      expect(actions(await (await open(engine)).up({ replace: ['table'] }))).toMatchObject({ table: 'replaced' });
    } finally {
      await engine.stop();
    }
  });
});

describe('commands at the same time', () => {
  it('five up end in one stack', async () => {
    const engine = await startEngine();
    try {
      const sessions = await Promise.all(Array.from({ length: 5 }, () => open(engine)));
      const reports = await Promise.all(sessions.map((session) => session.up()));
      expect(new Set(reports.map(({ apiUrl }) => apiUrl)).size).toBe(1);
      const lines = await listAccount(engine.clientConfig);
      expect(lines).toHaveLength(6);
      expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    } finally {
      await engine.stop();
    }
  });

  const older: StackSettings = {
    stack: 'default',
    memoryMb: 256,
    architecture: 'x86_64',
    policy: 'tutorial',
    retentionDays: 7,
    tracing: true,
    passwordLength: 8,
    tokenMinutes: 30,
    callbackUrls: ['https://older.example/in'],
  };
  const newer: StackSettings = {
    stack: 'default',
    memoryMb: 512,
    architecture: 'arm64',
    policy: 'least-privilege',
    retentionDays: 30,
    tracing: false,
    passwordLength: 6,
    tokenMinutes: 60,
    callbackUrls: ['https://newer.example/in'],
  };

  it('an up by one version of the desired state over another’s ends as the last one wants', async () => {
    const engine = await startEngine();
    try {
      await (await open(engine)).up({ settings: older });
      expect(await (await open(engine)).status(older)).toMatchObject({ inSync: true });
      const changed = actions(await (await open(engine)).up({ settings: newer }));
      expect(changed).toMatchObject({
        role: 'updated',
        function: 'updated',
        'log-group': 'updated',
        client: 'updated',
      });
      expect(Object.values(changed)).not.toContain('created');
      expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
      expect(await listAccount(engine.clientConfig)).toHaveLength(6);
    } finally {
      await engine.stop();
    }
  });

  it('settings of any length and any characters are remembered as tags', async () => {
    const engine = await startEngine();
    try {
      const callbackUrls = Array.from(
        { length: 6 },
        (_, n) => `https://a-rather-long-host-name-${n}.example.com/a/path?x=${n}&y=%20,;`,
      );
      const settings = { stack: 'default', callbackUrls, username: 'ü&b=c' };
      const { userPoolId } = await (await open(engine)).up({ settings });
      const planned = actions(await (await open(engine)).plan());
      expect(new Set(Object.values(planned))).toEqual(new Set(['unchanged']));
      const cognito = new CognitoIdentityProviderClient(engine.clientConfig);
      const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId ?? '' }));
      expect(Object.keys(UserPool?.UserPoolTags ?? {})).toContain('dynops:callback-urls-2');
      for (const value of Object.values(UserPool?.UserPoolTags ?? {}))
        expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
    } finally {
      await engine.stop();
    }
  });

  it('what a step deployed of an API that was not as it should be is deployed anew by up', async () => {
    const engine = await startEngine();
    try {
      await (await open(engine)).up();
      const gateway = new APIGatewayClient(engine.clientConfig);
      const { items: apis = [] } = await gateway.send(new GetRestApisCommand({}));
      const restApiId = apis[0]?.id;
      const { items = [] } = await gateway.send(new GetResourcesCommand({ restApiId }));
      const resourceId = items.find(({ path }) => path !== '/')?.id;
      const patchOperations = [{ op: 'replace' as const, path: '/authorizationType', value: 'NONE' }];
      await gateway.send(new UpdateMethodCommand({ restApiId, resourceId, httpMethod: 'POST', patchOperations }));
      const stepping = await open(engine);
      await createStep(stepping.aws, 'stage', stepping.options);
      const status = await (await open(engine)).status();
      expect(status.resources.filter(({ state }) => state === 'drifted').map(({ type }) => type)).toEqual([
        'method',
        'stage',
      ]);
      const { apiUrl, ...report } = await (await open(engine)).up();
      expect(actions(report)).toMatchObject({ method: 'updated', stage: 'updated' });
      const { status: open2 } = await fetch(apiUrl ?? '', { method: 'POST', body: '{"operation":"ping"}' });
      expect(open2).toBe(401);
    } finally {
      await engine.stop();
    }
  });

  it('a function that is somebody else’s keeps its permission when the rest goes', async () => {
    const engine = await startEngine();
    try {
      await (await open(engine)).up();
      const lambda = new LambdaClient(engine.clientConfig);
      const Resource = 'arn:aws:lambda:us-east-1:000000000000:function:LambdaFunctionOverHttps';
      await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['dynops:stack'] }));
      expect(actions(await (await open(engine)).down())).toMatchObject({
        function: 'kept',
        permission: 'kept',
        api: 'deleted',
      });
    } finally {
      await engine.stop();
    }
  });

  it('a sign-in domain of somebody else’s pool is refused before anything is made, and adopted by replacing only', async () => {
    const engine = await startEngine();
    try {
      const cognito = new CognitoIdentityProviderClient(engine.clientConfig);
      const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'theirs' }));
      await cognito.send(new CreateUserPoolDomainCommand({ UserPoolId: UserPool?.Id, Domain: 'taken-abc' }));
      const settings = { stack: 'default', domainPrefix: 'taken-abc' };
      const session = await open(engine);
      await expect(session.up({ settings })).rejects.toMatchObject({ code: 'ForeignResource' });
      expect(session.mutations()).toEqual([]);
      const adopting = (await open(engine)).up({ settings, adopt: true });
      await expect(adopting).rejects.toMatchObject({ code: 'NeedsReplace' });
      const report = await (await open(engine)).up({ settings, adopt: true, replace: ['domain'] });
      expect(actions(report)).toMatchObject({ domain: 'replaced', pool: 'created' });
      expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    } finally {
      await engine.stop();
    }
  });

  it('a pool that is replaced still remembers what it was asked for', async () => {
    const engine = await startEngine();
    try {
      const cognito = new CognitoIdentityProviderClient(engine.clientConfig);
      const UserPoolTags = { 'dynops:stack': 'default', 'dynops:username': 'bob', 'dynops:token-minutes': '30' };
      await cognito.send(new CreateUserPoolCommand({ PoolName: 'serverlesspool', UserPoolTags }));
      const report = await (await open(engine)).up({ replace: ['pool'] });
      expect(actions(report)).toMatchObject({ pool: 'replaced' });
      expect(report.username).toBe('bob');
      const planned = actions(await (await open(engine)).plan());
      expect(new Set(Object.values(planned))).toEqual(new Set(['unchanged']));
    } finally {
      await engine.stop();
    }
  });

  it('what is protected from being deleted is not, and nor is anything else', async () => {
    const engine = await startEngine();
    try {
      const { userPoolId } = await (await open(engine)).up();
      const dynamodb = new DynamoDBClient(engine.clientConfig);
      const cognito = new CognitoIdentityProviderClient(engine.clientConfig);
      const TableName = 'lambda-apigateway';
      const protect = async (table: boolean, pool: boolean) => {
        await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: table }));
        await cognito.send(
          new UpdateUserPoolCommand({
            UserPoolId: userPoolId ?? '',
            DeletionProtection: pool ? 'ACTIVE' : 'INACTIVE',
            UserPoolTags: { 'dynops:stack': 'default' },
          }),
        );
      };
      for (const [table, pool, command] of [
        [true, true, 'aws dynamodb update-table'],
        [false, true, 'aws cognito-idp update-user-pool'],
      ] as const) {
        await protect(table, pool);
        const removing = await open(engine);
        await expect(removing.down()).rejects.toMatchObject({
          code: 'Protected',
          exitStatus: 1,
          facts: { endsProtection: expect.stringContaining(command), canBeKept: true },
        });
        expect(removing.mutations()).toEqual([]);
      }
      await protect(true, true);
      expect(actions(await (await open(engine)).down({ keepData: true }))).toMatchObject({
        table: 'kept',
        pool: 'kept',
      });
      await protect(false, false);
      await (await open(engine)).down();
      expect(await listAccount(engine.clientConfig)).toEqual([]);
    } finally {
      await engine.stop();
    }
  });

  it('two versions at once end in one stack, and either one, run again, in its own', async () => {
    const engine = await startEngine();
    try {
      const [one, other] = await Promise.all([open(engine), open(engine)]);
      await Promise.all([one.up({ settings: older }), other.up({ settings: newer })]);
      expect(await listAccount(engine.clientConfig)).toHaveLength(6);
      for (const settings of [older, newer]) {
        await (await open(engine)).up({ settings });
        expect(await (await open(engine)).status(settings)).toMatchObject({ inSync: true });
      }
      expect(await listAccount(engine.clientConfig)).toHaveLength(6);
    } finally {
      await engine.stop();
    }
  });

  it('up and down at once end clean when one of them is run again', async () => {
    const engine = await startEngine();
    try {
      await (await open(engine)).up();
      const [upping, downing] = await Promise.all([open(engine), open(engine)]);
      await Promise.allSettled([upping.up(), downing.down()]);
      await (await open(engine)).down();
      expect(await listAccount(engine.clientConfig)).toEqual([]);
    } finally {
      await engine.stop();
    }
  });
});

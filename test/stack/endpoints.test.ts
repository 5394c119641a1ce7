import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readStacks } from '../../src/aws/stacks.ts';
import { type Front, fallBackToS3, startFront } from '../endpoint-front.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open } from './account.ts';

/** A server that does not serve some calls. */
const startLesserServer = (engine: TestEngine, refused: RegExp) =>
  startFront(engine, (incoming, outgoing) => {
    const target = String(incoming.headers['x-amz-target'] ?? '');
    if (!refused.test(target)) return undefined;
    outgoing.writeHead(501, { 'content-type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify({ __type: 'NotImplementedException', message: `${target} is not implemented` }));
    return 'answered';
  });

describe('an endpoint that does not serve everything', () => {
  it.each([
    ['the hosted domain', /UserPoolDomain$/, { domain: 'absent', user: 'created' }, /UserPoolDomain/],
    ['creating domains', /CreateUserPoolDomain$/, { domain: 'absent', user: 'created' }, /CreateUserPoolDomain/],
    ['log groups', /^Logs_/, { 'log-group': 'absent', function: 'created' }, /DescribeLogGroups/],
    ['table tags', /ListTagsOfResource$/, { table: 'created' }, undefined],
  ])('gets the stack without %s, and the call is named', async (_what, refused, expected, named) => {
    const engine = await startEngine();
    const server = await startLesserServer(engine, refused);
    try {
      const session = await open(engine, { endpoint: server.endpoint });
      const report = await session.up();
      expect(actions(report)).toMatchObject({ ...expected, api: 'created', stage: 'created' });
      const notes = session.events.flatMap((event) => (event.kind === 'note' ? [event.message] : []));
      if (named) expect(notes.join('\n')).toMatch(named);
      const again = await open(engine, { endpoint: server.endpoint });
      const repeated = new Set(Object.values(actions(await again.up())));
      repeated.delete('absent');
      expect(repeated).toEqual(new Set(['unchanged']));
      // What can be read and is not there could be made, for all that looking tells.
      if (!refused.source.startsWith('Create')) {
        expect(await (await open(engine, { endpoint: server.endpoint })).status()).toMatchObject({ inSync: true });
        const planned = new Set(
          Object.values(actions(await (await open(engine, { endpoint: server.endpoint })).plan())),
        );
        planned.delete('absent');
        expect(planned).toEqual(new Set(['unchanged']));
      }
      await (await open(engine, { endpoint: server.endpoint })).down();
    } finally {
      await server.stop();
      await engine.stop();
    }
  });

  it('that does not tell whose a table is: one that stands alone is somebody’s, not a stack’s to change or delete', async () => {
    const engine = await startEngine();
    const server = await startLesserServer(engine, /ListTagsOfResource$/);
    const dynamodb = new DynamoDBClient(engine.clientConfig);
    try {
      const somebodys = { TableName: 'lambda-apigateway', BillingMode: 'PAY_PER_REQUEST' as const };
      await dynamodb.send(
        new CreateTableCommand({
          ...somebodys,
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
      const before = await open(engine, { endpoint: server.endpoint });
      await expect(before.up()).rejects.toMatchObject({ code: 'ForeignResource' });
      expect(before.mutations()).toEqual([]);
      const removing = await open(engine, { endpoint: server.endpoint });
      expect(actions(await removing.down())).toMatchObject({ table: 'kept' });
      expect(removing.mutations()).toEqual([]);
      expect(removing.events).toContainEqual({ kind: 'note', message: expect.stringContaining('it was not touched') });
      // With --adopt it is said to be the stack's, and then it is.
      await (await open(engine, { endpoint: server.endpoint })).up({ adopt: true });
      expect(actions(await (await open(engine, { endpoint: server.endpoint })).down())).toMatchObject({
        table: 'deleted',
      });
      expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    } finally {
      await server.stop();
      await engine.stop();
    }
  });

  it('gets changed settings all the same where it does not serve the tags that remember them', async () => {
    const engine = await startEngine();
    const server = await startLesserServer(engine, /(Tag|Untag)Resource$/);
    try {
      await (await open(engine)).up();
      const session = await open(engine, { endpoint: server.endpoint });
      const settings = { stack: 'default', username: 'bob', passwordLength: 8 };
      expect(actions(await session.up({ settings }))).toMatchObject({ pool: 'updated', user: 'created' });
      expect(session.events).toContainEqual({ kind: 'note', message: expect.stringContaining('tags') });
    } finally {
      await server.stop();
      await engine.stop();
    }
  });

  it('says by name what it cannot stand without', async () => {
    const engine = await startEngine();
    const server = await startLesserServer(engine, /CreateUserPoolClient$/);
    try {
      const session = await open(engine, { endpoint: server.endpoint });
      await expect(session.up()).rejects.toMatchObject({
        code: 'NotImplementedException',
        message: expect.stringContaining('CreateUserPoolClient'),
        facts: { problem: 'not-served' },
        exitStatus: 1,
      });
    } finally {
      await server.stop();
      await engine.stop();
    }
  });
});

describe('an endpoint that serves APIs in its own way', () => {
  const forms: [form: string, hostname: string, front: Front, address: RegExp, pages: string][] = [
    [
      '/restapis/…/_user_request_',
      '127.0.0.1',
      ({ url = '' }) => {
        const [, id, stage, path] = /^\/restapis\/(\w+)\/(\w+)\/_user_request_(.*)/.exec(url) ?? [];
        return id === undefined ? undefined : { path: `/_aws/execute-api/${id}/${stage}${path}` };
      },
      /127\.0\.0\.1:\d+\/restapis\/\w+\/prod\/_user_request_\/DynamoDBManager$/,
      '/_aws/cognito-idp',
    ],
    [
      'a host name for each API',
      'localhost',
      ({ url = '', headers: { host = '' } }) => {
        const [, id] = /^(\w+)\.execute-api\.localhost:/.exec(host) ?? [];
        return id === undefined ? undefined : { path: `/_aws/execute-api/${id}${url}` };
      },
      /\/\/\w+\.execute-api\.localhost:\d+\/prod\/DynamoDBManager$/,
      '',
    ],
  ];
  it.each(forms)('is called by %s, and has its sign-in pages where it has them', async (...form) => {
    const [, hostname, apiFront, address, pages] = form;
    const engine = await startEngine();
    const domainPrefix = 'of-this-test';
    const pagesFront: Front = ({ url = '' }) => {
      if (!url.startsWith(`${pages}/login?`)) return undefined;
      return { path: `/_aws/cognito-domain/${domainPrefix}${url.slice(pages.length)}` };
    };
    const front: Front = (...asked) => apiFront(...asked) ?? pagesFront(...asked) ?? fallBackToS3(...asked);
    const server = await startFront(engine, front, hostname);
    const { endpoint } = server;
    try {
      const session = await open(engine, { endpoint });
      const { apiUrl, domainUrl, signInUrl } = await session.up({ settings: { stack: 'default', domainPrefix } });
      expect(apiUrl).toMatch(address);
      expect(domainUrl).toBe(`${endpoint}${pages}`);
      expect(signInUrl).toMatch(`${endpoint}${pages}/login?client_id=`);
      expect(session.events.filter(({ kind }) => kind === 'note')).toEqual([]);
      expect(await (await open(engine, { endpoint })).status()).toMatchObject({ inSync: true, apiUrl });
      const [stack] = await readStacks(session.aws);
      expect(apiUrl).toBe(`${stack?.apiUrl}/DynamoDBManager`);
    } finally {
      await server.stop();
      await engine.stop();
    }
  });

  it('and does not check tokens: said, and done', async () => {
    const engine = await startEngine();
    const server = await startFront(engine, ({ url, method }, outgoing) => {
      if (method !== 'POST' || !/^\/_aws\/execute-api\/\w+\/prod\/DynamoDBManager$/.test(url ?? '')) return undefined;
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end('"pong"');
      return 'answered';
    });
    const { endpoint } = server;
    try {
      const session = await open(engine, { endpoint });
      const { apiUrl } = await session.up();
      expect(apiUrl).toMatch(/\/_aws\/execute-api\/\w+\/prod\/DynamoDBManager$/);
      expect(session.events).toContainEqual({
        kind: 'note',
        message: expect.stringContaining('does not check tokens'),
      });
    } finally {
      await server.stop();
      await engine.stop();
    }
  });

  it('and serves none at all: said, and done, without an address', async () => {
    const engine = await startEngine();
    const server = await startFront(engine, fallBackToS3);
    const { endpoint } = server;
    try {
      const session = await open(engine, { endpoint });
      const report = await session.up();
      expect(report.apiUrl).toBeNull();
      expect(actions(report)).toMatchObject({ stage: 'created', user: 'created' });
      const said = ['serves no APIs', 'serves no sign-in pages'].map((what) => ({
        kind: 'note',
        message: expect.stringContaining(what),
      }));
      expect(session.events).toEqual(expect.arrayContaining(said));
      expect(report).toMatchObject({ domainUrl: null, signInUrl: null });
      expect(JSON.stringify(session.events)).not.toContain('<');
      const looking = await open(engine, { endpoint });
      expect(await looking.status()).toMatchObject({ inSync: true, apiUrl: null });
      expect(looking.events).toEqual(said);
      const removing = await open(engine, { endpoint });
      expect(actions(await removing.down())).toMatchObject({ api: 'deleted' });
      expect(removing.events.filter(({ kind }) => kind === 'note')).toEqual([]);
    } finally {
      await server.stop();
      await engine.stop();
    }
  });
});

describe('an interrupted command', () => {
  it('finishes the call in flight, says what stands, and goes on when run again', async () => {
    const engine = await startEngine({ scale: 0.02 });
    try {
      const controller = new AbortController();
      const { DynopsError } = await import('../../src/errors.ts');
      const session = await open(engine, { signal: controller.signal });
      const running = session.up();
      const reason = new DynopsError({ code: 'Interrupted', message: 'stopped' });
      while (!session.events.some((event) => event.kind === 'finished')) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      controller.abort(reason);
      await expect(running).rejects.toMatchObject({
        code: 'Interrupted',
        exitStatus: 130,
        resources: expect.arrayContaining([expect.objectContaining({ action: 'created' })]),
      });
      await (await open(engine)).up();
      expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    } finally {
      await engine.stop();
    }
  });
});

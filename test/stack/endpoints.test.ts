import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open } from './account.ts';

/** An AWS-compatible server that does not serve some calls: the engine, behind a front that refuses them. */
async function startLesserServer(engine: TestEngine, refused: RegExp) {
  const server = createServer((incoming, outgoing) => {
    const target = String(incoming.headers['x-amz-target'] ?? '');
    if (refused.test(target)) {
      outgoing.writeHead(501, { 'content-type': 'application/x-amz-json-1.1' });
      outgoing.end(JSON.stringify({ __type: 'NotImplementedException', message: `${target} is not implemented` }));
      return;
    }
    const { hostname, port } = new URL(engine.endpoint);
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

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
      expect(removing.events).toContainEqual({ kind: 'note', message: expect.stringContaining('left alone') });
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

describe('an interrupted command', () => {
  it('finishes the call in flight, says what stands, and goes on when run again', async () => {
    const engine = await startEngine({ scale: 0.02 });
    try {
      const controller = new AbortController();
      const { DynopsError, ExitStatus } = await import('../../src/errors.ts');
      const session = await open(engine, { signal: controller.signal });
      const running = session.up();
      const reason = new DynopsError({ code: 'Interrupted', message: 'stopped', exitStatus: ExitStatus.interrupted });
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

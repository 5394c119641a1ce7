import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APIGatewayClient, GetRestApisCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, clientConfig, type Installation, install, stackFolder } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
});

afterAll(() => dynops.remove());

describe('call', () => {
  it('does the seven operations', async () => {
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
    await expect(call(dynops, 'echo', '--payload', '{"a": [1, null]}')).resolves.toEqual({ a: [1, null] });
    await call(dynops, 'create', '--item', '{"id": "one", "name": "Ada", "born": 1815}');
    await expect(call(dynops, 'read', '--id', 'one')).resolves.toMatchObject({
      Item: { id: 'one', name: 'Ada', born: 1815 },
    });
    await expect(
      call(dynops, 'update', '--id', 'one', '--set', 'born=1816', 'city=London', '--remove', 'name'),
    ).resolves.toMatchObject({
      Attributes: { id: 'one', born: 1816, city: 'London' },
    });
    await expect(call(dynops, 'list')).resolves.toMatchObject({ Count: 1 });
    await call(dynops, 'delete', '--key', '{"id": "one"}');
    await expect(call(dynops, 'list')).resolves.toMatchObject({ Count: 0, Items: [] });
  });

  it('reads files and stdin', async () => {
    // Some editors begin a file with a byte order mark.
    await writeFile(join(dynops.home, 'item.json'), '\uFEFF{"id": "from a file"}');
    await call(dynops, 'create', '--item', '@item.json');
    const { status } = await dynops.run(['call', 'create', '--item', '-'], { stdin: '\uFEFF{"id": "from stdin"}' });
    expect(status).toBe(0);
    const { Items } = (await call(dynops, 'list')) as { Items: { id: string }[] };
    expect(Items.map(({ id }) => id).sort()).toEqual(['from a file', 'from stdin']);
    await Promise.all(Items.map(({ id }) => call(dynops, 'delete', '--id', id)));
  });

  it('pages through everything, and keeps all 38 digits', async () => {
    const digits = '12345678901234567890123456789012345678';
    const client = new DynamoDBClient(await clientConfig(dynops));
    const ids = Array.from({ length: 7 }, (_, index) => `page-${index}`);
    for (const id of ids) {
      const Item = { id: { S: id }, n: { N: digits } };
      await client.send(new PutItemCommand({ TableName: 'lambda-apigateway', Item }));
    }
    const { stdout } = await dynops.run(['call', 'list', '--limit', '2', '--all']);
    const listed = JSON.parse(stdout) as { Items: { id: string }[]; Count: number; LastEvaluatedKey?: unknown };
    expect(listed.Items.map(({ id }) => id).sort()).toEqual(ids);
    expect(listed).toMatchObject({ Count: 7, ScannedCount: 7 });
    expect(listed.LastEvaluatedKey).toBeUndefined();
    expect(stdout.split(`"n":${digits}`).length - 1).toBe(7);

    const { stdout: one } = await dynops.run(['call', 'list', '--filter', 'id = "page-3" AND n > 5', '--json']);
    expect(one).toContain(digits);
    expect(JSON.parse(one)).toMatchObject({ Count: 1, Items: [{ id: 'page-3' }] });
  });

  it('stores and answers numbers with every digit they were sent with, through gateway and function', async () => {
    const numbers = '[0.12345678901234567890123,1.00000000000000000001,-12345678901234567890123456789012345678]';
    await call(dynops, 'create', '--item', `{"id":"digits","n":${numbers}}`);
    const { stdout } = await dynops.run(['call', 'read', '--id', 'digits']);
    expect(stdout).toContain(`"n":${numbers}`);
    const tooSmall = await dynops.run(['call', 'create', '--item', '{"id":"tiny","n":1e-400}']);
    expect(tooSmall).toMatchObject({ status: 1, stdout: expect.stringContaining('ValidationException') });
  });

  it('shows status line and headers on stderr with --include', async () => {
    const { stdout, stderr } = await dynops.run(['call', 'ping', '--include']);
    expect(stdout).toBe('"pong"\n');
    expect(stderr).toMatch(/^HTTP\/1\.1 200 OK$/m);
    expect(stderr).toMatch(/^x-amzn-requestid: /im);
  });

  it('fails with the body on stdout and the reason on stderr', async () => {
    const { status, stdout, stderr } = await dynops.run(['call', 'read', '--payload', '{"Key": {"wrong": "key"}}']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toHaveProperty('message');
    expect(stderr).toContain('400');
    const json = await dynops.run(['call', 'read', '--payload', '{"Key": {"wrong": "key"}}', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, status: 400, error: { code: expect.any(String) } });
  });

  it('explains a refusal', async () => {
    const { status, stdout } = await dynops.run(['call', 'ping', '--no-auth', '--json']);
    expect(status).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'NoToken' }, status: 401 });
  });

  it('loads no SDK when the cache is good', async () => {
    const { stderr } = await dynops.run(['call', 'ping', '--debug']);
    expect(stderr).not.toContain('debug:');
  });

  it('finds the API again when the engine is elsewhere, or the kept address is wrong', async () => {
    await dynops.run(['local', 'stop']);
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
    const folder = stackFolder(dynops);
    const outputs = JSON.parse(await readFile(join(folder, 'outputs.json'), 'utf8')) as { apiUrl: string };
    const apiUrl = outputs.apiUrl.replace(/execute-api\/[^/]+/, 'execute-api/gone');
    await writeFile(join(folder, 'outputs.json'), JSON.stringify({ ...outputs, apiUrl }));
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
    await expect(readFile(join(folder, 'outputs.json'), 'utf8')).resolves.not.toContain('gone');
  });
});

describe('a request that is held back: 429', () => {
  it('says that the function may not run, or that the stage is throttled, and what takes that away', async () => {
    const config = await clientConfig(dynops);
    const failed = async (...words: string[]) => {
      const { status, stdout } = await dynops.run([...words, '--json']);
      expect(status).toBe(1);
      return (JSON.parse(stdout) as { error: { message: string; hint: string } }).error;
    };
    const FunctionName = 'LambdaFunctionOverHttps';
    const reserved = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
    await new LambdaClient(config).send(reserved);
    const stopped = await failed('call', 'ping');
    expect(stopped.message).toMatch(/429 .*concurrency lets 0 .*LambdaFunctionOverHttps/);
    expect(stopped.hint).toContain('dynops up');
    await dynops.json(['up']);
    await expect(call(dynops, 'ping')).resolves.toBe('pong');

    const gateway = new APIGatewayClient(config);
    const { items = [] } = await gateway.send(new GetRestApisCommand({}));
    const patchOperations = ['rateLimit', 'burstLimit'].map((limit) => ({
      op: 'replace' as const,
      path: `/*/*/throttling/${limit}`,
      value: '0',
    }));
    await gateway.send(new UpdateStageCommand({ restApiId: items[0]?.id, stageName: 'prod', patchOperations }));
    const ping = ['request', 'POST', '/DynamoDBManager', '--body', '{"operation":"ping"}'];
    expect((await failed(...ping)).message).toMatch(/429 .*stage prod is throttled/);
    await dynops.json(['up']);
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
  });
});

it('says what makes the table that the function finds missing', async () => {
  await dynops.json(['table', 'delete', '--yes']);
  const { status, stderr } = await dynops.run(['call', 'list']);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/`dynops status` shows .* `dynops up` makes it\.\n$/)]);
  await dynops.json(['up']);
  expect((await dynops.run(['call', 'list'])).status).toBe(0);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { onDemandTable } from '../dynamodb/table.ts';

const engineFile = new URL('../../../dist/engine.js', import.meta.url).pathname;

/** `ulimit` and its hard limit, which Node cannot raise. */
describe.skipIf(process.platform === 'win32')('the engine with 1,024 descriptors, under a crowd', () => {
  let folder: string;
  let engine: ChildProcess;
  let client: DynamoDB;
  let cognito: CognitoIdentityProvider;
  let clientId: string | undefined;
  let endpoint: URL;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-crowd-'));
    const command = `ulimit -n 1024; exec '${process.execPath}' '${engineFile}' --folder '${folder}' --port 0`;
    engine = spawn('sh', ['-c', command], { stdio: 'inherit' });
    const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
    const record = await eventually(() => read('engine.json'));
    endpoint = new URL(record.endpoint);
    client = new DynamoDB({
      endpoint: endpoint.href,
      region: 'us-east-1',
      credentials: await read('credentials.json'),
    });
    await client.createTable(onDemandTable('crowded'));
    cognito = new CognitoIdentityProvider({
      endpoint: endpoint.href,
      region: 'us-east-1',
      credentials: await read('credentials.json'),
    });
    const { UserPool: pool = {} } = await cognito.createUserPool({ PoolName: 'crowded' });
    const { UserPoolClient: app = {} } = await cognito.createUserPoolClient({
      UserPoolId: pool.Id,
      ClientName: 'crowded',
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_USER_AUTH'],
    });
    clientId = app.ClientId;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    client?.destroy();
    cognito?.destroy();
    const gone = new Promise((resolve) => engine.once('exit', resolve));
    engine.kill('SIGKILL');
    await gone;
    await rm(folder, { recursive: true, force: true });
  });

  /** Left open: only the engine closes it. */
  async function openSocket(content: string): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: Number(endpoint.port), allowHalfOpen: true });
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    socket.write(content);
    return socket;
  }
  async function openMany(number: number, content: string): Promise<void> {
    for (let opened = 0; opened < number; opened += 50) {
      await Promise.all(Array.from({ length: 50 }, () => openSocket(content)));
    }
  }

  it('answers others within a second all along', async () => {
    let over = false;
    const nested = `${'('.repeat(200)}id = :id${')'.repeat(200)}`;
    const expression = (async () => {
      while (!over) {
        const scan = {
          TableName: 'crowded',
          FilterExpression: nested,
          ExpressionAttributeValues: { ':id': { S: '1' } },
        };
        // Answered or refused: AWS has a limit for it.
        await client.scan(scan).catch(() => undefined);
      }
    })();
    const times: number[] = [];
    const caller = (async () => {
      while (!over) {
        const beganAt = performance.now();
        await client.putItem({ TableName: 'crowded', Item: { id: { S: String(times.length) } } });
        times.push(performance.now() - beganAt);
      }
    })();
    await Promise.all([openMany(1_000, ''), openMany(10_000, 'no request\r\n\r\n')]);
    over = true;
    await Promise.all([expression, caller]);
    process.stdout.write(`crowd: ${times.length} calls, the slowest ${Math.round(Math.max(...times))} ms\n`);
    expect(times.length).toBeGreaterThan(20);
    expect(Math.max(...times)).toBeLessThan(1_000);
    expect(engine.exitCode).toBeNull();
  });

  it.each([
    ['reset codes', 'ForgotPassword', {}],
    ['SRP', 'InitiateAuth', { AuthFlow: 'USER_SRP_AUTH', AuthParameters: { SRP_A: 'abcdef12' } }],
    ['accounts', 'SignUp', { Password: 'Second-2' }],
    ['passwords', 'InitiateAuth', { AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { PASSWORD: 'wrong-1' } }],
  ])('answers others while strangers try %s by the hundred', async (_what, operation, asked) => {
    const over = new AbortController();
    let tried = 0;
    const strangers = Array.from({ length: 160 }, async (_, stranger) => {
      while (!over.signal.aborted) {
        tried += 1;
        const Username = `stranger-${stranger}-${tried}`;
        const { AuthParameters } = asked as { AuthParameters?: object };
        const body = AuthParameters
          ? { ...asked, AuthParameters: { ...AuthParameters, USERNAME: Username } }
          : { ...asked, Username };
        const target = `AWSCognitoIdentityProviderService.${operation}`;
        const answer = await fetch(endpoint, {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
          body: JSON.stringify({ ClientId: clientId, ...body }),
          signal: over.signal,
        });
        await answer.text();
      }
    });
    const times: number[] = [];
    const untilMs = performance.now() + 2_000;
    while (performance.now() < untilMs) {
      const beganAt = performance.now();
      await client.putItem({ TableName: 'crowded', Item: { id: { S: String(times.length) } } });
      times.push(performance.now() - beganAt);
    }
    over.abort();
    await Promise.allSettled(strangers);
    process.stdout.write(
      `${tried} tries by strangers: ${times.length} calls, the slowest ${Math.round(Math.max(...times))} ms\n`,
    );
    expect(tried).toBeGreaterThan(50);
    expect(Math.max(...times)).toBeLessThan(1_000 * busyness);
  });

  const head = (path: string, ...headers: string[]) =>
    `POST ${path} HTTP/1.1\r\nhost: ${endpoint.host}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
  const megabyte = Buffer.alloc(1 << 20, 'a');
  it.skipIf(process.platform !== 'linux').each<[string, () => string, Buffer, number, number]>([
    ['large bodies', () => head('/', 'content-length: 75000000'), megabyte, 70, 8],
    ['large bodies in chunks', () => head('/', 'transfer-encoding: chunked'), chunked(megabyte), 70, 8],
    ['bodies of an API', () => head('/_aws/execute-api/any/prod/x', 'content-length: 10000000'), megabyte, 9, 60],
    [
      'bodies byte by byte',
      () => head('/', 'transfer-encoding: chunked'),
      Buffer.from('1\r\na\r\n'.repeat(150_000)),
      1,
      16,
    ],
  ])('keeps its memory and answers others while strangers send %s without an end', async (...given) => {
    const [, begin, piece, pieces, strangers] = given;
    const heldBefore = residentBytes(engine.pid);
    const times: number[] = [];
    let over = false;
    const caller = (async () => {
      while (!over) {
        const beganAt = performance.now();
        await client.putItem({ TableName: 'crowded', Item: { id: { S: 'large' }, v: { S: 'v'.repeat(200_000) } } });
        times.push(performance.now() - beganAt);
      }
    })();
    let most = 0;
    await Promise.all(
      Array.from({ length: strangers }, async () => {
        const socket = await openSocket(begin());
        for (let sent = 0; sent < pieces && !socket.destroyed; sent += 1) {
          await new Promise((resolve) => socket.once('close', resolve).write(piece, resolve));
          most = Math.max(most, residentBytes(engine.pid));
        }
      }),
    );
    over = true;
    await caller;
    for (const socket of sockets) socket.destroy();
    process.stdout.write(
      `held ${Math.round((most - heldBefore) / 1e6)} MB more, ${times.length} calls, the slowest ${Math.round(Math.max(...times))} ms\n`,
    );
    expect(most - heldBefore).toBeLessThan(600e6);
    expect(Math.max(...times)).toBeLessThan(1_000 * busyness);
    expect(engine.exitCode).toBeNull();
  });
});

const chunked = (content: Buffer) =>
  Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')]);

/** Several test files share two cores. Without a bound these took 4 to 30 s. */
const busyness = 3;

/** Linux's own figure of a process. */
function residentBytes(pid: number | undefined): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return 1_024 * Number(kilobytes);
}

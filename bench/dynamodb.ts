import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ClassicLevel } from 'classic-level';
import { type Load, sendPrepared } from './keep-alive.ts';
import { type Figure, median, ratio } from './measure.ts';
import { peerModules } from './peers.ts';
import { signedRequest } from './signed-request.ts';

const seconds = 3;
const turns = 3;
const items = 1000;
const engineFile = fileURLToPath(new URL('../dist/engine.js', import.meta.url));
const table = 'bench';

interface Endpoint {
  port: number;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

const id = (number: number) => ({ S: `item-${number % items}` });
const item = (number: number) => ({
  id: id(number),
  at: { N: String(number % 10) },
  name: { S: 'a name of some length' },
  tags: { SS: ['one', 'two'] },
  nested: { M: { list: { L: [{ N: '1' }, { BOOL: true }] } } },
});
const key = (number: number) => ({ id: id(number), at: { N: String(number % 10) } });

const operations: Record<string, (number: number) => object> = {
  PutItem: (number) => ({ TableName: table, Item: item(number) }),
  GetItem: (number) => ({ TableName: table, Key: key(number) }),
  UpdateItem: (number) => ({
    TableName: table,
    Key: key(number),
    UpdateExpression: 'SET #n = :n ADD hits :one',
    ExpressionAttributeNames: { '#n': 'name' },
    ExpressionAttributeValues: { ':n': { S: 'another' }, ':one': { N: '1' } },
  }),
  Query: (number) => ({
    TableName: table,
    KeyConditionExpression: 'id = :id AND #at >= :at',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':id': id(number), ':at': { N: '0' } },
  }),
  TransactWriteItems: (number) => ({
    TransactItems: [0, 1, 2].map((more) => ({ Put: { TableName: table, Item: item(number * 3 + more) } })),
  }),
};

/** DynamoDB's operations at the engine, signature checked, beside dynoxide, dynalite and the storage library by itself. */
export async function benchDynamodb(home: string): Promise<Figure[]> {
  const raw = await rawStorage(join(home, 'raw'));
  const engine = await startEngine(join(home, 'engine'));
  const dynoxide = await startDynoxide(home);
  const dynalite = await startDynalite(home);
  const peers = { dynoxide, dynalite };
  try {
    const figures: Figure[] = [];
    for (const endpoint of [engine, dynoxide, dynalite]) if (endpoint) await createTable(endpoint);
    for (const [operation, input] of Object.entries(operations)) {
      for (const connections of [1, 16]) {
        const measure = (endpoint: Endpoint) => {
          const requests = Array.from({ length: items }, (_, number) =>
            signedRequest(endpoint.credentials, { port: endpoint.port, operation, input: input(number) }),
          );
          return sendPrepared(endpoint.port, requests, { connections, seconds });
        };
        const own: Load[] = [];
        const others: Record<keyof typeof peers, Load[]> = { dynoxide: [], dynalite: [] };
        for (let turn = 0; turn < turns; turn += 1) {
          own.push(await measure(engine));
          if (dynoxide) others.dynoxide.push(await measure(dynoxide));
          if (dynalite && operation !== 'TransactWriteItems') others.dynalite.push(await measure(dynalite));
        }
        figures.push(figureOf(operation, connections, { own, others, raw }));
      }
    }
    return figures;
  } finally {
    await stop(engine.process);
    for (const peer of [dynoxide, dynalite]) if (peer) await stop(peer.process);
  }
}

function figureOf(
  operation: string,
  connections: number,
  { own, others, raw }: { own: Load[]; others: Record<string, Load[]>; raw: { puts: number; gets: number } },
): Figure {
  const of = (loads: Load[], name: keyof Load) => median(loads.map((load) => load[name]));
  const perSecond = of(own, 'perSecond');
  const peers = Object.entries(others).map(([name, loads]) =>
    loads.length > 0
      ? `${name}: ${Math.round(of(loads, 'perSecond'))}`
      : `${name} is not installed here, or does not serve it`,
  );
  const { dynoxide = [] } = others;
  const storage = operation === 'GetItem' || operation === 'Query' ? raw.gets : raw.puts;
  return {
    what: `${operation}, ${connections} connection${connections > 1 ? 's' : ''}`,
    value: `${Math.round(perSecond)} req/s, p99 ${of(own, 'p99Ms').toFixed(1)} ms`,
    baseline: `${peers.join(', ')}, classic-level alone: ${Math.round(storage)}`,
    ratio: dynoxide.length > 0 ? ratio(perSecond, of(dynoxide, 'perSecond')) : '',
  };
}

/** What the storage library does by itself: 16 puts at a time, and reads one after another. */
async function rawStorage(folder: string): Promise<{ puts: number; gets: number }> {
  const database = new ClassicLevel<string, string>(folder, { valueEncoding: 'utf8' });
  await database.open();
  const value = JSON.stringify(item(1));
  const rate = async (run: (number: number) => Promise<unknown> | unknown) => {
    const startedAt = performance.now();
    let count = 0;
    for (; performance.now() < startedAt + 1000; count += 16) {
      await Promise.all(Array.from({ length: 16 }, (_, more) => run(count + more)));
    }
    return (count / (performance.now() - startedAt)) * 1000;
  };
  const puts = await rate((number) => database.put(`key-${number % items}`, value));
  const gets = await rate((number) => database.getSync(`key-${number % items}`));
  await database.close();
  await rm(folder, { recursive: true });
  return { puts, gets };
}

async function startEngine(folder: string): Promise<Endpoint & { process: ChildProcess }> {
  const child = spawn(process.execPath, [engineFile, '--folder', folder, '--port', '0'], { stdio: 'inherit' });
  for (;;) {
    try {
      const { pid, port } = JSON.parse(await readFile(join(folder, 'engine.json'), 'utf8'));
      const credentials = JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8'));
      if (pid === child.pid) return { port, credentials, process: child };
    } catch {
      // Not written yet.
    }
    if (child.exitCode !== null) throw new Error('the engine did not start');
    await sleep(20);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill();
  await gone;
}

type Peer = Endpoint & { process: ChildProcess };

/** dynoxide (Rust, SQLite on disk), where its package for this platform is installed. */
async function startDynoxide(home: string): Promise<Peer | undefined> {
  const binary = peerBinary();
  if (!binary) return undefined;
  return startPeer(binary, (port) => ['serve', '--port', port, '--db-path', join(home, 'dynoxide.db')]);
}

/** dynalite (JavaScript, LevelDB on disk), where npm can install it; signatures are not checked. */
async function startDynalite(home: string): Promise<Peer | undefined> {
  const found = await peerModules(['dynalite@4.0.0']);
  if ('missing' in found) return undefined;
  const program = join(found.modules, 'dynalite/cli.js');
  const flags = ['--path', join(home, 'dynalite'), '--createTableMs', '0'];
  return startPeer(process.execPath, (port) => [program, '--port', port, ...flags]);
}

async function startPeer(program: string, words: (port: string) => string[]): Promise<Peer> {
  const port = await freePort();
  const child = spawn(program, words(String(port)), { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer) return { port, credentials: { accessKeyId: 'peer', secretAccessKey: 'peer' }, process: child };
    await sleep(50);
  }
  child.kill();
  throw new Error(`${program} did not start`);
}

function peerBinary(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function createTable({ port, credentials }: Endpoint): Promise<void> {
  const input = {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'N' },
    ],
  };
  const request = signedRequest(credentials, { port, operation: 'CreateTable', input });
  await sendPrepared(port, [request], { connections: 1, seconds: 10, most: 1 });
}

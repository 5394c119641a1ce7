import { readFile, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCatalog, servedServices } from '../../src/local/services.ts';
import { call, clientConfig, type Installation, install, type Report, until } from '../cli/dynops.ts';
import { apiMutants } from './api-mutants.ts';
import { gatewayMutants, hostedMutants, rawMutants, signInQuery } from './data-plane-mutants.ts';
import { hiddenFields, openBrowser } from './login/browser.ts';
import { makeVictims } from './malformed-victims.ts';
import { type Mutant, shuffled } from './mutants.ts';
import { signHeaders } from './sign.ts';

/**
 * Ten thousand requests that are wrong in some way, against the engine's own process with a stack in it. The same ones
 * every time; `DYNOPS_TEST_SEED=12345` tries others.
 */
const seed = Number(process.env.DYNOPS_TEST_SEED ?? 20_260_101);
const least = 10_000;
const warmUp = 3_000;
const concurrency = 24;
/** Far above what any of them takes, far below for ever. */
const answerDeadlineMs = 20_000;
/** A request of which no more arrives is closed by then: `headersTimeout`, and the interval at which it is looked for. */
const slowDeadlineMs = 30_000;
/** After a collection, for all that seven thousand requests may leave behind: traces, logs, what some of them created. */
const heapGrowthBytes = 6 * 2 ** 20;
const residentGrowthBytes = 64 * 2 ** 20;

/** Runs inside the engine: collects garbage and writes down what is used, whenever it is asked to. */
const memoryReporter = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { renameSync, writeFileSync } from 'node:fs';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  writeFileSync(process.env.MEMORY_FILE + '.part', JSON.stringify(process.memoryUsage()));
  renameSync(process.env.MEMORY_FILE + '.part', process.env.MEMORY_FILE);
});`;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}
interface EngineFile {
  pid: number;
  endpoint: string;
}

let dynops: Installation;
let stack: Report;
let config: Awaited<ReturnType<typeof clientConfig>>;
let engine: EngineFile;
let agent: Agent;
const memoryFile = () => join(dynops.home, 'memory.json');
const engineFile = async (name: string) => readFile(join(dynops.home, 'dynops/engine', name), 'utf8');

beforeAll(async () => {
  dynops = await install();
  const hook = `--import=data:text/javascript,${encodeURIComponent(memoryReporter)}`;
  stack = await dynops.json<Report>(['up'], { env: { NODE_OPTIONS: hook, MEMORY_FILE: memoryFile() } });
  config = await clientConfig(dynops);
  engine = JSON.parse(await engineFile('engine.json'));
  agent = new Agent({ keepAlive: true, maxSockets: concurrency });
});
afterAll(async () => {
  agent?.destroy();
  await dynops.remove();
});

/** The answer; an error's text where the connection ended without one. */
function send(mutant: Mutant): Promise<Answer | string> {
  const { hostname, port } = new URL(engine.endpoint);
  const { method, path, query, body, service } = mutant;
  const headers = service === undefined ? mutant.headers : signHeaders({ ...mutant, ...config, service });
  return new Promise((resolve) => {
    const sent = request(
      {
        host: hostname,
        port,
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...headers, 'content-length': body.length },
        agent,
        // A redirect carries its request's `state` back.
        maxHeaderSize: 128 * 1024,
        timeout: answerDeadlineMs,
      },
      (answer) => {
        text(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
          (error: Error) => resolve(error.message),
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerDeadlineMs} ms`)));
    sent.on('error', (error) => resolve(error.message));
    sent.end(body);
  });
}

/** undefined: as it should be. */
function faultOf(answer: Answer | string): string | undefined {
  if (typeof answer === 'string') return answer;
  if (answer.status < 500 || causedByFunction(answer)) return undefined;
  return `${answer.status} ${answer.body}`;
}

/** What the stack's function threw, and its integration response passed on; or a function that answered nothing. */
function causedByFunction({ status, headers, body }: Answer): boolean {
  if (headers['x-amz-apigw-id'] === undefined) return false;
  return status === 502 || status === 504 || (status === 500 && /^\{"message": "DynamoDB: \w+: /.test(body));
}

function show(mutant: Mutant, fault: string): string {
  const { about, method, path, query, headers, body } = mutant;
  const shown = { about, method, path, query, headers, body: body.toString('latin1') };
  return `${fault.slice(0, 300)} ⇐ ${JSON.stringify(shown).slice(0, 1_500)}`;
}

/** What went wrong with which of them. */
async function runAll(mutants: readonly Mutant[]): Promise<string[]> {
  const faults: string[] = [];
  const waiting = mutants.values();
  const work = async () => {
    for (const mutant of waiting) {
      const fault = faultOf(await send(mutant));
      if (fault !== undefined) faults.push(show(mutant, fault));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return faults;
}

/** Sends bytes; resolves with the answer, or '' where the connection ends without one, by the engine or by the client. */
function sendRaw(bytes: Buffer | string, patience: { givesUpAfterMs?: number; deadlineMs?: number }): Promise<string> {
  const { hostname, port } = new URL(engine.endpoint);
  const { givesUpAfterMs, deadlineMs = slowDeadlineMs } = patience;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const timer =
      givesUpAfterMs === undefined
        ? setTimeout(() => {
            reject(new Error(`open after ${deadlineMs} ms: ${bytes.toString().slice(0, 300)}`));
            socket.destroy();
          }, deadlineMs)
        : setTimeout(() => socket.destroy(), givesUpAfterMs);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      resolve(chunk.toString('latin1'));
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve('');
    });
  });
}

async function memory(): Promise<{ rss: number; heapUsed: number }> {
  const before = await stat(memoryFile()).catch(() => undefined);
  process.kill(engine.pid, 'SIGUSR2');
  await until(async () => (await stat(memoryFile()).catch(() => undefined))?.mtimeMs !== before?.mtimeMs);
  return JSON.parse(await readFile(memoryFile(), 'utf8'));
}

describe(`malformed requests (seed ${seed})`, () => {
  it('are all answered, break nothing, and leave no memory behind', async () => {
    const token = (await dynops.run(['token'])).stdout.trim();
    const accessToken = (await dynops.run(['token', '--access'])).stdout.trim();
    const known = await makeVictims(config);
    const tableName = stack.resources.find(({ type }) => type === 'table')?.name ?? '';
    const { clientId, domainUrl } = { clientId: stack.clientId ?? '', domainUrl: stack.domainUrl ?? '' };
    const browser = openBrowser();
    const shown = await browser.get(`${domainUrl.replace(/\/$/, '')}/login?${signInQuery(clientId)}`);
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const page = { cookie, fields: hiddenFields(shown.text) };
    expect(page).toMatchObject({
      cookie: expect.stringContaining('XSRF-TOKEN='),
      fields: { _csrf: expect.any(String) },
    });
    const groups: Mutant[][] = [
      gatewayMutants({ seed, count: 2_200, url: stack.apiUrl ?? '', idToken: token, tableName }),
      hostedMutants({ seed, count: 1_500, domainUrl, clientId, accessToken, page }),
    ];
    for (const name of servedServices) {
      const catalog = await findCatalog(undefined, name);
      if (!catalog) throw new Error(name);
      groups.push(await apiMutants(catalog, { seed, count: 40, known, unsigned: false }));
      groups.push(await apiMutants(catalog, { seed: seed + 1, count: 60, known, unsigned: true }));
    }
    const mutants = shuffled(groups.flat(), seed);
    const raw = rawMutants({ seed, count: 400, path: new URL(stack.apiUrl ?? '').pathname });
    expect(mutants.length + raw.length).toBeGreaterThanOrEqual(least);

    // They last as long as the engine's patience, and the others go on beside them.
    const slow = [
      'G',
      'POST / HTTP/1.1\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nX-Never',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{',
    ].map((bytes) => sendRaw(bytes, {}));

    const firstFaults = await runAll(mutants.slice(0, warmUp));
    const warm = await memory();
    const restFaults = await runAll(mutants.slice(warmUp));
    const answers: string[] = [];
    const waiting = raw.values();
    const work = async () => {
      for (const { bytes, givesUpAfterMs } of waiting) answers.push(await sendRaw(bytes, { givesUpAfterMs }));
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const slowAnswers = await Promise.all(slow);
    const end = await memory();
    const failures = (await engineFile('engine.log'))
      .split('\n')
      .filter((line) => /internal failure|failed to serve|uncaught|unhandled/.test(line));

    expect([...firstFaults, ...restFaults]).toEqual([]);
    expect(answers.filter((answer) => / 5\d\d /.test(answer.split('\r\n')[0] ?? ''))).toEqual([]);
    expect(slowAnswers.filter((answer) => !/^(HTTP\/1\.1 4\d\d |$)/.test(answer))).toEqual([]);
    expect(failures).toEqual([]);
    expect(end.heapUsed - warm.heapUsed).toBeLessThan(heapGrowthBytes);
    expect(end.rss - warm.rss).toBeLessThan(residentGrowthBytes);
  });

  it('leave the process, its service and the stack as they were', async () => {
    expect(JSON.parse(await engineFile('engine.json'))).toMatchObject({ pid: engine.pid });
    expect(process.kill(engine.pid, 0)).toBe(true);
    expect(await new STS(config).getCallerIdentity({})).toMatchObject({ Account: '000000000000' });
    expect(await call(dynops, 'ping')).toBe('pong');
    const status = await dynops.json<Report & { inSync: boolean }>(['status', '--exit-code']);
    expect(status).toMatchObject({ ok: true, inSync: true, apiUrl: stack.apiUrl });
  });
});

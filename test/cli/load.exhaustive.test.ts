import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadResult } from '../../src/measure/load/result.ts';
import { clientConfig, type Installation, install, until } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up', '--tracing']);
});

afterAll(() => dynops.remove());

interface Events {
  events: { kind: string; requestId?: string }[];
}

interface Services {
  services: { type: string; statistics: { requests: number } }[];
}

/** The requests that the function has reported, each as often as it did. */
async function reported(): Promise<string[]> {
  const { events } = await dynops.json<Events>(['logs', '--since', '1h']);
  return events.flatMap(({ kind, requestId }) => (kind === 'report' && requestId !== undefined ? [requestId] : []));
}

/** How many requests the gateway has recorded. */
async function tracedAtGateway(): Promise<number> {
  const { services } = await dynops.json<Services>(['trace', 'map']);
  return services.find(({ type }) => type === 'AWS::ApiGateway::Stage')?.statistics.requests ?? 0;
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('load', () => {
  it('begins with no trace: what `up` itself asked the API is none of the requests', async () => {
    expect(await tracedAtGateway()).toBe(0);
  });

  it.each([
    ['closed', ['--users', '6', '--shape', 'spike']],
    ['open', ['--rate', '80/s']],
  ])(
    '%s model: each request is counted once by the generator, the function, the traces and the table',
    async (_model, shape) => {
      const itemsBefore = await itemCount();
      const [tracedBefore, before] = [await tracedAtGateway(), new Set(await reported())];
      const payload = '{"Item":{"id":"{{$uuid}}"}}';
      const run = await dynops.json<LoadResult>([
        'load',
        ...shape,
        ...['--duration', '2s', '--operation', 'create', '--payload', payload],
      ]);
      expect(run.failed).toBe(0);
      expect(run.abandoned + run.unsent).toBe(0);
      expect(run.requests).toBeGreaterThan(20);
      expect(run.distribution.reduce((sum, { count }) => sum + count, 0)).toBe(run.requests);

      const ids = (await reported()).filter((id) => !before.has(id));
      expect(new Set(ids).size).toBe(ids.length);
      // The load itself pings once before it begins.
      expect(ids.length).toBe(run.requests + 1);
      expect((await tracedAtGateway()) - tracedBefore).toBe(run.requests + 1);
      expect((await itemCount()) - itemsBefore).toBe(run.requests);
    },
  );

  it('stopped by Ctrl-C: the results so far, and status 130', async () => {
    const { status, stdout } = await dynops.run(['load', '--users', '2', '--duration', '5m', '--json'], {
      onSpawn: (child) => {
        const before = reported();
        void until(async () => (await reported()).length > (await before).length + 20).finally(() =>
          child.kill('SIGINT'),
        );
      },
    });
    expect(status).toBe(130);
    const run = JSON.parse(stdout) as LoadResult;
    expect(run).toMatchObject({ ok: false, interrupted: true, failed: 0 });
    expect(run.requests).toBeGreaterThan(10);
  });

  it('a threshold that is missed: status 3, and which', async () => {
    const file = join(dynops.home, 'run.json');
    const words = ['load', '--users', '1', '--duration', '1s', '--max-p50', '0.001ms', '--max-error-rate', '1%'];
    const { status } = await dynops.run([...words, '--out', file]);
    expect(status).toBe(3);
    const { thresholds } = JSON.parse(await readFile(file, 'utf8')) as LoadResult;
    expect(thresholds.map(({ name, passed }) => [name, passed])).toEqual([
      ['maxP50', false],
      ['maxErrorRate', true],
    ]);
  });

  it('what cannot be kept at the end: the figures are shown nevertheless, and status 1', async () => {
    const folder = join(dynops.home, 'vanishes');
    await mkdir(folder);
    // A look takes milliseconds by the SDK's client; `dynops logs` may take a slow machine as long as the load.
    const logs = new CloudWatchLogsClient(await clientConfig(dynops));
    const since = { logGroupName: '/aws/lambda/LambdaFunctionOverHttps', startTime: Date.now() };
    const reports = async () => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ ...since, filterPattern: 'REPORT' }));
      return events.length;
    };
    const words = ['load', '--users', '1', '--duration', '8s', '--out', join(folder, 'run.json'), '--json'];
    const { status, stdout } = await dynops.run(words, {
      // The first is of the ping.
      onSpawn: () => void until(async () => (await reports()) > 1).finally(() => rm(folder, { recursive: true })),
    });
    expect(status).toBe(1);
    const { requests, ...rest } = JSON.parse(stdout) as LoadResult;
    expect(rest).toMatchObject({ ok: false, error: { code: 'NotKept' } });
    expect(requests).toBeGreaterThan(1);
  });

  it('reads files that begin with a byte order mark', async () => {
    const file = async (name: string, text: string) => {
      await writeFile(join(dynops.home, name), `\ufeff${text}`);
      return name;
    };
    const mix = await file(
      'mix.json',
      '{"requests":[{"operation":"echo","payload":"\\"{{name}}\\""},{"operation":"ping"}]}',
    );
    const people = await file('people.csv', '"name","age"\r\nAda,36\r\n');
    const words = ['load', '--users', '2', '--duration', '1s', '--scenario', mix, '--data', people];
    const run = await dynops.json<LoadResult>(words);
    expect(run.failed).toBe(0);
    expect(run.byRequest.map(({ requests }) => requests > 0)).toEqual([true, true]);
    const kept = await file('kept.json', JSON.stringify(run));
    await dynops.json(['load', 'compare', kept, kept]);
  });

  it('no process of a function is left when the engine stops', async () => {
    const { pid } = await dynops.json<{ pid: number }>(['local', 'status']);
    const functions = await childrenOf(pid);
    expect(functions.length).toBeGreaterThan(0);
    await dynops.run(['local', 'stop']);
    await until(() => ![pid, ...functions].some(isAlive));
  });
});

async function itemCount(): Promise<number> {
  const { stdout } = await dynops.run(['call', 'list', '--all']);
  return (JSON.parse(stdout) as { Count: number }).Count;
}

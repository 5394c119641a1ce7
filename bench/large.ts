import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { XRay } from '@aws-sdk/client-xray';
import { dynops, environment, program } from './dynops.ts';
import { beside, type Figure, inTurns, median, ratio } from './measure.ts';

const amounts = { items: 200_000, events: 100_000, traces: 50_000 };
const turns = 9;
const group = '/aws/lambda/LambdaFunctionOverHttps';

/** An engine that holds much against one that holds nothing, by turns. */
export async function benchLarge(home: string): Promise<Figure[]> {
  const [full, empty] = [await mkdtemp(join(home, 'full-')), await mkdtemp(join(home, 'empty-'))];
  try {
    for (const one of [full, empty]) await dynops(one, 'up', '--quiet');
    await fill(full);
    const compare = async (what: string, ...words: string[]): Promise<Figure> => {
      const times = await inTurns(turns, { full: () => dynops(full, ...words), empty: () => dynops(empty, ...words) });
      return beside(`${what}, with much`, times.full, { name: 'with nothing', ms: times.empty });
    };
    const figures = [
      await compare('`status`', 'status'),
      await compare('`call list --limit 1`', 'call', 'list', '--limit', '1'),
      await compare('`logs --since 1m`', 'logs', '--since', '1m'),
    ];
    const [long, short] = [await firstLine(full), await firstLine(empty)];
    figures.push(
      beside(`the first line of \`logs\`, ${amounts.events} events`, long.firstMs, {
        name: 'of a few',
        ms: short.firstMs,
      }),
      {
        what: 'memory of that, at most',
        value: `${Math.round(median(long.megabytes))} MB`,
        baseline: `of a few: ${Math.round(median(short.megabytes))} MB`,
        ratio: ratio(median(long.megabytes), median(short.megabytes)),
      },
    );
    const start = async (one: string) => {
      await dynops(one, 'local', 'stop');
      return dynops(one, 'local', 'start');
    };
    const starts = await inTurns(5, { full: () => start(full), empty: () => start(empty) });
    figures.push(beside('starting the engine, with much', starts.full, { name: 'with nothing', ms: starts.empty }));
    return figures;
  } finally {
    for (const one of [full, empty]) await dynops(one, 'local', 'stop');
  }
}

async function fill(home: string): Promise<void> {
  const account = JSON.parse((await dynops(home, 'local', 'env', '--json')).stdout) as Record<string, string>;
  const config = {
    endpoint: account.AWS_ENDPOINT_URL ?? '',
    region: account.AWS_REGION ?? '',
    credentials: {
      accessKeyId: account.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: account.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
  const [table, logs, xray] = [new DynamoDB(config), new CloudWatchLogs(config), new XRay(config)];
  try {
    await inBatches(amounts.items, 25, async (ids) => {
      const RequestItems = {
        'lambda-apigateway': ids.map((id) => ({
          PutRequest: { Item: { id: { S: `item-${id}` }, name: { S: 'Ada' }, born: { N: '1815' } } },
        })),
      };
      await table.batchWriteItem({ RequestItems });
    });
    // Older than what is asked for by `--since 1m`.
    const fromMs = Date.now() - 20 * 60_000;
    const streams = Array.from({ length: 20 }, (_, index) => `filled/${index}`);
    for (const logStreamName of streams) await logs.createLogStream({ logGroupName: group, logStreamName });
    await inBatches(amounts.events, 2_500, async (numbers) => {
      const logStreamName = streams[Math.floor((numbers[0] ?? 0) / 2_500) % streams.length];
      const logEvents = numbers.map((number) => ({
        timestamp: fromMs + Math.floor((number / amounts.events) * 600_000),
        message: `2026-01-01T00:00:00.000Z\t${number}\tINFO\t${'x'.repeat(100)}`,
      }));
      await logs.putLogEvents({ logGroupName: group, logStreamName, logEvents });
    });
    await inBatches(amounts.traces, 50, async (numbers) => {
      const now = Date.now() / 1000;
      const documents = numbers.map((number) => ({
        id: number.toString(16).padStart(16, '0'),
        trace_id: `1-${Math.floor(now).toString(16)}-${number.toString(16).padStart(24, '0')}`,
        name: 'filled',
        start_time: now,
        end_time: now + 0.01,
      }));
      await xray.putTraceSegments({ TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)) });
    });
  } finally {
    for (const client of [table, logs, xray]) client.destroy();
  }
}

/** Sixteen batches at a time. */
async function inBatches(count: number, size: number, send: (numbers: number[]) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const from = next;
      next += size;
      await send(Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Of `logs` over an hour: when its first line came, and how much memory it had at most. */
async function firstLine(home: string): Promise<{ firstMs: number[]; megabytes: number[] }> {
  const [firstMs, megabytes]: [number[], number[]] = [[], []];
  await dynops(home, 'call', 'ping');
  for (let turn = 0; turn < 5; turn += 1) {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [program, 'logs', '--since', '1h'], {
      env: environment(home),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'close');
    let most = 0;
    const sampler = setInterval(async () => {
      // Linux alone tells it; elsewhere the row says 0.
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    }, 5);
    await once(child.stdout, 'data');
    firstMs.push(performance.now() - startedAt);
    child.stdout.resume();
    await ended;
    clearInterval(sampler);
    megabytes.push(most);
  }
  return { firstMs, megabytes };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { columns } from '../src/ui/words.ts';
import { dynops, environment } from './dynops.ts';
import { median } from './measure.ts';
import { processes } from './processes.ts';

/**
 * A long load at full speed: does memory stay flat, does it stay as fast, is each request counted once on both sides, is a
 * process left?
 * `npx tsx bench/soak.ts [DURATION] [USERS]`, after `npm run build`; exit 1 when an answer is no.
 */
const [duration = '10m', users = '16'] = process.argv.slice(2);
const sampleMs = 10_000;

/**
 * Counts the REPORT lines of the engine's log as it writes them: it keeps the latest 64 MB, which full speed fills in
 * less than a minute. A file is counted when the next one has begun, and at the end.
 */
function reportCounter(folder: string): { count(isEnd: boolean): Promise<number> } {
  let reports = 0;
  let counted = '';
  return {
    async count(isEnd) {
      const files = (await readdir(folder, { recursive: true })).filter((name) => /[\\/]\d+$/.test(name)).sort();
      const finished = files.slice(0, isEnd ? undefined : -1).filter((name) => name > counted);
      for (const name of finished) {
        reports += (await readFile(join(folder, name), 'utf8')).split('REPORT RequestId').length - 1;
        counted = name;
      }
      return reports;
    },
  };
}

const home = await mkdtemp(join(tmpdir(), 'dynops-soak-'));
try {
  await dynops(home, 'up');
  const { pid: engine } = JSON.parse((await dynops(home, 'local', 'status', '--json')).stdout) as { pid: number };
  const logs = reportCounter(join(home, 'engine'));
  const before = await logs.count(true);
  const program = fileURLToPath(new URL('../bin/dynops.js', import.meta.url));
  const words = ['load', '--users', users, '--duration', duration, '--json'];
  const generator = spawn(process.execPath, [program, ...words], {
    env: environment(home),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = generator.stdout.setEncoding('utf8').toArray();
  const ended = once(generator, 'close');

  const functionPids = new Set<number>();
  const samples: [generatorMb: number, engineMb: number][] = [];
  const startedAt = performance.now();
  let nextSampleMs = sampleMs;
  while (generator.exitCode === null) {
    await Promise.race([sleep(1_000), ended]);
    await logs.count(false);
    const now = await processes();
    for (const { pid, parent } of now) if (parent === engine) functionPids.add(pid);
    if (generator.exitCode !== null || performance.now() - startedAt < nextSampleMs) continue;
    const megabytes = (wanted: number | undefined) => now.find(({ pid }) => pid === wanted)?.megabytes ?? Number.NaN;
    samples.push([megabytes(generator.pid), megabytes(engine)]);
    const [ofGenerator, ofEngine] = samples.at(-1) ?? [];
    process.stdout.write(
      `${nextSampleMs / 1000} s  generator ${ofGenerator?.toFixed(0)} MB  engine ${ofEngine?.toFixed(0)} MB  functions ${functionPids.size}\n`,
    );
    nextSampleMs += sampleMs;
  }
  const result = JSON.parse((await output).join('')) as {
    requests: number;
    failed: number;
    failures: { kind: string; count: number; sample: string }[];
    abandoned: number;
    requestsPerSecond: number;
    latencyMs: { p50: number; p99: number };
    durationMs: number;
    series: { atMs: number; requests: number; latencyMs: { p99: number } }[];
  };
  await sleep(500);
  // The load itself calls the API once before it begins.
  const reports = (await logs.count(true)) - before - 1;
  await dynops(home, 'local', 'stop');
  // A killed process takes a moment to go, more of it on a busy machine.
  const left = async () => (await processes()).filter(({ pid }) => pid === engine || functionPids.has(pid));
  let alive = await left();
  for (let turn = 0; turn < 20 && alive.length > 0; turn++) {
    await sleep(250);
    alive = await left();
  }

  const growth = (side: 0 | 1) => {
    // The first quarter is warming up: heaps find their size.
    const settled = samples.slice(Math.floor(samples.length / 4)).map((sample) => sample[side]);
    const half = Math.floor(settled.length / 2);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { first: mean(settled.slice(0, half)), second: mean(settled.slice(half)) };
  };
  const memory = { generator: growth(0), engine: growth(1) };
  // The first tenth is warming up: of ten minutes, the last is compared with the second.
  const part = result.durationMs / 10;
  const p99Of = (fromMs: number) =>
    median(
      result.series
        .filter(({ atMs, requests }) => requests > 0 && atMs > fromMs && atMs <= fromMs + part)
        .map(({ latencyMs }) => latencyMs.p99),
    );
  const [early, late] = [p99Of(part), p99Of(9 * part)];
  const steady = late <= early * 1.2;
  const flat = Object.values(memory).every(({ first, second }) => !(second > first * 1.1 + 10));
  const counted = reports === result.requests + result.abandoned && result.failed === 0;
  process.stdout.write(
    `${columns([
      ['requests', `${result.requests}, ${Math.round(result.requestsPerSecond)} a second, ${result.failed} failed`],
      ...result.failures.map(({ kind, count, sample }) => [`failed ${count} times`, `${kind} ${sample}`]),
      ['latency', `p50 ${result.latencyMs.p50.toFixed(2)} ms, p99 ${result.latencyMs.p99.toFixed(2)} ms`],
      [
        'p99 of its second and its last tenth',
        `${early.toFixed(2)} ms, ${late.toFixed(2)} ms: ${steady ? 'as fast' : 'SLOWER'}`,
      ],
      ["the engine's REPORT lines", `${reports}: ${counted ? 'each request once' : 'DIFFERENT'}`],
      ...Object.entries(memory).map(([name, { first, second }]) => [
        `${name}'s memory`,
        `${first.toFixed(0)} MB, then ${second.toFixed(0)} MB (halves after the first quarter)`,
      ]),
      ['memory', flat ? 'flat' : 'GROWS'],
      [
        'processes',
        `${functionPids.size} functions; after local stop ${alive.length === 0 ? 'none is left' : `${alive.length} LEFT`}`,
      ],
    ]).join('\n')}\n`,
  );
  if (!flat || !steady || !counted || alive.length > 0) process.exitCode = 1;
} finally {
  await dynops(home, 'local', 'stop');
  await rm(home, { recursive: true, force: true });
}

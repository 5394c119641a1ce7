import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startDelayingProxy } from './delaying-proxy.ts';
import { dynops, environment, program } from './dynops.ts';
import { type Figure, median, ms, ratio, run } from './measure.ts';

/** From nothing at all to the first authorised 200; and a second `up`, which has nothing to do. */
export async function benchUp(home: string): Promise<Figure[]> {
  const times: { engine: number[]; fromNothing: number[]; again: number[]; down: number[] } = {
    engine: [],
    fromNothing: [],
    again: [],
    down: [],
  };
  for (let turn = 0; turn < 5; turn += 1) {
    const engineHome = await mkdtemp(join(home, 'engine-'));
    times.engine.push((await dynops(engineHome, 'local', 'start')).ms);
    await dynops(engineHome, 'local', 'stop');

    const turnHome = await mkdtemp(join(home, 'turn-'));
    try {
      const startedAt = performance.now();
      await dynops(turnHome, 'up', '--quiet');
      await dynops(turnHome, 'call', 'ping');
      times.fromNothing.push(performance.now() - startedAt);
      times.again.push((await dynops(turnHome, 'up', '--quiet')).ms);
      times.down.push((await dynops(turnHome, 'down', '--yes', '--quiet')).ms);
    } finally {
      await dynops(turnHome, 'local', 'stop');
    }
  }
  const engineMs = median(times.engine);
  const figure = (what: string, values: number[]): Figure => ({
    what,
    value: ms(median(values)),
    baseline: `starting the engine alone: ${ms(engineMs)}`,
    ratio: ratio(median(values), engineMs),
  });
  return [
    figure('up from nothing to the first authorised 200', times.fromNothing),
    figure('up again, nothing to do', times.again),
    figure('down', times.down),
    ...(await delayedUp(home)),
  ];
}

const delayMs = 60;

/** `up` with each call as long on its way as to a real account, by a proxy; against the same calls one after the other. */
async function delayedUp(home: string): Promise<Figure[]> {
  const delayedHome = await mkdtemp(join(home, 'delayed-'));
  const { stdout } = await dynops(delayedHome, 'local', 'env', '--json');
  const account = JSON.parse(stdout) as Record<string, string>;
  const proxy = await startDelayingProxy(account.AWS_ENDPOINT_URL ?? '', delayMs);
  const env = { ...environment(delayedHome), ...account, AWS_ENDPOINT_URL: '', DYNOPS_ENDPOINT_URL: proxy.url };
  const timed = async (...words: string[]) => {
    const before = proxy.calls();
    const { ms: tookMs } = await run(process.execPath, [program, ...words], env);
    return { tookMs, calls: proxy.calls() - before };
  };
  const runs: Record<'up' | 'again', { tookMs: number; calls: number }[]> = { up: [], again: [] };
  try {
    for (let turn = 0; turn < 5; turn += 1) {
      runs.up.push(await timed('up', '--quiet'));
      runs.again.push(await timed('up', '--quiet'));
      await timed('down', '--yes', '--quiet');
    }
  } finally {
    proxy.close();
    await dynops(delayedHome, 'local', 'stop');
  }
  return (['up', 'again'] as const).map((name) => {
    const tookMs = median(runs[name].map((one) => one.tookMs));
    const calls = median(runs[name].map((one) => one.calls));
    return {
      what: `${name === 'up' ? 'up from nothing' : 'up again'}, ${delayMs} ms a call`,
      value: ms(tookMs),
      baseline: `its ${calls} calls one after the other: ${ms(calls * delayMs)}`,
      ratio: ratio(tookMs, calls * delayMs),
    };
  });
}

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startDelayingProxy } from './delaying-proxy.ts';
import { dynops, environment, program } from './dynops.ts';
import { beside, type Figure, median, run } from './measure.ts';

/** From nothing at all to the first authorised 200; then what has nothing to do. */
export async function benchUp(home: string): Promise<Figure[]> {
  const names = ['engine', 'node', 'fromNothing', 'again', 'status', 'down'] as const;
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    (typeof names)[number],
    number[]
  >;
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
      times.node.push((await run(process.execPath, ['-e', '0'], environment(home))).ms);
      times.again.push((await dynops(turnHome, 'up', '--quiet')).ms);
      times.status.push((await dynops(turnHome, 'status')).ms);
      times.down.push((await dynops(turnHome, 'down', '--yes', '--quiet')).ms);
    } finally {
      await dynops(turnHome, 'local', 'stop');
    }
  }
  const engine = { name: 'starting the engine alone', ms: times.engine };
  return [
    beside('starting the engine', times.engine, { name: '`node -e 0`', ms: times.node }),
    beside('`up` from nothing to the first authorised 200', times.fromNothing, engine),
    beside('`up` again, nothing to do', times.again, engine),
    beside('`status`', times.status, engine),
    beside('`down`', times.down, engine),
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
  const runs: Record<'up' | 'again' | 'status', { tookMs: number; calls: number }[]> = {
    up: [],
    again: [],
    status: [],
  };
  try {
    for (let turn = 0; turn < 5; turn += 1) {
      runs.up.push(await timed('up', '--quiet'));
      runs.again.push(await timed('up', '--quiet'));
      runs.status.push(await timed('status'));
      await timed('down', '--yes', '--quiet');
    }
  } finally {
    proxy.close();
    await dynops(delayedHome, 'local', 'stop');
  }
  const titles = { up: '`up` from nothing', again: '`up` again', status: '`status`' };
  return (['up', 'again', 'status'] as const).map((name) => {
    const times = runs[name].map((one) => one.tookMs);
    const calls = median(runs[name].map((one) => one.calls));
    return beside(`${titles[name]}, ${delayMs} ms a call`, times, {
      name: `its ${calls} calls one after the other`,
      ms: [calls * delayMs],
    });
  });
}

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { dynops } from './dynops.ts';
import { type Figure, median, ms, ratio } from './measure.ts';

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
  ];
}

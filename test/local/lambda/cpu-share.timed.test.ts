import { afterEach, expect, test } from 'vitest';
import { cpuWaitOf } from '../../../src/local/lambda/runtime/cpu-share.ts';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
afterEach(() => fixture?.engine.stop());

/** Uses the processor, or waits, and answers what that took: milliseconds by the wall and of the processor. */
const code = `exports.handler = async ({ busyMs = 0, idleMs = 0 }) => {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const used = () => { const { user, system } = process.cpuUsage(cpu); return (user + system) / 1000; };
  while (used() < busyMs);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  return { wallMs: performance.now() - wall, cpuMs: used() };
};`;

/**
 * How much longer the invocation was than its handler, for each millisecond of processor time: the least of several
 * invocations, since what else the machine does only ever adds.
 */
async function waitPerMs(name: string, event: object): Promise<number> {
  const waits: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const { payload, log } = await fixture.invoke(name, JSON.stringify(event));
    const { wallMs, cpuMs } = payload as { wallMs: number; cpuMs: number };
    const [, durationMs] = /Duration: ([\d.]+) ms/.exec(log) ?? [];
    waits.push((Number(durationMs) - wallMs) / cpuMs);
  }
  return Math.min(...waits);
}

async function start(scale: number, sizes: number[]): Promise<void> {
  let aheadMs = 0;
  fixture = await startLambda({ scale, clock: () => Date.now() + aheadMs });
  for (const MemorySize of sizes) {
    // Past the time in which a role is not known everywhere, and a function is pending.
    aheadMs += 10_000;
    await fixture.create(`f${MemorySize}`, code, { MemorySize, Timeout: 60 });
    aheadMs += 10_000;
    await fixture.invoke(`f${MemorySize}`);
  }
}

test.each([
  [128, 12.8],
  [512, 2.455],
  [1769, 0],
  [10_240, 0],
])('the wait for each millisecond of the processor at %i MB', (memoryMb, wait) => {
  expect(cpuWaitOf(memoryMb, 1)).toBeCloseTo(wait, 1);
  expect(cpuWaitOf(memoryMb, 0)).toBe(0);
});

test('as AWS: work takes the longer the less memory there is, waiting does not', async () => {
  await start(0.5, [128, 512, 1769]);
  const busy = { busyMs: 100 };
  const [small, middle, large] = [
    await waitPerMs('f128', busy),
    await waitPerMs('f512', busy),
    await waitPerMs('f1769', busy),
  ];
  // Half of what it is at full scale; a busy machine only ever adds, never as much as the next smaller size.
  expect(small).toBeGreaterThan(6.4 * 0.99);
  expect(small).toBeLessThan(6.4 * 1.5);
  expect(middle).toBeGreaterThan(1.23 * 0.99);
  expect(middle).toBeLessThan(small / 2);
  expect(large).toBeLessThan(middle / 2);
  const idle = await fixture.invoke('f128', JSON.stringify({ idleMs: 300 }));
  const { wallMs } = idle.payload as { wallMs: number };
  expect(Number(/Duration: ([\d.]+) ms/.exec(idle.log)?.[1])).toBeLessThan(wallMs * 2);
});

test('plain: functions run at full speed whatever their memory', async () => {
  await start(0, [128]);
  expect(await waitPerMs('f128', { busyMs: 100 })).toBeLessThan(1);
});

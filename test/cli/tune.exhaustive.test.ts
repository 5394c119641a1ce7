import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Installation, install, until } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  // Sizes matter only there; its other delays are a hundredth.
  await dynops.json(['local', 'start', '--aws-like', '0.01']);
  await dynops.json(['up']);
  await dynops.json(['function', 'config', '--memory', '192']);
});

afterAll(() => dynops.remove());

const memory = async (): Promise<number> => (await dynops.json<{ memoryMb: number }>(['function', 'config'])).memoryMb;

/** The requests that the function has reported. */
async function reported(): Promise<string[]> {
  const { events } = await dynops.json<Events>(['logs', '--since', '1h']);
  return events.flatMap(({ kind, requestId }) => (kind === 'report' && requestId !== undefined ? [requestId] : []));
}

interface Events {
  events: { kind: string; requestId?: string }[];
}

/** Long enough for warm invocations after cold starts on a busy machine: a trial without is left out. */
const short = ['tune', '--users', '2', '--duration', '8s'];

interface Tuned {
  current: { memoryMb: number };
  trials: { memoryMb: number; invocations: number }[];
  best: { memoryMb: number };
  applied: boolean;
}

interface Cold {
  trials: {
    memoryMb: number;
    architecture: string;
    starts: number;
    initMs: { min: number; mean: number; max: number };
  }[];
}

describe('tune', () => {
  it('measures each size from the REPORT lines, and leaves the function as it was', async () => {
    const report = join(dynops.home, 'tune.html');
    const tuned = await dynops.json<Tuned>([...short, '--memory', '128,256', '--report', report]);
    expect(tuned.current.memoryMb).toBe(192);
    expect(tuned.trials.map(({ memoryMb }) => memoryMb)).toEqual([128, 256]);
    for (const { invocations } of tuned.trials) expect(invocations).toBeGreaterThan(0);
    expect([128, 256]).toContain(tuned.best.memoryMb);
    expect(tuned.applied).toBe(false);
    expect(await memory()).toBe(192);
    expect(await readFile(report, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('counts for each trial what was invoked in it, whatever had the same memory before', async () => {
    await call(dynops, 'ping');
    const before = new Set(await reported());
    const tuned = await dynops.json<Tuned>([...short, '--memory', '192', '--arch', 'arm64,x86_64,arm64']);
    const own = (await reported()).filter((id) => !before.has(id));
    // One more asked whether the API answers.
    expect(tuned.trials.reduce((sum, { invocations }) => sum + invocations, 0)).toBe(own.length - 1);
  });

  it('--cold: counts cold starts alone, each after a change, and leaves the function as it was', async () => {
    const report = join(dynops.home, 'cold.html');
    const cold = ['tune', '--cold', '2', '--report', report];
    const { trials } = await dynops.json<Cold>([...cold, '--memory', '128,192,512']);
    expect(trials.map(({ memoryMb, starts }) => [memoryMb, starts])).toEqual([
      [128, 2],
      [192, 2],
      [512, 2],
    ]);
    for (const { initMs } of trials) {
      expect(initMs.min).toBeGreaterThan(5);
      expect(initMs.mean).toBeLessThanOrEqual(initMs.max);
    }
    expect(await memory()).toBe(192);
    expect(await readFile(report, 'utf8')).toContain('Memory and cold starts');
    // Nothing but the size that it has already, and both processors.
    const same = await dynops.json<Cold>([...cold, '--memory', '192', '--arch', 'arm64,x86_64']);
    expect(same.trials.map(({ starts, architecture }) => [starts, architecture])).toEqual([
      [2, 'arm64'],
      [2, 'x86_64'],
    ]);
    expect((await dynops.run(['status', '--exit-code'])).status).toBe(0);
  });

  it.each([['--users', '3'], ['--strategy', 'cost'], ['--apply']])(
    '--cold with %s is refused',
    async (option, ...value) => {
      const { status, stderr } = await dynops.run(['tune', '--cold', option, ...value]);
      expect([status, stderr]).toEqual([64, expect.stringContaining(`Leave out ${option}`)]);
    },
  );

  /** Tunes at 512 MB for minutes, and ends that as told once it has begun. */
  const brokenOff = (end: (child: ChildProcess) => void, how = ['--users', '1', '--duration', '5m']) =>
    dynops.run(['tune', ...how, '--memory', '512'], {
      onSpawn: (child) => void until(async () => (await memory()) === 512).finally(() => end(child)),
    });

  it.each([[undefined], [['--cold', '100']]])('stopped by Ctrl-C: the function is as it was (%j)', async (how) => {
    const { status, stderr } = await brokenOff((child) => child.kill('SIGINT'), how);
    expect(status).toBe(130);
    expect(stderr).toMatch(/The function is as it was: LambdaFunctionOverHttps, 192 MB/);
    expect(await memory()).toBe(192);
  });

  it('killed: status tells it, and up makes it as it was', async () => {
    expect((await brokenOff((child) => child.kill('SIGKILL'))).signal).toBe('SIGKILL');
    expect(await memory()).toBe(512);
    expect((await dynops.run(['status', '--exit-code'])).status).toBe(3);
    await dynops.json(['up']);
    expect(await memory()).toBe(192);
  });

  it('--apply: sets the best, and a later up keeps it', async () => {
    const tuned = await dynops.json<Tuned>([...short, '--memory', '128,256', '--strategy', 'cost', '--apply']);
    expect(tuned.applied).toBe(true);
    expect(await memory()).toBe(tuned.best.memoryMb);
    await dynops.json(['up']);
    expect(await memory()).toBe(tuned.best.memoryMb);
  });

  it('without --aws-like names no best size, and refuses to set one', async () => {
    await dynops.json(['local', 'stop']);
    const apply = await dynops.run([...short, '--memory', '128,256', '--apply']);
    expect([apply.status, apply.stderr]).toEqual([64, expect.stringContaining('no size is best')]);
    const { best, trials, sizeHasNoEffect } = await dynops.json<Tuned & { sizeHasNoEffect: boolean }>([
      ...short,
      '--memory',
      '128,256',
    ]);
    expect([best, trials.length, sizeHasNoEffect]).toEqual([null, 2, true]);
    const cold = await dynops.run(['tune', '--cold', '1', '--memory', '128,256']);
    expect([cold.status, cold.stdout]).toEqual([0, expect.stringContaining('The size has no effect')]);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientConfig, type Installation, install, type Report } from '../cli/dynops.ts';
import { type ClientConfig, listAccount } from './account.ts';
import { plantForeignThings } from './scenes.ts';

/** The matrix ends a run at each call; here the real program is killed, at moments spread over its whole run. */
const kills = 5;

let dynops: Installation;
let config: ClientConfig;
let nothing: string[];
let everything: string[];

beforeAll(async () => {
  dynops = await install();
  config = await clientConfig(dynops);
  await plantForeignThings(config);
  nothing = await listAccount(config);
  await dynops.json(['up']);
  everything = await listAccount(config);
  expect(everything).toContain('table lambda-apigateway');
});

afterAll(() => dynops.remove());

/** How long the command takes when it is left alone, from its start as a process. */
async function durationMs(words: string[]): Promise<number> {
  const startedAt = performance.now();
  await dynops.json(words);
  return performance.now() - startedAt;
}

async function killedAfter(words: string[], ms: number): Promise<boolean> {
  const { signal } = await dynops.run(words, { onSpawn: (child) => setTimeout(() => child.kill('SIGKILL'), ms) });
  return signal === 'SIGKILL';
}

it('up, killed at any moment, goes on when it is run again', async () => {
  await dynops.json(['down', '--yes']);
  const tookMs = await durationMs(['up']);
  let killed = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await dynops.json(['down', '--yes']);
    if (await killedAfter(['up'], (tookMs * kill) / (kills + 1))) killed += 1;
    const again = await dynops.json<Report>(['up']);
    expect(again.ok).toBe(true);
    await expect(listAccount(config)).resolves.toEqual(everything);
    await expect(dynops.run(['plan', '--exit-code'])).resolves.toMatchObject({ status: 0 });
    await expect(dynops.run(['call', 'ping'])).resolves.toMatchObject({ stdout: '"pong"\n' });
  }
  expect(killed).toBeGreaterThan(kills / 2);
});

it('down, killed at any moment, goes on when it is run again', async () => {
  const tookMs = await durationMs(['down', '--yes']);
  let killed = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await dynops.json(['up']);
    if (await killedAfter(['down', '--yes'], (tookMs * kill) / (kills + 1))) killed += 1;
    await dynops.json(['down', '--yes']);
    await expect(listAccount(config)).resolves.toEqual(nothing);
  }
  expect(killed).toBeGreaterThan(kills / 2);
});

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

/**
 * Kills the command at `share` (0 to 1) of its run, each try after `prepare`. How long the run takes is known only from
 * runs before it, which the machine may have made slower: a run that ended before it was killed is what the next try goes by.
 */
async function killAt(share: number, words: string[], prepare: () => Promise<unknown>): Promise<void> {
  let tookMs: number | undefined;
  for (let tries = 0; tries < 10; tries += 1) {
    await prepare();
    const startedAt = performance.now();
    const { signal, status } = await dynops.run(words, {
      onSpawn: (child) => tookMs && setTimeout(() => child.kill('SIGKILL'), tookMs * share),
    });
    if (signal === 'SIGKILL') return;
    expect(status).toBe(0);
    tookMs = performance.now() - startedAt;
  }
  throw new Error(`dynops ${words.join(' ')} ended before it was killed, ten times`);
}

it('up, killed at any moment, goes on when it is run again', async () => {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(kill / (kills + 1), ['up'], () => dynops.json(['down', '--yes']));
    const again = await dynops.json<Report>(['up']);
    expect(again.ok).toBe(true);
    await expect(listAccount(config)).resolves.toEqual(everything);
    await expect(dynops.run(['plan', '--exit-code'])).resolves.toMatchObject({ status: 0 });
    await expect(dynops.run(['call', 'ping'])).resolves.toMatchObject({ stdout: '"pong"\n' });
  }
});

it('down, killed at any moment, goes on when it is run again', async () => {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(kill / (kills + 1), ['down', '--yes'], () => dynops.json(['up']));
    await dynops.json(['down', '--yes']);
    await expect(listAccount(config)).resolves.toEqual(nothing);
  }
});

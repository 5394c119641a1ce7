import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientConfig, type Installation, install, type Report } from '../cli/dynops.ts';
import { killAt } from '../cli/kill-at.ts';
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

it('up, killed at any moment, goes on when it is run again', async () => {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(dynops, kill / (kills + 1), ['up'], () => dynops.json(['down', '--yes']));
    const again = await dynops.json<Report>(['up']);
    expect(again.ok).toBe(true);
    await expect(listAccount(config)).resolves.toEqual(everything);
    await expect(dynops.run(['plan', '--exit-code'])).resolves.toMatchObject({ status: 0 });
    await expect(dynops.run(['call', 'ping'])).resolves.toMatchObject({ stdout: '"pong"\n' });
  }
});

it('down, killed at any moment, goes on when it is run again', async () => {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(dynops, kill / (kills + 1), ['down', '--yes'], () => dynops.json(['up']));
    await dynops.json(['down', '--yes']);
    await expect(listAccount(config)).resolves.toEqual(nothing);
  }
});

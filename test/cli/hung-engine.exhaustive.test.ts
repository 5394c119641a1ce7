import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';

let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  await dynops.json(['call', 'ping']);
});
afterAll(() => dynops.remove());

it('a call from what is kept says that the engine does not answer, and how to go on', async () => {
  const { pid } = await dynops.json<{ pid: number }>(['local', 'status']);
  process.kill(pid, 'SIGSTOP');
  const { status, stdout } = await dynops.run(['call', 'ping', '--json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout).error).toMatchObject({ code: 'EngineSilent', hint: expect.stringContaining('local stop') });
  await dynops.json(['local', 'stop']);
  await dynops.json(['up']);
  await expect(dynops.json(['call', 'ping'])).resolves.toBe('pong');
});

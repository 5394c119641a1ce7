import { afterAll, beforeAll, expect, it } from 'vitest';
import { isOurLivingProcess } from '../../src/home/living-process.ts';
import { type Installation, install } from './dynops.ts';

let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  await dynops.json(['call', 'ping']);
});
afterAll(() => dynops.remove());

it('an engine that hangs is known to every command, ended by `local stop`, and comes back with all it had', async () => {
  const { pid } = await dynops.json<{ pid: number }>(['local', 'status']);
  process.kill(pid, 'SIGSTOP');
  const [local, doctor, ...others] = await Promise.all([
    dynops.json(['local', 'status']),
    dynops.run(['doctor', '--json']),
    dynops.run(['status', '--json']),
    // It knows the API's address from before.
    dynops.run(['call', 'ping', '--json']),
  ]);
  expect(local).toEqual({ ok: true, running: true, answering: false, pid });
  expect(doctor.stdout).toContain(`process ${pid}`);
  for (const { status, stdout } of others) {
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'EngineSilent',
      hint: expect.stringContaining('local stop'),
    });
  }
  await expect(dynops.json(['local', 'stop'])).resolves.toEqual({ ok: true, stopped: true });
  expect(isOurLivingProcess(pid)).toBe(false);
  await expect(dynops.json(['local', 'status'])).resolves.toEqual({ ok: true, running: false });
  await dynops.json(['up']);
  await expect(dynops.json(['call', 'ping'])).resolves.toBe('pong');
});

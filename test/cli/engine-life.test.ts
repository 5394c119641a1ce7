import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineProcesses } from '../../src/endpoint/engine-processes.ts';
import { isOurLivingProcess } from '../../src/home/living-process.ts';
import { type Installation, install, type Outcome, until } from './dynops.ts';

let dynops: Installation;
beforeEach(async () => {
  dynops = await install();
});
afterEach(() => dynops.remove());

const engineFile = (...names: string[]) => join(dynops.home, 'dynops', 'engine', ...names);
const start = () => dynops.json<{ pid: number }>(['local', 'start']);
// One that hangs is in hung-engine.exhaustive.test.ts: the commands wait for it.
describe('an engine that lives and does not answer', () => {
  it('is found without its record, or with one of another process', async () => {
    const { pid } = await start();
    await rm(engineFile('engine.json'));
    await expect(dynops.json(['local', 'status'])).resolves.toMatchObject({ answering: false, pid });
    await writeFile(engineFile('engine.json'), JSON.stringify({ pid: process.pid, endpoint: 'http://127.0.0.1:9' }));
    await expect(dynops.json(['local', 'stop'])).resolves.toEqual({ ok: true, stopped: true });
    expect(isOurLivingProcess(pid)).toBe(false);
  });
});

describe('two commands at once', () => {
  it('a reset and commands that start the engine wait for one another', async () => {
    for (let round = 0; round < 6; round += 1) {
      const words = [['start'], ['reset', '--yes'], ['start'], ['reset', '--yes']];
      const outcomes = await Promise.all(words.map((each) => dynops.run(['local', ...each])));
      expect(outcomes.map(({ status, stderr }) => (status === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
      const processes = await engineProcesses(engineFile());
      const { running, pid } = await dynops.json<{ running: boolean; pid?: number }>(['local', 'status']);
      expect(processes).toEqual(running ? [pid] : []);
    }
  });

  it('an engine that another ends while it starts is not taken for a broken one', async () => {
    let outcome: Outcome | undefined;
    // Once it answers, it is too late.
    for (let round = 0; round < 50 && outcome?.status !== 2; round += 1) {
      await dynops.run(['local', 'stop']);
      const begun = async () => (await engineProcesses(engineFile())).length > 0;
      outcome = await dynops.run(['local', 'start', '--json'], {
        onSpawn: () => void until(begun).then(() => dynops.run(['local', 'stop'])),
      });
    }
    expect(outcome?.status).toBe(2);
    expect(JSON.parse(outcome?.stdout ?? '').error).toMatchObject({
      code: 'EngineStopped',
      hint: expect.stringContaining('same command again'),
    });
  });
});

describe('broken files', () => {
  const garbage = ['', 'garbage', 'null', '{"pid":"x"}'];

  it('in the place of the record, port and credentials keep no command from working', async () => {
    await start();
    for (const text of garbage) {
      for (const name of ['engine.json', 'port', 'credentials.json']) await writeFile(engineFile(name), text);
      await expect(dynops.json(['local', 'status'])).resolves.toMatchObject({ ok: true, answering: false });
      await expect(dynops.json(['local', 'stop'])).resolves.toEqual({ ok: true, stopped: true });
      await expect(dynops.json(['local', 'status'])).resolves.toEqual({ ok: true, running: false });
      await start();
    }
    for (const name of ['engine.json', 'port', 'credentials.json']) await writeFile(engineFile(name), 'garbage');
    await expect(dynops.json(['local', 'reset', '--yes'])).resolves.toMatchObject({ ok: true });
    await start();
  });

  it('in the place of a file, what is none keeps no command from working either', async () => {
    const spoils: ((file: string) => unknown)[] = [
      (file) => mkdir(file),
      (file) => execFileSync('mkfifo', [file]),
      (file) => symlink(file, file),
      (file) => symlink(`${file}-none`, file),
    ];
    await start();
    await dynops.json(['local', 'snapshot', 'save', 'kept']);
    for (const spoil of spoils) {
      await dynops.json(['local', 'stop']);
      for (const name of ['engine.json', 'port', 'credentials.json', 'engine.log', 'start.lock']) {
        await rm(engineFile(name), { recursive: true, force: true });
        await spoil(engineFile(name));
      }
      await expect(dynops.json(['local', 'status'])).resolves.toEqual({ ok: true, running: false });
      await start();
    }
    await writeFile(join(dynops.home, 'dynops', 'snapshots', 'kept', 'snapshot.json'), '{"name":1,"savedAt":2}');
    await expect(dynops.json(['local', 'snapshot', 'list'])).resolves.toMatchObject({ snapshots: [] });
  });

  it.each(['control', 'items', join('logs', 'records')])(
    'a broken database is named, and mended by a reset: %s',
    async (name) => {
      await start();
      await dynops.run(['local', 'stop']);
      const folder = engineFile('data', name);
      await writeFile(join(folder, 'CURRENT'), 'garbage');
      const failed = await dynops.run(['local', 'start', '--json']);
      expect(failed.status).not.toBe(0);
      const { error } = JSON.parse(failed.stdout);
      expect(error).toMatchObject({ code: 'EngineWillNotStart', hint: expect.stringContaining('dynops local reset') });
      expect(error.message).toContain(folder);
      const doctor = await dynops.run(['doctor']);
      expect(doctor.stdout).toContain('local reset');
      expect(doctor.stdout).not.toMatch(/`dynops doctor`/);
      await dynops.json(['local', 'reset', '--yes']);
      await start();
      expect(await readdir(folder)).toContain('CURRENT');
    },
  );
});

describe('the port', () => {
  it.each(['1', '6000', '10080'])('is none that clients refuse to call: %s', async (port) => {
    const { stdout } = await dynops.run(['local', 'start', '--port', port, '--json']);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'EngineWillNotStart',
      hint: expect.stringContaining('--port 0'),
    });
  });

  it('is another one where the last is taken, or was none', async () => {
    await start();
    await dynops.run(['local', 'stop']);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    for (const last of [String(port), '6000', '99999', '-1']) {
      await writeFile(engineFile('port'), last);
      const { stdout } = await dynops.run(['local', 'start', '--json'], { env: { DYNOPS_PORT: '' } });
      const started = JSON.parse(stdout);
      expect(started).toMatchObject({ running: true });
      expect(String(started.port)).not.toBe(last);
      await dynops.run(['local', 'stop']);
    }
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('an engine', () => {
  it.each([['status'], ['up'], ['down', '--yes'], ['table', 'show'], ['dev']])(
    'is not started for settings that are wrong: %s',
    async (...words) => {
      const file = join(dynops.home, 'dynops.json');
      await writeFile(file, '{"functions": {"a b": {}}}');
      const { status, stderr } = await dynops.run(words);
      expect([status, stderr]).toEqual([64, expect.stringMatching(/^ServiceFile\n/)]);
      await rm(file);
      const wrong = await dynops.run(words, { env: { DYNOPS_STACK: 'X Y' } });
      expect([wrong.status, wrong.stderr]).toEqual([64, expect.stringMatching(/^Usage\n/)]);
      await expect(dynops.json(['local', 'stop'])).resolves.toMatchObject({ stopped: false });
    },
  );

  it('is looked at by doctor beside a service file that is wrong, and told', async () => {
    const file = join(dynops.home, 'dynops.json');
    await writeFile(file, '{"routes": {"GET /": "hello"}}');
    const { status, stdout } = await dynops.run(['doctor', '--json']);
    await rm(file);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; detail: string }[] };
    const wrong = checks.filter(({ ok }) => !ok);
    expect([status, wrong.map(({ name }) => name)]).toEqual([3, ['settings']]);
    expect(wrong[0]?.detail).toContain('there is no function "hello"');
    await dynops.json(['local', 'stop']);
  });

  it.each([
    ['function', 'test', '--function', 'not'],
    ['function', 'show', '--function', 'not'],
    ['function', 'delete', '--yes', '--function', 'not'],
    ['table', 'items', '--table', 'not'],
    ['table', 'export', '--table', 'not'],
    ['logs', '--function', 'not'],
  ])('is not started for a slip: %s %s', async (...words) => {
    await dynops.json(['init']);
    const { status, stderr } = await dynops.run(words);
    expect([status, stderr]).toEqual([64, expect.stringMatching(/^Usage\n.*\nDid you mean .* notes\?\n$/)]);
    await expect(dynops.json(['local', 'stop'])).resolves.toMatchObject({ stopped: false });
  });
});

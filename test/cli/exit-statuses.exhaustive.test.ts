import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredCommands } from './command-lines.ts';
import { type Installation, install } from './dynops.ts';
import { completeLines, faultIn, listen, situations, statusFaults } from './failing.ts';

let dynops: Installation;
let given: Awaited<ReturnType<typeof situations>>;

beforeAll(async () => {
  dynops = await install();
  given = await situations();
});
afterAll(async () => {
  given.close();
  await dynops.remove();
});

const commands = declaredCommands().map(({ command }) => command);
const where = () => ({ home: join(dynops.home, 'dynops'), folder: dynops.home });

describe('the exit status of a failure is the same in every command', () => {
  it.each([
    'a wrong environment',
    'a wrong settings file',
    'no credentials',
    'a session that has expired',
    'a permission that is missing',
    'a call that is refused',
  ])('%s', async (name) => {
    const situation = given.all[name];
    if (situation === undefined) throw new Error(`no situation ${name}`);
    const concerned = commands.filter((command) => !situation.except.test(command));
    expect(concerned.length).toBeGreaterThan(50);
    expect(await statusFaults(concerned, { situation, ...where() })).toEqual([]);
  });

  it('an endpoint that is not there; --timeout, and Ctrl-C twice, on one that answers nothing', async () => {
    const lines = completeLines(dynops.home);
    const concerned = commands.filter((command) => !given.unreachable.except.test(command));
    const waiting = [...concerned];
    const faults: string[] = [];
    const work = async () => {
      let asked = (): void => undefined;
      const silent = await listen(() => asked());
      for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
        const line = [...(lines[command] ?? []), '--json'];
        const words = ['--endpoint-url', silent.url, '--yes', ...line];
        const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', DYNOPS_PASSWORD: 'Secret1!word' };
        const alone = await dynops.run([...given.unreachable.words, ...line], { env });
        faults.push(...faultIn({ words, status: alone.status ?? undefined, stdout: alone.stdout }, 'unreachable'));
        const late = await dynops.run(['--timeout', '1', ...words], { env });
        faults.push(...faultIn({ words, status: late.status ?? undefined, stdout: late.stdout }, 'unfinished'));
        const stopped = await dynops.run(['--debug', ...words], {
          env,
          onSpawn: (child) => {
            let signals: NodeJS.Timeout | undefined;
            // Not before it waits: while Node.js starts, a signal ends it without a word.
            asked = () => {
              signals ??= setInterval(() => child.kill('SIGINT'), 500);
            };
            child.once('close', () => clearInterval(signals));
          },
        });
        faults.push(...faultIn({ words, status: stopped.status ?? undefined, stdout: stopped.stdout }, 'interrupted'));
      }
      silent.close();
    };
    await Promise.all([work(), work(), work()]);
    expect(faults).toEqual([]);
  });
});

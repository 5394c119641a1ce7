import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

let fixture: LambdaFixture;
beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.engine.stop());

const python = { Runtime: 'python3.13', Handler: 'main.handler' } as const;
const create = (name: string, source: string, input = {}) =>
  fixture.create(
    name,
    { 'main.py': source, 'pack/deep.py': 'def run(event, context): return "deep"' },
    { ...python, ...input },
  );

describe.skipIf(!hasPython)('a Python function, with the machine’s python3', () => {
  it('answers, is warm, and is told what Lambda tells', async () => {
    await create(
      'well',
      'n = 0\ndef handler(event, context):\n  global n; n += 1\n  return [event["a"], n, context.function_name, context.get_remaining_time_in_millis() > 0, "ü"]',
    );
    expect((await fixture.invoke('well', '{"a":1.5}')).payload).toEqual([1.5, 1, 'well', true, 'ü']);
    expect((await fixture.invoke('well', '{"a":2}')).payload).toEqual([2, 2, 'well', true, 'ü']);
    await create('module', 'x = 1', { Handler: 'pack/deep.run' });
    expect((await fixture.invoke('module')).payload).toBe('deep');
  });

  it.each([
    [
      'raises',
      'def handler(e, c): raise KeyError("no")',
      { errorType: 'KeyError', errorMessage: "'no'", stackTrace: [expect.stringContaining('main.py')] },
    ],
    ['does not load', 'raise ValueError("at load")', { errorType: 'ValueError', errorMessage: 'at load' }],
    [
      'lacks a module',
      'import nowhere',
      { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining("No module named 'nowhere'") },
    ],
    ['has a mistake', 'def handler(:', { errorType: 'Runtime.UserCodeSyntaxError' }],
    [
      'has no handler',
      'x = 1',
      { errorType: 'Runtime.HandlerNotFound', errorMessage: "Handler 'handler' missing on module 'main'" },
    ],
    [
      'answers a set',
      'def handler(e, c): return {1}',
      {
        errorType: 'Runtime.MarshalError',
        errorMessage: 'Unable to marshal response: Object of type set is not JSON serializable',
      },
    ],
    [
      'exits',
      'import os\ndef handler(e, c): os._exit(3)',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    ],
    ['hangs', 'def handler(e, c):\n  while True: pass', { errorType: 'Sandbox.Timedout' }],
  ])('that %s is told in Lambda’s form', async (what, source, error) => {
    const name = what.replaceAll(' ', '-');
    await create(name, source, { Timeout: 2 });
    const answer = await fixture.invoke(name);
    expect(answer).toMatchObject({ error: 'Unhandled', payload: error });
    // What ends the process is in the REPORT's own words; the rest is said by the runtime, at load too.
    const { errorType, errorMessage } = answer.payload as { errorType: string; errorMessage: string };
    if (!/ExitError|Timedout/.test(errorType)) expect(answer.log).toContain(`[ERROR] ${errorType}: ${errorMessage}`);
  });

  it('logs as Lambda does', async () => {
    await create(
      'talk',
      'import logging\nlogging.getLogger().setLevel("INFO")\ndef handler(e, c):\n  print("plain"); logging.info("hello %s", "there")',
    );
    const { log } = await fixture.invoke('talk');
    expect(log).toMatch(/INIT_START Runtime Version: python:3\.13/);
    expect(log).toMatch(/\nplain\n/);
    expect(log).toMatch(/\[INFO\]\t[\d-]+T[\d:.]+Z\t[\w-]{36}\thello there/);
    expect(log).toMatch(/REPORT RequestId/);
  });

  it.skipIf(process.platform !== 'linux')('is ended when it takes more memory than it has', async () => {
    await create(
      'big',
      'import time\ndef handler(e, c):\n  kept = []\n  while True:\n    kept.append(bytearray(20_000_000)); time.sleep(0.01)',
    );
    expect(await fixture.invoke('big')).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
  });

  it('writes to /tmp, and what it leaves running is frozen', async () => {
    await create(
      'after',
      `import threading, time
count = 0
def spin():
  global count
  while True: count += 1; time.sleep(0.001)
def handler(e, c):
  if not e.get("look"): threading.Thread(target=spin, daemon=True).start()
  open("/tmp/x", "w").write("y")
  return count`,
    );
    await fixture.invoke('after');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // It may have had a few milliseconds after the answer, and some before this one.
    expect((await fixture.invoke('after', '{"look":true}')).payload).toBeLessThan(500);
  });
});

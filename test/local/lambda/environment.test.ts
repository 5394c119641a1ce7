import { readFileSync } from 'node:fs';
import type { CreateFunctionCommandInput, Runtime } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

/** The variables and the process of a function, as Lambda has them. */

let fixture: LambdaFixture;
let jailed: boolean;
beforeAll(async () => {
  fixture = await startLambda({ initLimitMs: 60_000 });
  jailed = await fixture.engine.engine.functions.confines();
});
afterAll(() => fixture?.engine.stop());

let count = 0;
async function create(
  runtime: Runtime,
  files: string | Record<string, string>,
  input: Partial<CreateFunctionCommandInput> = {},
): Promise<string> {
  count += 1;
  const file = runtime.startsWith('python') ? 'index.py' : 'index.js';
  const zipped = typeof files === 'string' ? { [file]: files } : files;
  await fixture.create(`f${count}`, zipped, { Runtime: runtime, Timeout: 20, ...input });
  return `f${count}`;
}

const printers: [Runtime, string][] = [
  ['nodejs22.x', 'exports.handler = async () => process.env;'],
  ['python3.13', 'import os\ndef handler(event, context): return dict(os.environ)'],
];

describe.each(printers)('the variables on %s', (runtime, code) => {
  it('are those that Lambda defines', async () => {
    const { payload } = await fixture.invoke(await create(runtime, code));
    const isNode = runtime.startsWith('nodejs');
    expect(payload).toMatchObject({
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_DEFAULT_REGION: 'us-east-1',
      ...(jailed && {
        // Recorded (2023): localstack `lambda_/test_lambda_common` test_introspection_invoke.
        SHLVL: '0',
        PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
        LD_LIBRARY_PATH:
          '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
        PWD: '/var/task',
        LAMBDA_RUNTIME_DIR: '/var/runtime',
        ...(!isNode && { PYTHONPATH: '/var/runtime' }),
      }),
    });
    expect(Object.keys(payload as object).includes(isNode ? 'NODE_PATH' : 'PYTHONPATH')).toBe(true);
    expect(Object.keys(payload as object).includes(isNode ? 'PYTHONPATH' : 'NODE_PATH')).toBe(false);
  });

  it('that are not reserved are the owner’s to set', async () => {
    const Variables = { PATH: '/opt/mine', LANG: 'de_DE.UTF-8', LD_LIBRARY_PATH: '/var/task/native', SHLVL: '7' };
    const { payload } = await fixture.invoke(await create(runtime, code, { Environment: { Variables } }));
    expect(payload).toMatchObject(Variables);
  });
});

describe('what a variable decides at a start', () => {
  const hour = 1_700_000_000; // 22:13 in UTC
  const variables = (names: Record<string, string>) => ({ Environment: { Variables: names } });

  it.each<[Runtime, string]>([
    ['nodejs22.x', `exports.handler = async () => new Date(${hour}000).getHours();`],
    ['python3.13', `import time\ndef handler(event, context): return time.localtime(${hour}).tm_hour`],
  ])('is decided by the owner’s: the time zone on %s', async (runtime, code) => {
    expect((await fixture.invoke(await create(runtime, code))).payload).toBe(22);
    const inTokyo = await create(runtime, code, variables({ TZ: 'Asia/Tokyo' }));
    expect((await fixture.invoke(inTokyo)).payload).toBe(7);
  });

  it.each<[Runtime, string, Record<string, string>]>([
    [
      'nodejs22.x',
      'NODE_PATH',
      {
        'index.js': "const { name } = require('far'); exports.handler = async () => name;",
        'vendor/far/index.js': "exports.name = 'found';",
      },
    ],
    [
      'python3.13',
      'PYTHONPATH',
      { 'index.py': 'import far\ndef handler(event, context): return far.name', 'vendor/far.py': "name = 'found'" },
    ],
  ])('is decided by the owner’s: where modules are on %s', async (runtime, variable, files) => {
    const without = await fixture.invoke(await create(runtime, files));
    expect(without.payload).toMatchObject({ errorMessage: expect.stringContaining("'far'") });
    const root = jailed ? '/var/task' : '.';
    const found = await create(runtime, files, variables({ [variable]: `/nowhere:${root}/vendor` }));
    expect((await fixture.invoke(found)).payload).toBe('found');
  });

  const library = [
    '/usr/lib/x86_64-linux-gnu/libz.so.1',
    '/usr/lib/aarch64-linux-gnu/libz.so.1',
    '/usr/lib64/libz.so.1',
  ];
  const bytes = library.flatMap((path) => {
    try {
      return [readFileSync(path)];
    } catch {
      return [];
    }
  })[0];
  it.skipIf(bytes === undefined)('is decided by Lambda’s: where libraries of the code are', async () => {
    const code = 'import ctypes\ndef handler(e, c): return ctypes.CDLL("libown-z.so").zlibCompileFlags() > 0';
    const ZipFile = zipSync({ 'index.py': Buffer.from(code), 'lib/libown-z.so': bytes ?? Buffer.alloc(0) });
    const name = await create('python3.13', code, { Code: { ZipFile } });
    if (jailed) expect((await fixture.invoke(name)).payload).toBe(true);
  });
});

const senders: [Runtime, (signal: string) => string][] = [
  [
    'nodejs22.x',
    (signal) =>
      `exports.handler = async () => { process.kill(process.pid, '${signal}'); await new Promise((r) => setTimeout(r, 300)); return 'alive'; };`,
  ],
  [
    'python3.13',
    (signal) =>
      `import os, signal, time\ndef handler(e, c):\n  os.kill(os.getpid(), signal.${signal})\n  time.sleep(0.3)\n  return "alive"`,
  ],
];

describe.skipIf(process.platform === 'win32').each(senders)('a signal to itself on %s', (runtime, sending) => {
  it.each([
    ['SIGSEGV', 'segmentation fault'],
    ['SIGTERM', 'terminated'],
    ['SIGKILL', 'killed'],
    ['SIGFPE', 'floating point exception'],
    ['SIGINT', 'interrupt'],
  ])('ends it: %s', async (signal, words) => {
    const name = await create(runtime, sending(signal));
    const { payload, error } = await fixture.invoke(name);
    expect([error, payload]).toEqual([
      'Unhandled',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(
          new RegExp(`^RequestId: \\S+ Error: Runtime exited with error: signal: ${words}$`),
        ),
      },
    ]);
    // Another process takes the next, and goes the same way.
    expect((await fixture.invoke(name)).error).toBe('Unhandled');
  });

  it('that it handles, that does nothing or that is none does not end it', async () => {
    const handled = runtime.startsWith('nodejs')
      ? `process.on('SIGTERM', () => undefined); exports.handler = async () => { process.kill(process.pid, 0); process.kill(process.pid, 'SIGTERM'); process.kill(process.pid, 'SIGWINCH'); return 'alive'; };`
      : 'import os, signal\nsignal.signal(signal.SIGTERM, lambda *_: None)\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\ndef handler(e, c):\n  for s in (0, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH): os.kill(os.getpid(), s)\n  return "alive"';
    expect((await fixture.invoke(await create(runtime, handled))).payload).toBe('alive');
  });
});

it.each<[Runtime, string, string]>([
  ['nodejs22.x', 'exports.handler = async () => process.abort();', 'aborted'],
  ['python3.13', 'import os\ndef handler(e, c): os.abort()', 'aborted'],
  ['python3.13', 'import signal\ndef handler(e, c): signal.raise_signal(signal.SIGUSR2)', 'user defined signal 2'],
  ['python3.13', 'import ctypes\ndef handler(e, c): ctypes.string_at(0)', 'segmentation fault'],
])('what ends the process by itself is told in Lambda’s words: %s, %s', async (runtime, code, words) => {
  const { payload } = await fixture.invoke(await create(runtime, code));
  expect(payload).toMatchObject({ errorMessage: expect.stringMatching(new RegExp(`signal: ${words}$`)) });
});

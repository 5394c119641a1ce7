import { spawnSync } from 'node:child_process';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

let fixture: LambdaFixture;
let lambda: Lambda;
beforeAll(async () => {
  fixture = await startLambda({ initLimitMs: 60_000 });
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
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
  it('runs the programs of its zip', async () => {
    const ZipFile = zipSync({
      'main.py': Buffer.from(
        'import os, subprocess\ndef handler(event, context):\n  return subprocess.run([os.environ["LAMBDA_TASK_ROOT"] + "/bin/tool", "x"], capture_output=True, text=True).stdout',
      ),
      'bin/tool': [Buffer.from('#!/bin/sh\necho "ran with $1"\n'), { os: 3, attrs: 0o100755 * 2 ** 16 }],
    });
    await fixture.create('runs', {}, { ...python, Code: { ZipFile } });
    expect((await fixture.invoke('runs')).payload).toBe('ran with x\n');
  });

  it('is told which version runs, and by which name', async () => {
    await create(
      'versioned',
      'def handler(event, context):\n  return [context.function_version, context.invoked_function_arn, context.log_stream_name]',
    );
    await lambda.publishVersion({ FunctionName: 'versioned' });
    await lambda.createAlias({ FunctionName: 'versioned', Name: 'live', FunctionVersion: '1' });
    const [version, arn, stream] = (await fixture.invoke('versioned:live')).payload as string[];
    expect([version, arn]).toEqual(['1', 'arn:aws:lambda:us-east-1:000000000000:function:versioned:live']);
    expect(stream).toContain('/[1]');
  });

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
      {
        errorType: 'KeyError',
        errorMessage: "'no'",
        requestId: expect.stringMatching(/^[\w-]{36}$/),
        stackTrace: ['  File "/var/task/main.py", line 1, in handler\n    def handler(e, c): raise KeyError("no")\n'],
      },
    ],
    [
      'does not load',
      'raise ValueError("at load")',
      { errorType: 'ValueError', errorMessage: 'at load', requestId: '' },
    ],
    [
      'lacks a module',
      'import nowhere',
      { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining("No module named 'nowhere'") },
    ],
    [
      'has a mistake',
      'def handler(:',
      {
        errorType: 'Runtime.UserCodeSyntaxError',
        requestId: '',
        stackTrace: ['  File "/var/task/main.py" Line 1\n    def handler(:'],
      },
    ],
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
    [
      'ends while it loads',
      'import sys\nsys.exit(0)',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: [\w-]{36} Error: Runtime exited without providing a reason$/),
      },
    ],
    [
      'answers too much',
      'def handler(e, c): return "x" * 6291556',
      {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    ],
    ['hangs', 'def handler(e, c):\n  while True: pass', { errorType: 'Sandbox.Timedout' }],
  ])('that %s is told in Lambda’s form', async (what, source, error) => {
    const name = what.replaceAll(' ', '-');
    await create(name, source, { Timeout: 2 });
    const answer = await fixture.invoke(name);
    // What Lambda itself says has no more than this.
    if (error.errorType.startsWith('Function.')) expect(answer.payload).toEqual(error);
    expect(answer).toMatchObject({ error: 'Unhandled', payload: error });
    // What ends the process is in the REPORT's own words; the rest is said by the runtime, at load too.
    const { errorType, errorMessage } = answer.payload as { errorType: string; errorMessage: string };
    if (!/ExitError|Timedout|TooLarge/.test(errorType))
      expect(answer.log).toContain(`[ERROR] ${errorType}: ${errorMessage}`);
  });

  it('logs as Lambda does', async () => {
    await create(
      'talk',
      'import logging\nlogging.getLogger().setLevel("INFO")\ndef handler(e, c):\n  print("plain"); logging.info("hello %s", "there")',
    );
    const { log } = await fixture.invoke('talk');
    expect(log).not.toMatch(/INIT_START/);
    expect(log).toMatch(/\nplain\n/);
    expect(log).toMatch(/\[INFO\]\t[\d-]+T[\d:.]+Z\t[\w-]{36}\thello there/);
    expect(log).toMatch(/REPORT RequestId/);
  });

  it('writes one event of what has several lines, and logs in JSON when asked to', async () => {
    const source =
      'import logging\nlogging.warning("at load")\ndef handler(e, c):\n  try: 1 / 0\n  except Exception: logging.exception("two\\nlines")\n  logging.info("i", extra={"order": 7})\n  raise ValueError("no")';
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    await new IAM(fixture.engine.clientConfig).attachRolePolicy({ RoleName: 'role', PolicyArn });
    await create('plain', source);
    const eventsOf = async (name: string) => {
      await fixture.invoke(name);
      const logs = new CloudWatchLogs(fixture.engine.clientConfig);
      const { events = [] } = await logs.filterLogEvents({ logGroupName: `/aws/lambda/${name}` });
      return events.map(({ message = '' }) => message);
    };
    const plain = await eventsOf('plain');
    expect(plain).toContainEqual(expect.stringMatching(/^\[WARNING\]\t[\d-]+T[\d:.]+Z\t\tat load\n$/));
    expect(plain).toContainEqual(expect.stringMatching(/two\nlines\nTraceback[\s\S]*ZeroDivisionError/));
    const frame =
      '\u00a0\u00a0File "/var/task/main.py", line 7, in handler\n\u00a0\u00a0\u00a0\u00a0raise ValueError("no")';
    expect(plain).toContain(`[ERROR] ValueError: no\nTraceback (most recent call last):\n${frame}`);

    await create('json', source, { LoggingConfig: { LogFormat: 'JSON' } });
    const lines = (await eventsOf('json')).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    const requestId = expect.stringMatching(/^[\w-]{36}$/);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'WARNING', message: 'at load', requestId: '' }));
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', errorType: 'ZeroDivisionError', location: expect.any(String) }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'INFO', message: 'i', order: 7, requestId }));
    const said = { errorType: 'ValueError', errorMessage: 'no', stackTrace: [expect.any(String)] };
    expect(lines).toContainEqual({ timestamp: expect.any(String), level: 'ERROR', requestId, ...said });
  });

  it('has the context, the variables and the JSON of Lambda', async () => {
    await create(
      'context',
      `import os
from decimal import Decimal
def handler(event, context):
  if event == "bytes": return b"\\x00raw"
  given = context.client_context
  return {
    "identity": context.identity.cognito_identity_id,
    "custom": given and given.custom, "title": given and given.client.app_title, "env": given and given.env,
    "decimals": [Decimal("12345678901234567890.12"), Decimal("1.0"), Decimal("1E+3")],
    "folders": [os.environ["PWD"], os.getcwd(), os.environ["LAMBDA_RUNTIME_DIR"], os.environ.get("OLDPWD")],
  }`,
    );
    const ClientContext = Buffer.from('{"custom":{"a":1},"client":{"app_title":"t"}}').toString('base64');
    const invoke = async (Payload: string, more = {}) =>
      Buffer.from((await lambda.invoke({ FunctionName: 'context', Payload, ...more })).Payload ?? []).toString();
    const text = await invoke('{}', { ClientContext });
    expect(text).toContain('"decimals": [12345678901234567890.12, 1.0, 1E+3]');
    expect(JSON.parse(text)).toMatchObject({ identity: null, custom: { a: 1 }, title: 't', env: null });
    if (await fixture.engine.engine.functions.confines()) {
      expect(JSON.parse(text).folders).toEqual(['/var/task', '/var/task', '/var/runtime', null]);
    }
    expect(JSON.parse(await invoke('{}'))).toMatchObject({ custom: null });
    expect(await invoke('"bytes"')).toBe('\u0000raw');
    const unreadable = await invoke('{}', { ClientContext: Buffer.from('{"client":1}').toString('base64') });
    expect(JSON.parse(unreadable)).toMatchObject({ errorType: 'Runtime.LambdaContextUnmarshalError' });
  });

  it.skipIf(process.platform !== 'linux')('is ended when it takes more memory than it has', async () => {
    await create(
      'big',
      'import time\ndef handler(e, c):\n  kept = []\n  while True:\n    kept.append(bytearray(20_000_000)); time.sleep(0.01)',
    );
    expect(await fixture.invoke('big')).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
  });

  it('answers whole what it answers while its threads log', async () => {
    await create(
      'talks',
      `import logging, threading
def talk():
  for _ in range(400): logging.error("x" * 5_000)
def handler(e, c):
  threading.Thread(target=talk).start()
  return "y" * 5_000_000`,
      { MemorySize: 512, Timeout: 20 },
    );
    for (let round = 0; round < 5; round += 1) {
      const { payload, error } = await fixture.invoke('talks');
      expect([error, String(payload).length]).toEqual([undefined, 5_000_000]);
    }
  });

  it('writes to /tmp, and what it leaves running is frozen', async () => {
    await create(
      'after',
      `import threading, time
last, gap = time.monotonic(), 0
def turn():
  global last, gap
  now = time.monotonic()
  last, gap = now, max(gap, now - last)
def spin():
  while True: turn(); time.sleep(0.001)
def handler(e, c):
  if not e.get("look"): threading.Thread(target=spin, daemon=True).start()
  open("/tmp/x", "w").write("y")
  if e.get("look"): turn()
  return gap`,
    );
    await fixture.invoke('after');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // It may have had a few milliseconds after the answer, and some before this one. In seconds.
    expect((await fixture.invoke('after', '{"look":true}')).payload).toBeGreaterThan(0.75);
  });
});

import { readdirSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNodeOptions } from '../../../src/local/lambda/runtime/node-options.ts';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.engine.stop());

/** What a handler's body answers, each of its attempts by what came of it. */
async function attempt(name: string, body: string, input = {}): Promise<unknown> {
  const source = `const tried = (f) => { try { return String(f()); } catch (e) { return e.code ?? e.name; } };
    exports.handler = async () => { ${body} };`;
  await fixture.create(name, source, input);
  return (await fixture.invoke(name)).payload;
}

describe('function code', () => {
  it('has none of the files that the engine has open', async () => {
    // Only Linux tells which these are; that none is left open is asked everywhere.
    const open = await attempt(
      'descriptors',
      `const fs = require('fs'), open = [];
       for (let fd = 3; fd < 1024; fd++) try { if (fs.fstatSync(fd).isFile()) open.push(fd); } catch {}
       return open;`,
    );
    expect(open).toEqual([]);
    // A test that looks for nothing proves nothing: this process, which is the engine here, has such files.
    const here = readdirSync('/dev/fd').filter((fd) => isFile(join('/dev/fd', fd)));
    expect(here.length).toBeGreaterThan(0);
  });

  it('cannot signal the engine or another process, by whatever way', async () => {
    expect(
      await attempt(
        'signals',
        `return {
           kill: tried(() => process.kill(process.ppid, 0)),
           group: tried(() => process.kill(0, 0)),
           all: tried(() => process.kill(-1, 0)),
           debug: tried(() => process._debugProcess(process.ppid)),
           raw: tried(() => process._kill(process.ppid, 0)),
           handle: tried(() => new (require('child_process').ChildProcess)()._handle.kill(9)),
           binding: tried(() => process.binding('process_wrap')),
           own: tried(() => process.kill(process.pid, 0)),
         };`,
      ),
    ).toEqual({
      kill: 'ERR_ACCESS_DENIED',
      group: 'ERR_ACCESS_DENIED',
      all: 'ERR_ACCESS_DENIED',
      debug: 'TypeError',
      raw: 'ERR_ACCESS_DENIED',
      handle: 'TypeError',
      binding: 'ERR_ACCESS_DENIED',
      own: 'true',
    });
  });

  it('opens no debugger by which others could get in', async () => {
    await attempt('debugger', `process.kill(process.pid, 'SIGUSR1'); await new Promise((r) => setTimeout(r, 300));`);
    const status = await new Promise((resolve) => {
      get('http://127.0.0.1:9229/json/list', (response) => resolve(response.statusCode)).on('error', (error) =>
        resolve('code' in error ? error.code : error.name),
      );
    });
    expect(status).toBe('ECONNREFUSED');
  });

  it('has no way to write files that Node’s permissions do not look at', async () => {
    expect(
      await attempt(
        'writers',
        `const v8 = require('v8'), esm = await import('node:v8');
         return {
           flags: tried(() => v8.setFlagsFromString('--redirect-code-traces-to=/tmp/x')),
           flagsOfModule: tried(() => esm.setFlagsFromString('--print-code')),
           heap: tried(() => v8.setHeapSnapshotNearHeapLimit(1)),
           events: tried(() => require('trace_events').createTracing({ categories: ['v8'] })),
           report: tried(() => process.report.writeReport(process.env.LAMBDA_TASK_ROOT + '/report.json')),
           database: tried(() => new (require('node:sqlite').DatabaseSync)(process.env.LAMBDA_TASK_ROOT + '/dynops.db')),
         };`,
      ),
    ).toEqual({
      flags: 'ERR_ACCESS_DENIED',
      flagsOfModule: 'ERR_ACCESS_DENIED',
      heap: 'ERR_ACCESS_DENIED',
      events: 'ERR_ACCESS_DENIED',
      report: 'ERR_ACCESS_DENIED',
      database: expect.stringMatching(/ERR_UNKNOWN_BUILTIN_MODULE|MODULE_NOT_FOUND/),
    });
  });

  it.each(['--allow-child-process', '--allow-fs-read=*', '--no-experimental-permission', '--require ./x.js'])(
    'is not let out by NODE_OPTIONS=%s',
    async (value) => {
      const Environment = { Variables: { NODE_OPTIONS: `--enable-source-maps ${value}` } };
      await expect(attempt('options', '', { Environment })).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining(value.split(' ')[0] ?? ''),
      });
    },
  );

  it('has its variables, and none of them before it is confined', async () => {
    const Variables = {
      NODE_OPTIONS: '--enable-source-maps --stack-trace-limit=3',
      NODE_CHANNEL_FD: '21',
      LD_PRELOAD: '/nowhere.so',
      TZ: 'Asia/Tokyo',
      GREETING: 'ü',
    };
    expect(
      await attempt(
        'variables',
        `return { ...process.env, limit: Error.stackTraceLimit, hours: new Date(0).getHours(), argv: process.argv.length };`,
        { Environment: { Variables } },
      ),
    ).toMatchObject({ ...Variables, limit: 3, hours: 9, argv: 2 });
  });

  it.each([
    ['1bad', 'x'],
    ['a=b', 'x'],
    ['NUL', 'a\0b'],
  ])('gets no variable that no environment can hold: %s', async (name, value) => {
    const Environment = { Variables: { [name]: value } };
    await expect(attempt('odd', '', { Environment })).rejects.toThrow(/Exception|environment|NUL/i);
  });

  it('that takes more memory than it has is ended, wherever it takes it', async () => {
    await fixture.create(
      'buffers',
      `const kept = []; exports.handler = async () => {
         for (let n = 0; n < 12; n++) { kept.push(Buffer.alloc(50e6, 1)); await new Promise((r) => setTimeout(r, 30)); }
         return kept.length;
       };`,
      { Timeout: 20 },
    );
    const { payload, log } = await fixture.invoke('buffers');
    // Where the system does not tell what another process holds, only V8's own heap is limited.
    if (process.platform !== 'linux') expect(payload).toBe(12);
    else {
      expect(payload).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/killed/) });
      expect(log).toContain('REPORT RequestId');
    }
  });
});

describe('NODE_OPTIONS', () => {
  it.each([
    [undefined, [], []],
    ['  --enable-source-maps   --trace-warnings ', ['--enable-source-maps', '--trace-warnings'], []],
    ['--max-old-space-size=4096', ['--max-old-space-size=4096'], []],
    ['--inspect=0.0.0.0', [], ['--inspect=0.0.0.0']],
    ['--import data:text/javascript,1', [], ['--import', 'data:text/javascript,1']],
    ['--enable-source-maps=x --permission', [], ['--enable-source-maps=x', '--permission']],
  ])('%j', (value, served, unserved) => {
    expect(readNodeOptions(value)).toEqual({ served, unserved });
  });
});

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

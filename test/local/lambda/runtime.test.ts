import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.engine.stop());

describe('handlers', () => {
  it.each([
    ['CommonJS', { 'index.js': 'exports.handler = async (e) => ({ e });' }, {}],
    ['an ES module', { 'index.mjs': 'export const handler = async (e) => ({ e });' }, {}],
    [
      'type: module',
      { 'index.js': 'export const handler = async (e) => ({ e });', 'package.json': '{"type":"module"}' },
      {},
    ],
    ['in a folder', { 'src/app.js': 'exports.run = async (e) => ({ e });' }, { Handler: 'src/app.run' }],
    [
      'not async, on nodejs24.x',
      { 'index.js': 'exports.handler = (e) => ({ e });' },
      { Runtime: 'nodejs24.x' as const },
    ],
    ['with a callback, on nodejs22.x', { 'index.js': 'exports.handler = (e, c, done) => done(null, { e });' }, {}],
    [
      'with a module of its own',
      {
        'index.js': 'const m = require("./m"); exports.handler = async (e) => m(e);',
        'm.js': 'module.exports = (e) => ({ e });',
      },
      {},
    ],
  ])('run: %s', async (what, files, input) => {
    const name = `run-${what.replace(/\W/g, '')}`;
    await fixture.create(name, files as Record<string, string>, input);
    expect(await fixture.invoke(name, '{"a":1}')).toMatchObject({ payload: { e: { a: 1 } }, error: undefined });
    // A byte order mark, as some editors begin a file with.
    expect(await fixture.invoke(name, '\uFEFF {"a":2}\n')).toMatchObject({
      payload: { e: { a: 2 } },
      error: undefined,
    });
  });

  it.each([
    [
      'throws',
      'exports.handler = async () => { throw new TypeError("no"); };',
      { errorType: 'TypeError', errorMessage: 'no', trace: expect.any(Array) },
    ],
    [
      'throws text',
      'exports.handler = async () => { throw "no"; };',
      { errorType: 'string', errorMessage: 'no', trace: [] },
    ],
    [
      'exits',
      'exports.handler = async () => process.exit(3);',
      { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    ],
    ['aborts', 'exports.handler = async () => process.abort();', { errorType: 'Runtime.ExitError' }],
    [
      'hangs',
      'exports.handler = async () => { for (;;); };',
      { errorType: 'Sandbox.Timedout', errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds/) },
    ],
    [
      'never answers',
      'exports.handler = () => new Promise((r) => setTimeout(r, 1e6));',
      { errorType: 'Sandbox.Timedout' },
    ],
    [
      'eats memory',
      'exports.handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill({ a: 1 })); };',
      { errorType: expect.stringMatching(/Runtime.ExitError|Sandbox.Timedout/) },
    ],
    ['answers a BigInt', 'exports.handler = async () => 1n;', { errorType: 'TypeError' }],
    ['fails to load', 'throw new RangeError("at load");', { errorType: 'RangeError', errorMessage: 'at load' }],
    ['has a mistake in its syntax', 'exports.handler = async ( => 1;', { errorType: 'Runtime.UserCodeSyntaxError' }],
    ['exports no handler', 'exports.other = 1;', { errorType: 'Runtime.HandlerNotFound' }],
    ['asks for a module that is not there', 'require("nowhere");', { errorType: 'Runtime.ImportModuleError' }],
    [
      'answers more than 6 MB',
      'exports.handler = async () => "x".repeat(7e6);',
      { errorType: 'Function.ResponseSizeTooLarge' },
    ],
  ])('that goes wrong is told in Lambda’s form, and the next one runs: %s', async (what, source, error) => {
    const name = `wrong-${what.replace(/\W/g, '')}`;
    await fixture.create(name, source, { Timeout: 1 });
    const answer = await fixture.invoke(name);
    expect(answer).toMatchObject({ error: 'Unhandled', payload: error });
    const { errorType } = answer.payload as { errorType: string };
    if (/load|syntax|handler|module/.test(what)) {
      expect(answer.log).toMatch(new RegExp(`ERROR\\tUncaught Exception \\t.*"errorType":"${errorType}"`));
    }
    await fixture.create(`${name}-next`, 'exports.handler = async () => "fine";');
    expect(await fixture.invoke(`${name}-next`)).toMatchObject({ payload: 'fine' });
  });

  it('cannot reach the engine’s data, other functions or its process by any path', async () => {
    const { engine } = fixture;
    const secret = join(engine.dataDir, 'secret.txt');
    await writeFile(secret, 'secret');
    await fixture.create(
      'spy',
      `const fs = require('fs');
       const tried = (f) => { try { return String(f()); } catch (e) { return e.code; } };
       exports.handler = async ({ path }) => ({
         file: tried(() => fs.readFileSync(path)),
         list: tried(() => fs.readdirSync(require('path').dirname(path))),
         passwd: tried(() => fs.readFileSync('/etc/passwd')),
         parent: tried(() => fs.readFileSync('/proc/' + process.ppid + '/environ')),
         write: tried(() => fs.writeFileSync(__dirname + '/x', '')),
         run: tried(() => require('child_process').execSync('id')),
         own: tried(() => fs.readFileSync(__filename).length > 0),
         scratch: tried(() => { fs.writeFileSync(process.env.TMPDIR + '/x', 'ok'); return fs.readFileSync(process.env.TMPDIR + '/x'); }),
         env: Object.keys(process.env).filter((name) => /DYNOPS|VITEST|HOME_/.test(name)),
         send: typeof process.send,
       });`,
    );
    expect(await fixture.invoke('spy', JSON.stringify({ path: secret }))).toMatchObject({
      payload: {
        // Not there at all, where the function has a /tmp of its own.
        file: expect.stringMatching(/ERR_ACCESS_DENIED|ENOENT/),
        list: expect.stringMatching(/ERR_ACCESS_DENIED|ENOENT/),
        passwd: 'ERR_ACCESS_DENIED',
        parent: 'ERR_ACCESS_DENIED',
        write: 'ERR_ACCESS_DENIED',
        run: 'ERR_ACCESS_DENIED',
        own: 'true',
        scratch: 'ok',
        env: [],
        send: 'undefined',
      },
    });
  });

  it('has the environment that Lambda gives', async () => {
    await fixture.create(
      'env',
      'exports.handler = async (e, c) => ({ env: process.env, cwd: process.cwd(), left: c.getRemainingTimeInMillis(), id: c.awsRequestId, name: c.functionName });',
      {
        MemorySize: 256,
        Environment: { Variables: { GREETING: 'hello' } },
      },
    );
    const { payload } = (await fixture.invoke('env')) as {
      payload: { env: Record<string, string>; cwd: string; left: number };
    };
    expect(payload.env).toMatchObject({
      GREETING: 'hello',
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: fixture.engine.endpoint,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: payload.cwd,
    });
    expect(payload.env.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
    expect(payload.left).toBeGreaterThan(0);
    expect(payload.left).toBeLessThanOrEqual(3000);
  });

  it('keeps a process warm, and starts as many as run at once', async () => {
    const together = 6;
    const waiting: ServerResponse[] = [];
    const server = createServer((_, response) => {
      waiting.push(response);
      if (waiting.length === together) for (const each of waiting) each.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await fixture.create(
      'count',
      `let n = 0; exports.handler = async ({ meet }) => { n += 1; if (meet) await fetch('http://127.0.0.1:${port}/'); return { n, pid: process.pid }; };`,
      { Timeout: 60 },
    );
    const first = (await fixture.invoke('count')).payload as { pid: number };
    expect((await fixture.invoke('count')).payload).toEqual({ n: 2, pid: first.pid });
    // None of them ends before all of them run.
    const many = await Promise.all(Array.from({ length: together }, () => fixture.invoke('count', '{"meet":true}')));
    server.close();
    expect(many.map(({ payload }) => (payload as { n: number }).n).sort()).toEqual([1, 1, 1, 1, 1, 3]);
  });

  it('writes the log lines that Lambda writes', async () => {
    await fixture.create(
      'talk',
      'exports.handler = async () => { console.log("hello %s", "there"); console.error("oh"); process.stdout.write("raw\\n"); };',
    );
    const { log } = await fixture.invoke('talk');
    expect(log).not.toMatch(/INIT_START/);
    expect(log).toMatch(/START RequestId: [\w-]{36} Version: \$LATEST/);
    expect(log).toMatch(/Z\t[\w-]{36}\tINFO\thello there/);
    expect(log).toMatch(/\tERROR\toh/);
    expect(log).toMatch(/END RequestId: /);
    expect(log).toMatch(
      /REPORT RequestId: [\w-]{36}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms/,
    );
    expect((await fixture.invoke('talk')).log).not.toContain('Init Duration');
  });

  it('writes the last words of one that ends', async () => {
    const lines = 'Array.from({ length: 500 }, (_, index) => "line " + index + "\\n").join("")';
    await fixture.create(
      'last',
      `exports.handler = async () => { require('fs').writeSync(2, ${lines}); process.exit(1); };`,
    );
    expect((await fixture.invoke('last')).log).toContain('line 499\n');
  });

  it('is loaded by its own package.json or none, not by one that lies above the engine’s folder', async () => {
    await writeFile(join(fixture.engine.dataDir, 'package.json'), '{"type":"module"}');
    await fixture.create('plain', "exports.handler = async () => typeof require('fs').readFileSync;");
    await expect(fixture.invoke('plain')).resolves.toMatchObject({ payload: 'function' });
  });
});

describe('payloads', () => {
  beforeAll(() => fixture.create('echo', 'exports.handler = async (e) => e;'));

  it.each(['{', 'a=1', '{"a":1', 'undefined', '{"a":1}x'])(
    'that are no JSON are refused before the function runs: %s',
    async (payload) => {
      await expect(fixture.invoke('echo', payload)).rejects.toMatchObject({
        name: 'InvalidRequestContentException',
        message: expect.stringContaining('Could not parse request body into json'),
      });
    },
  );

  it.each(['{', '1', '[]', `{"a":"${'x'.repeat(3_000)}"}`])(
    'are refused with a client context that is no short JSON object: %#',
    async (text) => {
      const ClientContext = Buffer.from(text).toString('base64');
      const invoked = fixture.lambda.send(new InvokeCommand({ FunctionName: 'echo', ClientContext }));
      await expect(invoked).rejects.toMatchObject({
        name: 'InvalidRequestContentException',
        message: 'Client context must be a valid Base64-encoded JSON object.',
      });
    },
  );

  it('of more than 6 MB are refused', async () => {
    await expect(fixture.invoke('echo', JSON.stringify('x'.repeat(7e6)))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
    });
  });

  it('arrive and return as they are', async () => {
    for (const payload of ['null', '0', '"ü\u2028"', '[]', '{"__proto__":1,"a":{"b":[1.5,true,null]}}']) {
      expect((await fixture.invoke('echo', payload)).payload).toEqual(JSON.parse(payload));
    }
  });
});

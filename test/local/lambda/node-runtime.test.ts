import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.engine.stop());

let made = 0;
async function run(source: string | Record<string, string>, input = {}) {
  made += 1;
  const name = `function-${made}`;
  await fixture.create(name, source, input);
  return fixture.invoke(name, '{"a":1}');
}

describe('how a handler answers on nodejs22.x', () => {
  it.each([
    ['context.succeed', 'exports.handler = (e, c) => c.succeed({ e });', { e: { a: 1 } }],
    ['context.done', 'exports.handler = (e, c) => setTimeout(() => c.done(null, 2), 1);', 2],
    ['a callback without an error', 'exports.handler = (e, c, done) => done(null, 3);', 3],
    ['the first of two answers', 'exports.handler = (e, c, done) => { c.succeed(1); done(null, 2); };', 1],
    ['a synchronous return', 'exports.handler = () => 4;', null],
    ['nothing at all', 'exports.handler = () => {};', null],
    ['a thenable', 'exports.handler = () => ({ then: (ok) => ok(5) });', 5],
    [
      'a callback, when the event loop is empty',
      'exports.handler = (e, c, done) => { let n = 0; done(null, { get n() { return n; } }); setTimeout(() => { n = 6; }, 50); };',
      { n: 6 },
    ],
    [
      'a callback, at once',
      'exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 1e6); done(null, 7); };',
      7,
    ],
    [
      'a callback, when a chain of work is done',
      'let n = 0; exports.handler = (e, c, done) => { done(null, { get n() { return n; } }); setImmediate(async () => { await require("fs").promises.readFile(__filename); n = 1; setTimeout(() => { n += 7; }, 20); }); };',
      { n: 8 },
    ],
    [
      'a callback after others of Node',
      'exports.handler = (e, c, done) => require("fs").readFile(__filename, (error, text) => process.nextTick(done, error, text.length > 0));',
      true,
    ],
    [
      'a callback with timers that hold nothing up',
      'exports.handler = (e, c, done) => { setTimeout(() => {}, 1e6).unref(); done(null, 9); };',
      9,
    ],
    [
      'context.succeed, which waits for nothing',
      'exports.handler = (e, c) => { setTimeout(() => {}, 1e6); c.succeed("at once"); };',
      'at once',
    ],
    [
      'context.done, which waits for nothing',
      'exports.handler = (e, c) => { setInterval(() => {}, 10); c.done(null, [e.a]); };',
      [1],
    ],
    [
      'a promise, which waits for nothing',
      'exports.handler = async () => { setInterval(() => {}, 10); return 10; };',
      10,
    ],
    ['a text that is returned at once', 'exports.handler = () => "text";', null],
    [
      'an object that is returned beside a timer',
      'exports.handler = () => { setTimeout(() => {}, 5); return { a: 1 }; };',
      null,
    ],
    [
      'what is returned beside a callback',
      'exports.handler = (e, c, done) => { setTimeout(() => done(null, "called"), 5); return "returned"; };',
      'called',
    ],
  ])('by %s', async (_what, source, answer) => {
    expect(await run(source)).toMatchObject({ payload: answer, error: undefined });
  });

  it.each([
    ['context.fail', 'exports.handler = (e, c) => c.fail(new RangeError("no"));', 'RangeError', 'no'],
    ['context.fail of nothing', 'exports.handler = (e, c) => c.fail();', 'string', 'handled'],
    ['a callback with an error', 'exports.handler = (e, c, done) => done(new TypeError("no"));', 'TypeError', 'no'],
    [
      'a callback with an error, which waits for nothing',
      'exports.handler = (e, c, done) => { setInterval(() => {}, 10); done(new RangeError("at once")); };',
      'RangeError',
      '^at once$',
    ],
    [
      'context.done with an error',
      'exports.handler = (e, c) => setImmediate(() => c.done(new SyntaxError("no")));',
      'SyntaxError',
      '^no$',
    ],
    [
      'a throw between the callback and its end',
      'exports.handler = (e, c, done) => { done(null, 1); setTimeout(() => { throw new RangeError("after all"); }, 5); };',
      'RangeError',
      '^after all$',
    ],
    [
      'a throw in an emitter',
      'exports.handler = () => new Promise(() => setTimeout(() => new (require("events"))().emit("error", new TypeError("unheard")), 1));',
      'TypeError',
      '^unheard$',
    ],
    [
      'a rejection with an object',
      'exports.handler = () => { Promise.reject({ code: 7 }); return new Promise((r) => setTimeout(r, 500)); };',
      'Runtime.UnhandledPromiseRejection',
      '.',
    ],
    [
      'a late throw',
      'exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError("late"); }, 1));',
      'RangeError',
      'late',
    ],
    [
      'a throw on the next turn',
      'exports.handler = () => new Promise(() => setImmediate(() => { throw new TypeError("next turn"); }));',
      'TypeError',
      'next turn',
    ],
    [
      'a throw of what is no error',
      'exports.handler = () => new Promise(() => setTimeout(() => { throw "a text"; }, 1));',
      'string',
      'a text',
    ],
    [
      'a rejection with what is no error',
      'exports.handler = () => { Promise.reject("a text"); return new Promise((r) => setTimeout(r, 500)); };',
      'Runtime.UnhandledPromiseRejection',
      'a text',
    ],
    [
      'a rejection in a timer',
      'exports.handler = () => { setTimeout(async () => { throw new RangeError("async"); }, 1); return new Promise((r) => setTimeout(r, 500)); };',
      'Runtime.UnhandledPromiseRejection',
      'RangeError: async',
    ],
    [
      'a rejection that nobody handles',
      'exports.handler = () => { Promise.reject(new Error("why")); return new Promise((r) => setTimeout(r, 500)); };',
      'Runtime.UnhandledPromiseRejection',
      'Error: why',
    ],
    [
      'a promise that nothing will settle',
      'exports.handler = async () => { await new Promise(() => {}); };',
      'Runtime.NodeJsExit',
      'never settled',
    ],
    [
      'a file it may not read',
      'exports.handler = async () => require("fs").readFileSync("/etc/passwd");',
      'Error',
      /FileSystemRead of \/etc\/passwd: a function may read/,
    ],
    [
      'a file it may not write',
      'exports.handler = async () => require("fs").writeFileSync("/etc/dynops", "");',
      'Error',
      /FileSystemWrite of \/etc\/dynops: a function may write/,
    ],
    [
      'a program it may not start',
      'exports.handler = async () => require("child_process").execSync("id");',
      'Error',
      // Node.js 24 names the program, too.
      /ChildProcess( of \S+)?: a function may not start programs/,
    ],
  ])('an error by %s', async (_what, source, errorType, message) => {
    expect(await run(source)).toMatchObject({
      error: 'Unhandled',
      payload: { errorType, errorMessage: expect.stringMatching(message) },
    });
  });

  it('a callback waits for the event loop until the time is over', async () => {
    const source = 'exports.handler = (e, c, done) => { setInterval(() => {}, 10); done(null, 1); };';
    expect(await run(source, { Timeout: 1 })).toMatchObject({
      error: 'Unhandled',
      payload: { errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/) },
    });
  });

  it('what a callback left behind goes on in the next invocation', async () => {
    const source = `let n = 0; exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false;
      if (e.looks) { setTimeout(() => done(null, n), 60); return; }
      setTimeout(() => { n += 1; }, 20); done(null, n); };`;
    await fixture.create('leaves', source);
    expect((await fixture.invoke('leaves')).payload).toBe(0);
    expect((await fixture.invoke('leaves', '{"looks":true}')).payload).toBe(1);
  });

  it.each([
    ['nodejs20.x', 'exports.handler = (e, c, done) => done(null, "called");', 'called'],
    ['nodejs20.x', 'exports.handler = () => "returned";', null],
    ['nodejs20.x', 'exports.handler = (e, c) => c.succeed({ a: e.a });', { a: 1 }],
  ])('%s answers the same: %s', async (Runtime, source, payload) => {
    expect(await run(source, { Runtime })).toMatchObject({ payload, error: undefined });
  });

  it.each([
    ['in pieces', 'async (e, stream) => { for (const n of [1, 2, 3]) stream.write(String(n)); stream.end(); }', 123],
    [
      'through a pipeline',
      'async (e, stream) => require("stream/promises").pipeline(require("stream").Readable.from(["[1", ",2]"]), stream)',
      [1, 2],
    ],
    ['as one', 'async (e, stream) => stream.end(JSON.stringify(e))', { a: 1 }],
  ])('streams are answered whole: %s', async (_how, handler, payload) => {
    const source = `exports.handler = awslambda.streamifyResponse(${handler});`;
    expect(await run(source)).toMatchObject({ payload, error: undefined });
  });

  it('streams are answered whole', async () => {
    const source = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.setContentType('application/json'); stream.write('{"e":'); stream.write(JSON.stringify(event)); stream.end('}'); });`;
    expect(await run(source)).toMatchObject({ payload: { e: { a: 1 } }, error: undefined });
    expect(await run('exports.handler = awslambda.streamifyResponse(async () => {});')).toMatchObject({
      error: 'Unhandled',
      payload: { errorMessage: 'Response stream is not finished.' },
    });
  });

  it('says once that this Node is older than the runtime', async () => {
    const isOlder = Number(process.versions.node.split('.')[0]) < 26;
    await fixture.create('newer', 'exports.handler = async () => 1;', { Runtime: 'nodejs26.x' });
    const logs = [(await fixture.invoke('newer')).log, (await fixture.invoke('newer')).log];
    expect(logs.map((log) => log.includes('nodejs26.x runs on Node'))).toEqual([isOlder, false]);
  });
});

describe('on nodejs24.x', () => {
  it('a synchronous return counts, and a callback is refused', async () => {
    expect(await run('exports.handler = () => 4;', { Runtime: 'nodejs24.x' })).toMatchObject({ payload: 4 });
    expect(await run('exports.handler = (e, c, done) => done();', { Runtime: 'nodejs24.x' })).toMatchObject({
      payload: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });
});

describe('what a function finds as in Lambda', () => {
  const uses = `const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    const { Statements } = {}; `;
  it.each([
    [
      'by require',
      {
        'index.js': `const { DynamoDBClient } = require('@aws-sdk/client-dynamodb'); const { DynamoDBDocumentClient, PutCommand } = require('@aws-sdk/lib-dynamodb'); ${uses} exports.handler = async () => [typeof client.send, PutCommand.name];`,
      },
    ],
    [
      'by import',
      {
        'index.mjs': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'; ${uses} export const handler = async () => [typeof client.send, PutCommand.name];`,
      },
    ],
  ])('the SDK, %s', async (_how, files) => {
    expect(await run(files as Record<string, string>)).toMatchObject({ payload: ['function', 'PutCommand'] });
  });

  it('its part of the SDK only, and is told what there is', async () => {
    expect(await run('require("@aws-sdk/client-s3");')).toMatchObject({
      payload: {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringContaining('The engine provides @aws-sdk/client-dynamodb'),
      },
    });
  });

  it('a /tmp of its own, empty at first and kept while it is warm', async () => {
    const source = `const fs = require('fs'), { promises } = fs;
      exports.handler = async () => { const before = fs.readdirSync('/tmp'); fs.writeFileSync('/tmp/a', 'x');
        await promises.mkdir('/tmp/deep/er', { recursive: true }); await promises.rename('/tmp/a', '/tmp/deep/b');
        return [before, String(fs.readFileSync('/tmp/deep/b'))]; };`;
    await fixture.create('tmp', source);
    await fixture.create('tmp-other', source);
    expect((await fixture.invoke('tmp')).payload).toEqual([[], 'x']);
    expect((await fixture.invoke('tmp')).payload).toEqual([['deep'], 'x']);
    expect((await fixture.invoke('tmp-other')).payload).toEqual([[], 'x']);
  });
});

import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { type Runtime, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

/** The SDK, `/tmp` and the notice of an older Node, by zips as people make them. */

let fixture: LambdaFixture;
let count = 0;
beforeAll(async () => {
  fixture = await startLambda();
  const { clientConfig } = fixture.engine;
  await new DynamoDB(clientConfig).createTable({
    TableName: 'things',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const statement = { Effect: 'Allow', Action: ['dynamodb:*', 'lambda:InvokeFunction'], Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await new IAM(clientConfig).putRolePolicy({ RoleName: 'role', PolicyName: 'p', PolicyDocument });
});
afterAll(() => fixture?.engine.stop());

async function run(files: string | Record<string, string>, options: { runtime?: Runtime; payload?: string } = {}) {
  count += 1;
  const { runtime = 'nodejs22.x', payload } = options;
  await fixture.create(`f${count}`, files, { Runtime: runtime, Timeout: 20 });
  return fixture.invoke(`f${count}`, payload);
}

describe('the SDK that the runtime brings', () => {
  it('writes an item and reads it, from a module in a folder', async () => {
    const files = {
      'index.mjs': `import { things } from './lib/things.mjs';
        export const handler = async ({ id }) => { await things.put({ id, at: 1.5 }); return things.get(id); };`,
      'lib/things.mjs': `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
        import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
        const table = DynamoDBDocument.from(new DynamoDBClient({}));
        export const things = {
          put: (Item) => table.put({ TableName: 'things', Item }),
          get: async (id) => (await table.get({ TableName: 'things', Key: { id } })).Item,
        };`,
    };
    expect((await run(files, { payload: '{"id":"a"}' })).payload).toEqual({ id: 'a', at: 1.5 });
  });

  it('is there for an import of when it is needed, and invokes another function', async () => {
    await fixture.create('called', 'exports.handler = async ({ n }) => n + 1;');
    const files = {
      'index.js': `exports.handler = async (event) => {
        const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
        const answer = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'called', Payload: JSON.stringify(event) }));
        return JSON.parse(Buffer.from(answer.Payload).toString());
      };`,
    };
    expect((await run(files, { payload: '{"n":41}' })).payload).toBe(42);
  });

  it('gives way to the zip’s own', async () => {
    const own = {
      'node_modules/@aws-sdk/client-dynamodb/package.json':
        '{"name":"@aws-sdk/client-dynamodb","version":"0.0.1","main":"m.js"}',
      'node_modules/@aws-sdk/client-dynamodb/m.js': 'exports.own = true;',
    };
    const required = `exports.handler = async () => [require('@aws-sdk/client-dynamodb').own, typeof require('@aws-sdk/util-dynamodb').marshall];`;
    expect((await run({ ...own, 'index.js': required })).payload).toEqual([true, 'function']);
    const imported = `import dynamodb from '@aws-sdk/client-dynamodb'; import { marshall } from '@aws-sdk/util-dynamodb';
      export const handler = async () => [dynamodb.own, marshall({ a: 1 })];`;
    expect((await run({ ...own, 'index.mjs': imported })).payload).toEqual([true, { a: { N: '1' } }]);
  });

  it('lacks a part that a function may do without', async () => {
    const files = `exports.handler = async () => {
      const codes = [];
      try { require('@aws-sdk/client-s3'); } catch (error) { codes.push(error.code); }
      await import('@aws-sdk/client-s3').catch((error) => codes.push(error.code));
      return codes;
    };`;
    // Its permission model denies the last place where packages are looked for, instead of finding nothing there.
    const isDenied = process.versions.node.startsWith('20.19.');
    const imported = isDenied ? 'ERR_ACCESS_DENIED' : 'ERR_MODULE_NOT_FOUND';
    expect((await run(files)).payload).toEqual(['MODULE_NOT_FOUND', imported]);
  });
});

describe('/tmp', () => {
  it('is where temporary files go', async () => {
    const source = `const fs = require('node:fs'), os = require('node:os'), path = require('node:path');
      exports.handler = async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'work-'));
        fs.writeFileSync(path.join(folder, 'a'), 'x');
        return [os.tmpdir(), fs.existsSync(folder + '/a'), fs.readdirSync('/tmp').length, path.dirname(folder)];
      };`;
    expect((await run(source)).payload).toEqual(['/tmp', true, 1, '/tmp']);
  });

  it('takes streams, handles, URLs and what another path of it leads to', async () => {
    const source = `import fs from 'node:fs'; import { open } from 'node:fs/promises'; import { pipeline } from 'node:stream/promises';
      import { Readable } from 'node:stream';
      export const handler = async () => {
        await pipeline(Readable.from(['a', 'b']), fs.createWriteStream('/tmp/stream'));
        const handle = await open('/tmp/handle', 'w+'); await handle.write('h'); await handle.close();
        fs.appendFileSync(new URL('file:///tmp/url'), 'u');
        process.chdir('/tmp'); fs.writeFileSync('relative', 'r');
        fs.writeFileSync('/tmp/../tmp/dots', 'd');
        const parts = []; for await (const part of fs.createReadStream('/tmp/stream')) parts.push(String(part));
        return [parts.join(''), fs.readdirSync('/tmp').sort(), fs.readFileSync('/tmp/relative', 'utf8')];
      };`;
    expect(await run({ 'index.mjs': source })).toMatchObject({
      payload: ['ab', ['dots', 'handle', 'relative', 'stream', 'url'], 'r'],
    });
  });

  it('holds code that is loaded from there', async () => {
    const source = `const fs = require('node:fs');
      exports.handler = async () => {
        fs.writeFileSync('/tmp/made.js', 'module.exports = 1;'); fs.writeFileSync('/tmp/made.mjs', 'export default 2;');
        return [require('/tmp/made.js'), (await import('/tmp/made.mjs')).default];
      };`;
    expect((await run(source)).payload).toEqual([1, 2]);
  });

  it('is full at 512 MB', async () => {
    const source = `const fs = require('node:fs');
      exports.handler = async () => {
        const block = Buffer.alloc(16 * 1024 * 1024);
        for (let n = 0; n < 64; n += 1) { fs.appendFileSync('/tmp/big', block); await new Promise((resolve) => setTimeout(resolve, 10)); }
        return 'never';
      };`;
    const { payload, error } = await run(source);
    expect({ payload, error }).toMatchObject({
      error: 'Unhandled',
      payload: { errorMessage: expect.stringMatching(/ENOSPC|\/tmp/) },
    });
  });

  it('leads nowhere else', async () => {
    const source = `const fs = require('node:fs');
      exports.handler = async () => ['/tmp/../etc/dynops-test', '/tmp/../../tmp2', '/tmpx/a'].map((file) => {
        try { fs.writeFileSync(file, 'x'); return 'written'; } catch (error) { return error.code; }
      });`;
    const { payload } = await run(source);
    expect(payload).not.toContain('written');
  });
});

describe('that Node is older than the runtime', () => {
  const says = (log: string) => /(\S+) runs on Node/.exec(log)?.[1];
  const here = Number(process.versions.node.split('.')[0]);

  it.each<[Runtime, boolean]>([
    ['nodejs20.x', here < 20],
    ['nodejs22.x', here < 22],
    ['nodejs24.x', here < 24],
  ])('is said of %s where it is so', async (runtime, expected) => {
    const { log } = await run('exports.handler = async () => 1;', { runtime });
    expect(says(log)).toBe(expected ? runtime : undefined);
  });

  it('is said of a function that gets a newer runtime', async () => {
    await fixture.create('moves', 'exports.handler = async () => 1;', { Runtime: 'nodejs20.x' });
    const first = await fixture.invoke('moves');
    await fixture.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'moves', Runtime: 'nodejs26.x' as Runtime }),
    );
    const second = await fixture.invoke('moves');
    expect([says(first.log), says(second.log)]).toEqual([undefined, here < 26 ? 'nodejs26.x' : undefined]);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../src/testing/start-stack.ts';
import type { TestStack } from '../../src/testing/types.ts';

/** Its temporary folder is the test's own: others on this machine start stacks too. */
const machineTmp = process.env.TMPDIR;
const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('dynops-test-')).length;

describe('a stack for tests', () => {
  let folder: string;
  let stack: TestStack;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-tested-'));
    process.env.TMPDIR = folder;
    const service = {
      stack: 'tested',
      functions: { hello: { entry: 'hello.mjs' } },
      tables: { people: { key: 'id' } },
      routes: { 'ANY /hello': 'hello' },
    };
    await writeFile(join(folder, 'dynops.json'), JSON.stringify(service));
    const handler =
      'async ({ httpMethod, body, headers }) => ({ statusCode: 201, headers: { "X-Own": "1" }, body: JSON.stringify({ httpMethod, body, given: headers["X-Given"] }) })';
    await writeFile(join(folder, 'hello.mjs'), `export const handler = ${handler};`);
    stack = await startStack({ folder });
  });
  afterEach(() => stack.clear());
  afterAll(async () => {
    await stack.stop();
    expect(await leftovers()).toBe(0);
    if (machineTmp === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = machineTmp;
    await rm(folder, { recursive: true });
  });

  it('answers requests, with a token and without', async () => {
    const answer = await stack.request('POST', '/hello', { body: { a: 1 }, headers: { 'X-Given': 'yes' } });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-own': '1' } });
    expect(answer.json()).toEqual({ httpMethod: 'POST', body: '{"a":1}', given: 'yes' });
    expect((await stack.request('GET', '/hello', { as: false })).status).toBe(401);
    const direct = await fetch(`${stack.apiUrl}/hello`, { headers: { authorization: await stack.token() } });
    expect(direct.status).toBe(201);
  });

  it('has items seeded, read and cleared', async () => {
    const people = Array.from({ length: 60 }, (_, index) => ({ id: String(index), at: { n: [index, null] } }));
    await stack.seed('people', people);
    const found = await stack.items('people');
    expect(found).toHaveLength(60);
    expect(found).toContainEqual({ id: '7', at: { n: [7, null] } });
    await stack.clear('people');
    expect(await stack.items('people')).toEqual([]);
    expect(() => stack.seed('persons', [])).toThrow(/no table "persons"; it has people/);
  });

  it('is what the package exports, with types', async () => {
    const script = "const { startStack } = await import('dynops/testing'); console.log(typeof startStack)";
    const root = new URL('../..', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
    });
    expect(stdout).toBe('function\n');
    expect(await readFile(join(root, 'dist/testing.d.ts'), 'utf8')).toMatch(/export declare function startStack/);
  });

  it('tells a program all that it needs', () => {
    expect(stack.env).toMatchObject({ PEOPLE_TABLE: 'tested-people', API_URL: stack.apiUrl, AWS_REGION: 'us-east-1' });
    expect(stack.tables).toEqual({ people: 'tested-people' });
  });
});

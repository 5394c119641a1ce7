import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DynopsError } from '../../src/errors.ts';
import { readService, referencesOf } from '../../src/service/read.ts';
import { tutorialFunction, tutorialService, tutorialTable } from '../../src/stack/service.ts';

let folder: string;
/** Another's files. */
let outside: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-service-'));
  await mkdir(join(folder, 'src'));
  await mkdir(join(folder, 'folder.ts'));
  await Promise.all(['src/orders.ts', 'src/other.js', 'main.py'].map((name) => writeFile(join(folder, name), '')));
  outside = await mkdtemp(join(tmpdir(), 'dynops-outside-'));
  await writeFile(join(outside, 'secret.ts'), 'secret');
  await symlink(join(outside, 'secret.ts'), join(folder, 'link.ts'));
  await symlink(outside, join(folder, 'linked'));
  await writeFile(join(folder, 'large'), 'x'.repeat(5_000));
});
afterAll(() => Promise.all([folder, outside].map((one) => rm(one, { recursive: true }))));

const settings = ['stack', 'memoryMb'];
const file = () => join(folder, 'dynops.json');

async function mistakesOf(text: string): Promise<string> {
  const error = await readService(text, { file: file(), settings }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DynopsError)) throw new Error(`no mistake was found in ${text}`);
  expect(error).toMatchObject({ code: 'ServiceFile', exitStatus: 64 });
  return error.message;
}

/** A good service, a member to a line, with one line put in place of another. */
function service(changes: Record<string, string> = {}): string {
  const lines = {
    stage: '"stage": "prod"',
    functions:
      '"functions": {"orders": {"entry": "src/orders.ts", "tables": ["orders"]}, "report": {"entry": "main.py"}}',
    tables:
      '"tables": {"orders": {"key": "customer", "sort": "placedAt:N", "indexes": {"by-status": {"key": "status"}}}}',
    routes: '"routes": {"GET /orders/{id}": "orders", "ANY /report/{proxy+}": {"function": "report", "auth": "none"}}',
    ...changes,
  };
  return `{\n${Object.values(lines).join(',\n')}\n}`;
}

const orders = (member: string) => ({
  functions: `"functions": {"orders": {"entry": "src/orders.ts", ${member}}, "report": {"entry": "main.py"}}`,
});
const table = (member: string) => ({ tables: `"tables": {"orders": {${member}}}` });
const route = (member: string) => ({ routes: `"routes": {${member}}` });

/** What is written, the line and column of the mistake, and what is said of it. */
const mistakes: [what: string, changes: Record<string, string>, at: string, said: RegExp][] = [
  ['no JSON', { stage: '"stage": prod' }, '2:10', /not valid JSON: invalid symbol/],
  ['a comment', { stage: '"stage": "prod" // the stage' }, '2:17', /not valid JSON/],
  ['a comma too many', { stage: '"stage": "prod",' }, '2:17', /not valid JSON/],
  ['an unknown member', { extra: '"queues": {}' }, '6:1', /unknown key "queues"\. Known here/],
  ['a misspelt member', { extra: '"route": {}' }, '6:1', /Did you mean "routes"\?/],
  ['a member twice', { extra: '"stage": "dev"' }, '6:1', /"stage" appears twice/],
  ['a stage with a blank', { stage: '"stage": "my stage"' }, '2:10', /letters, digits and "_"/],
  ['functions as a list', { functions: '"functions": []' }, '3:14', /"functions" must be an object; it is a list/],
  [
    'a function with capitals',
    { functions: '"functions": {"Orders": {"entry": "src/orders.ts"}}' },
    '3:15',
    /"Orders" in "functions" must be 1 to 32 lower-case/,
  ],
  [
    'a function called tutorial',
    { functions: '"functions": {"tutorial": {"entry": "src/orders.ts"}}' },
    '3:15',
    /is built into dynops/,
  ],
  [
    'a function without entry',
    { functions: '"functions": {"orders": {}, "report": {"entry": "main.py"}}' },
    '3:25',
    /"entry" is missing in "functions\.orders"/,
  ],
  [
    'an entry that is not there',
    { functions: '"functions": {"orders": {"entry": "src/order.ts"}, "report": {"entry": "main.py"}}' },
    '3:35',
    /there is no file src\/order\.ts/,
  ],
  [
    'an entry that is a folder',
    { functions: '"functions": {"orders": {"entry": "folder.ts"}, "report": {"entry": "main.py"}}' },
    '3:35',
    /is not a file/,
  ],
  [
    'an entry in another language',
    { functions: '"functions": {"orders": {"entry": "main.go"}}' },
    '3:35',
    /TypeScript, JavaScript or Python/,
  ],
  ['a misspelt member of a function', orders('"memory": 256'), '3:52', /Did you mean "memoryMb"\?/],
  ['too little memory', orders('"memoryMb": 64'), '3:64', /whole number from 128 to 10240; it is 64/],
  ['memory as a string', orders('"memoryMb": "256"'), '3:64', /whole number from 128 to 10240; it is "256"/],
  ['half a MB', orders('"memoryMb": 256.5'), '3:64', /whole number/],
  ['too much time', orders('"timeoutSeconds": 901'), '3:70', /from 1 to 900/],
  ['an old runtime', orders('"runtime": "nodejs18.x"'), '3:63', /nodejs22\.x or later/],
  ['the runtime of another language', orders('"runtime": "python3.13"'), '3:63', /but its entry is src\/orders\.ts/],
  ['a handler with a dot', orders('"handler": "index.handler"'), '3:63', /name of an export/],
  ['a variable of Lambda', orders('"environment": {"AWS_REGION": "x"}'), '3:68', /set by Lambda itself/],
  ['a variable with a hyphen', orders('"environment": {"LOG-LEVEL": "x"}'), '3:68', /letters, digits and "_"/],
  [
    'a variable that is a number',
    orders('"environment": {"LEVEL": 3}'),
    '3:77',
    /"functions\.orders\.environment\.LEVEL" must be a string; it is 3/,
  ],
  ['a reference to nowhere', orders('"environment": {"KEY": {"from": "vault:x"}}'), '3:84', /env:NAME or file:PATH/],
  [
    'a variable that is a table',
    orders('"tables": ["orders"], "environment": {"ORDERS_TABLE": "x"}'),
    '3:90',
    /holds the name of the table/,
  ],
  ['an unknown table', orders('"tables": ["order"]'), '3:63', /there is no table "order"\. Did you mean "orders"\?/],
  ['a table twice', orders('"tables": ["orders", "orders"]'), '3:73', /appears twice/],
  ['a table without key', table('"sort": "a"'), '4:22', /"key" is missing in "tables\.orders"/],
  ['an unknown type', table('"key": "id:Number"'), '4:30', /types are :S/],
  ['a key of no length', table('"key": ""'), '4:30', /1 to 255 bytes/],
  ['key and sort key the same', table('"key": "id", "sort": "id"'), '4:44', /same attribute as key and sort key/],
  [
    'two types of one attribute',
    table('"key": "id", "indexes": {"by-id": {"key": "id:N"}}'),
    '4:65',
    /type N, elsewhere in the table it is S/,
  ],
  ['an index of two letters', table('"key": "id", "indexes": {"by": {"key": "x"}}'), '4:48', /3 to 255 letters/],
  ['an index as a list', table('"key": "id", "indexes": ["status"]'), '4:47', /must be an object; it is a list/],
  ['an expiry that is true', table('"key": "id", "ttl": true'), '4:43', /must be a string; it is true/],
  ['no routes', { routes: '"cors": []' }, '1:1', /"routes" is missing/],
  ['empty routes', route(''), '1:1', /"routes" is empty/],
  ['a route without method', route('"/orders": "orders"'), '5:12', /a method and a path/],
  ['an unknown method', route('"FETCH /orders": "orders"'), '5:12', /methods are GET, POST/],
  ['a path with two slashes', route('"GET /a//b": "orders"'), '5:12', /empty path segment/],
  ['a path that ends with a slash', route('"GET /a/": "orders"'), '5:12', /empty path segment or end with/],
  ['a path with a query', route('"GET /a?b=c": "orders"'), '5:12', /path segment "a\?b=c"/],
  ['something behind {proxy+}', route('"GET /{proxy+}/a": "orders"'), '5:12', /takes all that follows/],
  ['a path variable twice', route('"GET /{id}/{id}": "orders"'), '5:12', /path variable twice/],
  [
    'two variables in one place',
    route('"GET /a/{id}": "orders", "GET /a/{name}/b": "orders"'),
    '5:37',
    /where another route has \{id\}/,
  ],
  ['an unknown function', route('"GET /a": "order"'), '5:22', /there is no function "order"\. Did you mean "orders"\?/],
  ['a route to nothing', route('"GET /a": {"auth": "none"}'), '5:22', /"function" is missing/],
  [
    'an unknown kind of sign-in',
    route('"GET /a": {"function": "orders", "auth": "jwt"}'),
    '5:53',
    /one of "pool", "none"; it is "jwt"/,
  ],
  [
    'an unknown integration',
    route('"GET /a": {"function": "orders", "integration": "prox"}'),
    '5:60',
    /Did you mean "proxy"\?/,
  ],
  ['an origin with a path', { extra: '"cors": ["https://example.org/"]' }, '6:10', /must be an origin/],
  ['an origin twice', { extra: '"cors": ["https://a.org", "https://a.org"]' }, '6:27', /appears twice in "cors"/],
  ['everyone and somebody', { extra: '"cors": ["*", "https://a.org"]' }, '6:10', /"\*" next to other origins/],
  [
    'an answer to preflights beside cors',
    { ...route('"OPTIONS /a": "orders"'), extra: '"cors": ["*"]' },
    '5:12',
    /answered by "cors"/,
  ],
];

describe('mistakes in a service file', () => {
  it.each(mistakes)('%s', async (_what, changes, at, said) => {
    const message = await mistakesOf(service(changes));
    expect(message).toMatch(new RegExp(`^dynops\\.json:${at}: `, 'm'));
    expect(message).toMatch(said);
  });

  it('are all told at once, in the order of the file', async () => {
    const message = await mistakesOf(service({ stage: '"stage": ""', routes: '"routes": {"GET": "orders"}' }));
    expect(message.split('\n').map((line) => line.split(': ')[0])).toEqual(['dynops.json:2:10', 'dynops.json:5:12']);
  });

  it('do not fail on names that objects have by themselves', async () => {
    expect(await mistakesOf(service({ extra: '"constructor": {}' }))).toMatch(/unknown key "constructor"/);
    expect(await mistakesOf(service(route('"GET /a": "__proto__"')))).toMatch(/GET|lower-case/);
  });
});

describe('a service file', () => {
  it('is a service with every default filled in', async () => {
    const found = await readService(service({ extra: '"cors": ["http://localhost:5173"]' }), {
      file: file(),
      settings,
    });
    expect(found).toEqual({
      stage: 'prod',
      functions: [
        {
          name: 'orders',
          code: { kind: 'node', entry: join(folder, 'src/orders.ts'), folder },
          handler: 'index.handler',
          runtime: undefined,
          memoryMb: undefined,
          timeoutSeconds: 10,
          environment: { NODE_OPTIONS: { value: '--enable-source-maps', secret: false } },
          tables: ['orders'],
        },
        {
          name: 'report',
          code: { kind: 'python', entry: join(folder, 'main.py'), folder },
          handler: 'main.handler',
          runtime: 'python3.13',
          memoryMb: undefined,
          timeoutSeconds: 10,
          environment: {},
          tables: [],
        },
      ],
      tables: [
        {
          name: 'orders',
          key: { name: 'customer', type: 'S' },
          sort: { name: 'placedAt', type: 'N' },
          indexes: [{ name: 'by-status', key: { name: 'status', type: 'S' }, sort: undefined }],
          ttl: undefined,
        },
      ],
      routes: [
        { method: 'GET', path: '/orders/{id}', function: 'orders', auth: 'pool', integration: 'proxy' },
        { method: 'ANY', path: '/report/{proxy+}', function: 'report', auth: 'none', integration: 'proxy' },
      ],
      cors: ['http://localhost:5173'],
    });
  });

  it('without members of a service is the tutorial', async () => {
    expect(await readService('{"stack": "blue", "memoryMb": 256}', { file: file(), settings })).toBe(tutorialService);
  });

  it('has the function and the table that dynops brings along where a route asks for them', async () => {
    const text = '{"routes": {"POST /DynamoDBManager": {"function": "tutorial", "integration": "direct"}}}';
    const found = await readService(text, { file: file(), settings });
    expect(found).toMatchObject({ functions: [tutorialFunction], tables: [tutorialTable] });
  });

  it('takes values from the environment and from files, as secrets', async () => {
    await writeFile(join(folder, 'key.txt'), 'from a file\n');
    const text = service(
      orders('"environment": {"ONE": {"from": "env:ONE"}, "TWO": {"from": "file:key.txt"}, "LOG": "info"}'),
    );
    const read = (env: Record<string, string>) =>
      readService(text, { file: file(), settings, readReference: referencesOf(env, folder) });
    const found = await read({ ONE: 'from here' });
    expect(found?.functions[0]?.environment).toEqual({
      ONE: { value: 'from here', secret: true },
      TWO: { value: 'from a file', secret: true },
      LOG: { value: 'info', secret: false },
      NODE_OPTIONS: { value: '--enable-source-maps', secret: false },
    });
    await expect(read({})).rejects.toMatchObject({ code: 'MissingValue', exitStatus: 64 });
  });

  it('takes no value from a file of somebody else’s, nor from one that is none', async () => {
    const read = (from: string) =>
      readService(service(orders(`"environment": {"KEY": {"from": ${JSON.stringify(from)}}}`)), {
        file: file(),
        settings,
        readReference: referencesOf({}, folder),
      });
    for (const [from, said] of [
      [`file:${join(outside, 'secret.ts')}`, 'outside'],
      [`file:../${basename(outside)}/secret.ts`, 'outside'],
      ['file:link.ts', 'outside'],
      ['file:linked/secret.ts', 'outside'],
      ['file:/dev/zero', 'outside'],
      ['file:src', 'not a file of at most 4096 bytes'],
      ['file:large', 'not a file of at most 4096 bytes'],
    ] as const) {
      await expect(read(from), from).rejects.toMatchObject({
        code: 'MissingValue',
        message: expect.stringContaining(said),
      });
    }
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'DYNOPS_PASSWORD']) {
      await expect(read(`env:${name}`), name).rejects.toMatchObject({
        message: expect.stringContaining("must not hand on this machine's credentials"),
      });
    }
  });

  it('is no file that is nested without end', async () => {
    const deep = `${'{"routes":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(await mistakesOf(deep)).toContain('dynops.json:1:1: this is nested too deeply');
  });

  it('has no entry outside of its folder or repository', async () => {
    const entry = (path: string) => ({
      functions: `"functions": {"orders": {"entry": ${JSON.stringify(path)}}}`,
      routes: '"routes": {"GET /": "orders"}',
    });
    for (const path of [
      join(outside, 'secret.ts'),
      `../${basename(outside)}/secret.ts`,
      'link.ts',
      'linked/secret.ts',
    ]) {
      expect(await mistakesOf(service(entry(path))), path).toContain('is outside of the service');
    }
    const inner = join(folder, 'services/inner');
    await mkdir(inner, { recursive: true });
    const text = '{"functions": {"one": {"entry": "../../src/orders.ts"}}, "routes": {"GET /": "one"}}';
    const read = () => readService(text, { file: join(inner, 'dynops.json'), settings });
    await expect(read()).rejects.toMatchObject({ code: 'ServiceFile' });
    for (const [name, content] of [
      ['.git', ''],
      ['pnpm-workspace.yaml', ''],
      ['package.json', '{"workspaces": ["services/*"]}'],
    ] as const) {
      await writeFile(join(folder, name), content);
      await expect(read(), name).resolves.toMatchObject({ functions: [{ name: 'one' }] });
      await rm(join(folder, name));
    }
    // A home folder that is a repository is not one that a stranger's folder in it belongs to.
    await writeFile(join(folder, '.git'), '');
    vi.stubEnv('HOME', folder);
    await expect(read()).rejects.toMatchObject({ code: 'ServiceFile' });
    vi.unstubAllEnvs();
  });
});

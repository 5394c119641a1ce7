import type { ChildProcess } from 'node:child_process';
import { access, chmod, copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Report, until } from './dynops.ts';

let dynops: Installation;
let cwd: string;

const echo = (greeting: string) => `
export const handler = async (event) => ({
  statusCode: 200,
  body: JSON.stringify({
    greeting: '${greeting}',
    method: event.httpMethod,
    path: event.path,
    id: event.pathParameters?.id,
    query: event.queryStringParameters,
    body: event.body,
    header: event.headers['X-Given'],
    table: process.env.THINGS_TABLE,
    knows: process.env.KEY === 'very-secret-value',
    user: event.requestContext.authorizer?.claims.email ?? event.requestContext.authorizer?.claims['cognito:username'],
  }),
});
`;

const service = {
  stack: 'shop',
  functions: {
    things: { entry: 'src/things.mjs', tables: ['things'], environment: { KEY: { from: 'env:KEY' } } },
    open: { entry: 'src/open.ts' },
  },
  tables: { things: { key: 'owner', sort: 'at:N' } },
  routes: {
    'ANY /things/{id}': 'things',
    'GET /open': { function: 'open', auth: 'none' },
  },
};
const env = { KEY: 'very-secret-value' };

beforeAll(async () => {
  dynops = await install();
  cwd = join(dynops.home, 'app');
  await mkdir(join(cwd, 'src'), { recursive: true });
  await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
  await writeFile(join(cwd, 'src/things.mjs'), echo('hello'));
  await writeFile(
    join(cwd, 'src/open.ts'),
    'export const handler = async () => ({ statusCode: 200, body: "open\\u0007" });',
  );
  await dynops.json<Report>(['up'], { cwd, env });
});

afterAll(() => dynops.remove());

const request = async (...words: string[]) => {
  const { status, stdout, stderr } = await dynops.run(['request', ...words], { cwd, env });
  return { status, body: stdout.trim(), stderr };
};

describe('a service of one’s own', () => {
  it('stands as it is described, and a second up changes nothing', async () => {
    const { resources, apiUrl } = await dynops.json<Report>(['up'], { cwd, env });
    expect(resources.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(new URL(apiUrl ?? '').pathname).toMatch(/\/prod$/);
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['shop-things', 'shop-open', 'ANY /things/{id}', 'GET /open']),
    );
  });

  it('answers requests with the token, query, body, headers and variables', async () => {
    const given = ['--query', 'q=a b', '--header', 'X-Given: yes', '--body', '{"n":1}'];
    const { status, body } = await request('put', '/things/a-b?r=2', ...given);
    expect(status).toBe(0);
    expect(JSON.parse(body)).toMatchObject({
      greeting: 'hello',
      method: 'PUT',
      id: 'a-b',
      query: { q: 'a b', r: '2' },
      body: '{"n":1}',
      header: 'yes',
      table: 'shop-things',
      knows: true,
      user: 'testuser',
    });
  });

  it('asks for a token where the route does, and for none where it is open', async () => {
    await expect(request('GET', '/things/1', '--no-auth')).resolves.toMatchObject({ status: 4 });
    await expect(request('GET', '/open', '--no-auth')).resolves.toMatchObject({ status: 0, body: 'open\u0007' });
  });

  it('tells of a route that is not there which may have been meant, and sends operations nowhere', async () => {
    const missing = await request('GET', '/thing/1');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/NoRoute.*no route takes GET \/thing\/1.*Did you mean "ANY \/things\/\{id\}"\?/s);
    // Whose answer has no body that would say so.
    await expect(request('HEAD', '/thing/1')).resolves.toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/NoRoute.*no route takes HEAD \/thing\/1/s),
    });
    const called = await dynops.run(['call', 'ping'], { cwd, env });
    expect([called.status, called.stderr]).toEqual([64, expect.stringContaining('dynops request GET /things/{id}')]);
  });

  it.each(['X A: b', 'X-A: 日', 'X-A: a\nb'])('refuses a header that cannot be sent: %j', async (header) => {
    const refused = await request('GET', '/open', '--header', header);
    expect([refused.status, refused.stderr]).toEqual([64, expect.stringContaining('cannot be sent')]);
  });

  it('never prints a referenced value', async () => {
    const said: string[] = [];
    for (const words of [['plan'], ['status', '--json'], ['up', '--explain'], ['up', '--debug'], ['list']]) {
      const { stdout, stderr } = await dynops.run(words, { cwd, env: { KEY: 'another-secret' } });
      expect(stdout + stderr).not.toMatch(/very-secret-value|another-secret/);
      said.push(stderr);
    }
    expect(said[2]).toMatch(/\$ aws lambda update-function-configuration .*"KEY":"\(secret\)"/);
  });

  it('never prints a value that was referenced until now, either', async () => {
    const { things, open } = service.functions;
    const opened = { ...service, functions: { things: { ...things, environment: { KEY: 'for all to see' } }, open } };
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify(opened));
    for (const words of [['plan'], ['plan', '--json'], ['status'], ['up', '--explain', '--debug']]) {
      const { stdout, stderr } = await dynops.run(words, { cwd });
      expect(stdout + stderr, words.join(' ')).not.toMatch(/very-secret-value|another-secret/);
    }
    const planned = async () => {
      const { resources } = await dynops.json<{ resources: { name: string; changes?: { property: string }[] }[] }>(
        ['plan'],
        { cwd, env },
      );
      return resources.flatMap(({ name, changes = [] }) => changes.map(({ property }) => `${name} ${property}`));
    };
    await dynops.run(['up'], { cwd });
    expect(await planned()).toEqual([]);
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
    expect(await planned()).toEqual(['shop-things environment', 'shop-things tags']);
    await dynops.json(['up'], { cwd, env });
    expect(await planned()).toEqual([]);
  });

  it('is told that a value is missing before anything is touched', async () => {
    const { status, stdout } = await dynops.run(['up', '--json'], { cwd });
    expect([status, JSON.parse(stdout).error.code]).toEqual([64, 'MissingValue']);
  });

  it('is listed, with its URL', async () => {
    const { stacks } = await dynops.json<{ stacks: object[] }>(['list'], { cwd, env });
    expect(stacks).toMatchObject([{ name: 'shop', apiUrl: expect.stringMatching(/\/prod$/) }]);
  });

  it('shows its requests, without what is secret', async () => {
    await request('GET', '/open', '--no-auth');
    const { requests } = await dynops.json<{ requests: { kind: string; path: string; status: number }[] }>(
      ['local', 'requests', '--bodies'],
      { cwd, env },
    );
    expect(requests).toContainEqual(expect.objectContaining({ kind: 'api', path: '/open', status: 200 }));
    expect(JSON.stringify(requests)).not.toMatch(/very-secret-value|eyJ/);
    const latest = await dynops.json<{ requests: { path: string }[] }>(['local', 'requests', '--limit', '1'], {
      cwd,
      env,
    });
    expect(latest.requests).toEqual([expect.objectContaining({ path: '/open' })]);
  });
});

describe('load', () => {
  const scenario = (requests: object[]) => writeFile(join(cwd, 'mix.json'), JSON.stringify({ requests }, null, 1));
  const load = (...words: string[]) =>
    dynops.run(['load', '--users', '2', '--duration', '1s', '--json', ...words], { cwd, env });
  /** The last request that reached the API; the engine keeps so many. */
  const asked = async () =>
    (
      await dynops.json<{ requests: { kind: string; id: number }[] }>(['local', 'requests'], { cwd, env })
    ).requests.findLast(({ kind }) => kind === 'api')?.id;

  it('sends methods and paths, with query, headers, body and what was captured', async () => {
    await scenario([
      {
        name: 'put',
        method: 'PUT',
        path: '/things/{{$uuid}}',
        query: { a: 'b' },
        body: { n: 1 },
        capture: { made: '/id' },
      },
      { name: 'get', method: 'GET', path: '/things/{{made}}', headers: { 'X-Given': '{{made}}' } },
    ]);
    const { status, stdout } = await load('--scenario', 'mix.json');
    expect(status, stdout).toBe(0);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ failed: 0, function: { name: 'shop-things' } });
    expect(run.byRequest.map(({ requests }: { requests: number }) => requests > 0)).toEqual([true, true]);
    const one = JSON.parse((await load('--request', 'GET /open')).stdout);
    expect(one).toMatchObject({ failed: 0, function: { name: 'shop-open' } });
  });

  it('refuses mistakes with file and line, and sends nothing', async () => {
    const before = await asked();
    await scenario([
      { method: 'GET', path: '/thing/1' },
      { method: 'PUT', path: '/things/{{id}}' },
    ]);
    const { status, stdout } = await load('--scenario', 'mix.json');
    expect(status).toBe(64);
    const { error } = JSON.parse(stdout);
    expect(error.message).toMatch(
      /^mix.json:5:12: no route takes GET \/thing\/1\. .*\nmix.json:9:21: \{\{id\}\} is unknown/,
    );
    for (const words of [['--request', 'GET /nothing'], [], ['--operation', 'read']]) {
      const refused = await load(...words);
      expect([refused.status, JSON.parse(refused.stdout).error.code]).toEqual([64, 'Usage']);
    }
    expect(await asked()).toBe(before);
  });
});

/** From when the file is there, the system has no more watches; the code is loaded before a program's own. */
const limitedWatches = (marker: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { watch } = fs;
  fs.watch = (...what) => {
    if (!fs.existsSync(${JSON.stringify(marker)})) return watch(...what);
    throw Object.assign(new Error('no more watches'), { code: 'ENOSPC', syscall: 'watch' });
  };
  syncBuiltinESMExports();
`;

describe('dev', () => {
  let child: ChildProcess | undefined;
  let said: string;
  async function follow(more: Record<string, string> = {}) {
    said = '';
    const onSpawn = (started: ChildProcess) => {
      child = started;
      started.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    };
    const outcome = dynops.run(['dev'], { cwd, env: { ...env, ...more }, onSpawn });
    await until(() => said.includes('Following'));
    return { outcome };
  }

  it('tells what it did not expect as a failure, and ends', async () => {
    const marker = join(dynops.home, 'no-more-watches');
    const preload = join(dynops.home, 'limited.mjs');
    await writeFile(preload, limitedWatches(marker));
    const { outcome } = await follow({ NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` });
    await writeFile(marker, '');
    const open = { ...service.functions.open, entry: 'elsewhere/open.ts' };
    await mkdir(join(cwd, 'elsewhere'));
    await copyFile(join(cwd, 'src/open.ts'), join(cwd, open.entry));
    await writeFile(
      join(cwd, 'dynops.json'),
      JSON.stringify({ ...service, functions: { ...service.functions, open } }),
    );
    const { status, stderr } = await outcome;
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify(service));
    expect([status, stderr]).toEqual([1, expect.stringContaining('error: no more watches\nThe system follows')]);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('serves what is saved, keeps the last good code, and says what is wrong', async () => {
    const { outcome } = await follow();
    await writeFile(join(cwd, 'src/things.mjs'), echo('saved'));
    await until(async () => (await request('GET', '/things/1')).body.includes('saved'));
    await writeFile(join(cwd, 'src/things.mjs'), 'export const handler = ;');
    await until(() => said.includes('things.mjs:1:23'));
    expect((await request('GET', '/things/1')).body).toContain('saved');
    // What is missing comes: nobody has to save the file that asks for it again.
    await writeFile(join(cwd, 'src/things.mjs'), `import './late.mjs';${echo('late')}`);
    await until(() => said.includes('Could not resolve "./late.mjs"'));
    await writeFile(join(cwd, 'src/late.mjs'), '');
    await until(async () => (await request('GET', '/things/1')).body.includes('late'));
    // A file that goes for a moment takes nothing with it.
    await rename(join(cwd, 'dynops.json'), join(cwd, 'aside.json'));
    await until(() => said.includes('is a service, with'));
    await rename(join(cwd, 'aside.json'), join(cwd, 'dynops.json'));
    await until(() => said.includes('applied dynops.json'));
    await writeFile(join(cwd, 'src/things.mjs'), echo('mended'));
    await until(async () => (await request('GET', '/things/1')).body.includes('mended'));
    const more = { ...service, routes: { ...service.routes, 'GET /more': { function: 'open', auth: 'none' } } };
    await writeFile(join(cwd, 'dynops.json'), JSON.stringify(more));
    await until(async () => (await request('GET', '/more', '--no-auth')).body === 'open\u0007');
    child?.kill('SIGINT');
    const { status, stdout } = await outcome;
    expect(status).toBe(130);
    expect(stdout).toMatch(/200 .* GET \/things\/1/);
  });

  it('ends at --timeout as every command does', async () => {
    for (const form of [[], ['--json']]) {
      const { status, stdout, stderr } = await dynops.run(['dev', '--timeout', '4', ...form], { cwd, env });
      expect([status, stdout + stderr]).toEqual([2, expect.stringContaining('--timeout')]);
      if (form.length > 0) expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Timeout' } });
    }
  });

  it('ends where the engine is stopped under it, and says how to go on', async () => {
    const ended = dynops.run(['dev'], {
      cwd,
      env,
      onSpawn: ({ stderr }) => {
        let said = '';
        stderr?.on('data', (chunk: Buffer) => {
          if (!said.includes('Following') && `${said}${chunk}`.includes('Following'))
            void dynops.run(['local', 'stop']);
          said += chunk.toString();
        });
      },
    });
    expect(await ended).toMatchObject({ status: 2, stderr: expect.stringContaining('Run the same command again') });
  });
});

describe('exec', () => {
  /** Others on this machine may run `exec`, too. */
  const own = () => ({ ...env, TMPDIR: join(dynops.home, 'tmp') });
  beforeAll(() => mkdir(own().TMPDIR));
  const leftovers = async () => (await readdir(own().TMPDIR)).filter((name) => name.startsWith('dynops-exec-'));

  it('runs a command against a stack of its own, hands on its status, and removes everything', async () => {
    const before = await leftovers();
    const script = 'curl -s $API_URL/open; echo " $THINGS_TABLE $AWS_REGION"; test -n "$ID_TOKEN"; exit 7';
    const { status, stdout } = await dynops.run(['exec', '--', 'sh', '-c', script], { cwd, env: own() });
    expect([status, stdout]).toEqual([7, 'open\u0007 shop-things us-east-1\n']);
    expect(await leftovers()).toEqual(before);
  });

  it('keeps from its command what would lead AWS’s clients past the engine', async () => {
    const leading = {
      AWS_PROFILE: 'work',
      AWS_DEFAULT_PROFILE: 'work',
      AWS_SESSION_TOKEN: 'of-an-account',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      AWS_USE_FIPS_ENDPOINT: 'true',
    };
    const others = { AWS_MAX_ATTEMPTS: '2', PROFILE: 'mine' };
    const script = 'process.stdout.write(JSON.stringify(process.env))';
    const { stdout } = await dynops.run(['exec', '--', process.execPath, '-e', script], {
      cwd,
      env: { ...own(), ...leading, ...others },
    });
    const seen = JSON.parse(stdout);
    expect(Object.keys(leading).filter((name) => name in seen)).toEqual([]);
    expect(seen).toMatchObject({ ...others, AWS_ENDPOINT_URL: expect.stringContaining('http://127.0.0.1:') });
  });

  it('says what is wrong with what is no program', async () => {
    const { status, stderr } = await dynops.run(['exec', '--', './dynops.json'], { cwd, env: own() });
    expect(status).toBe(64);
    expect(stderr).toMatch(/dynops\.json cannot be run: .*\n.*dynops exec -- npm test/);
  });

  it('looks for its program as the system does, before anything starts', async () => {
    const folder = join(dynops.home, 'programs');
    await mkdir(join(folder, 'folder'), { recursive: true });
    for (const [name, mode, text] of [
      ['there', 0o755, '#!/bin/sh\nexit 9\n'],
      ['lost', 0o755, '#!/no/such/interpreter\n'],
      ['plain', 0o644, 'exit 9\n'],
    ] as const) {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), mode);
    }
    const ended = async (program: string, PATH = '') => {
      const { status, stderr } = await dynops.run(['exec', '--', program], { cwd: folder, env: { ...own(), PATH } });
      return { status, stderr };
    };
    const refused: [string, RegExp, string?][] = [
      ['nosuch', /no program nosuch/],
      ['./nosuch', /no program \.\/nosuch/],
      ['', /no program ""/],
      ['there', /no program there/, '/usr/bin'],
      ['plain', /plain cannot be run: permission denied/],
      ['plain', /plain cannot be run: permission denied/, `${folder}:/usr/bin`],
      ['./folder', /is a folder/],
    ];
    for (const [program, reason, path] of refused) {
      const { status, stderr } = await ended(program, path);
      expect([status, stderr], program).toEqual([64, expect.stringMatching(reason)]);
      expect(stderr).not.toContain('Starting');
    }
    for (const [program, path] of [['./there'], ['there', ''], ['there', `/usr/bin:${folder}`]] as const)
      expect(await ended(program, path), program).toMatchObject({ status: 9 });
    expect(await ended('./lost')).toMatchObject({ status: 64, stderr: expect.stringContaining('interpreter') });
  });

  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );

  /** Runs a script, and answers once it does. */
  async function begin(marker: string, script: string) {
    let child: ChildProcess | undefined;
    const file = join(dynops.home, marker);
    const onSpawn = (started: ChildProcess) => {
      child = started;
    };
    const ended = dynops.run(['exec', '--', 'sh', '-c', `touch ${file}; ${script}`], { cwd, env: own(), onSpawn });
    await until(() => exists(file));
    return { child, ended };
  }

  it('leaves nothing when it is killed', async () => {
    const before = await leftovers();
    const { child, ended } = await begin('killed', 'sleep 60');
    const [made] = (await leftovers()).filter((name) => !before.includes(name));
    child?.kill('SIGKILL');
    // The command that it ran holds the output open until its own end.
    void ended;
    await until(async () => !(await exists(join(own().TMPDIR, made ?? ''))));
  });

  it('ends what its command has started when it is stopped: all of it has the output open', async () => {
    const { child, ended } = await begin('stopped', 'sleep 600; echo more');
    child?.kill('SIGTERM');
    expect(await ended).toMatchObject({ status: 143, stdout: '' });
  });
});

describe('down', () => {
  it('removes the whole service', async () => {
    const { status, stdout } = await dynops.run(['down', '--yes'], { cwd });
    expect([status, stdout]).toEqual([0, 'Nothing is left.\n']);
    expect((await dynops.json<{ stacks: object[] }>(['list'], { cwd })).stacks).toEqual([]);
  });
});

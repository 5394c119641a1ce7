import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Installation, install, type Report, stackFolder, until } from './dynops.ts';

let dynops: Installation;
let first: Report;

beforeAll(async () => {
  dynops = await install();
  first = await dynops.json<Report>(['up']);
});

afterAll(() => dynops.remove());

describe('up', () => {
  it('creates everything and says where it is', () => {
    expect(first).toMatchObject({
      ok: true,
      target: 'local',
      stack: 'default',
      account: '000000000000',
      region: 'us-east-1',
      apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*\/prod\/DynamoDBManager$/),
      userPoolId: expect.stringMatching(/^us-east-1_/),
      username: 'testuser',
    });
    expect(new Set(first.resources.map(({ action }) => action))).toEqual(new Set(['created']));
  });

  it('keeps the password it made in a file of mode 0600, and shows it nowhere', async () => {
    const { stdout, stderr } = await dynops.run(['up']);
    const file = /password +in (.*)/.exec(stdout)?.[1] ?? '';
    const password = await readFile(file, 'utf8');
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect(password.length).toBeGreaterThanOrEqual(20);
    expect(stdout + stderr + JSON.stringify(first)).not.toContain(password);
  });

  it('keeps all that it keeps where DYNOPS_HOME says, closed to others', async () => {
    await dynops.run(['token']);
    expect(await readdir(dynops.home)).toEqual(['dynops']);
    const kept = await readdir(dynops.home, { recursive: true });
    expect(kept.length).toBeGreaterThan(20);
    const open = await Promise.all(
      kept.map(async (path) => {
        // What the engine writes meanwhile may be gone again.
        const found = await stat(join(dynops.home, path)).catch(() => undefined);
        return found && (found.mode & 0o077) !== 0 ? [path] : [];
      }),
    );
    expect(open.flat()).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const again = await dynops.json<Report>(['up']);
    expect(new Set(again.resources.map(({ action }) => action))).toEqual(new Set(['unchanged']));
    expect(again.apiUrl).toBe(first.apiUrl);
    const plan = await dynops.run(['plan', '--exit-code']);
    expect(plan.status).toBe(0);
    const status = await dynops.json<Report & { inSync: boolean }>(['status', '--exit-code']);
    expect(status).toMatchObject({ ok: true, inSync: true, apiUrl: first.apiUrl });
  });

  it('says target, account, region and stack before it changes anything', async () => {
    const { stderr } = await dynops.run(['up']);
    expect(stderr.split('\n')[0]).toMatch(/"default".*embedded engine.*000000000000.*us-east-1/);
    for (const words of [['up'], ['user', 'disable', 'testuser'], ['user', 'enable', 'testuser']]) {
      const quiet = await dynops.run([...words, '--quiet']);
      expect(quiet.stderr, words.join(' ')).toMatch(/^.*"default".*embedded engine.*000000000000.*us-east-1.*\n$/);
    }
  });

  it('shows every AWS call with --debug, and no secret', async () => {
    const { stderr } = await dynops.run(['up', '--debug', '--quiet']);
    expect(stderr).toMatch(/^debug: STS GetCallerIdentity, attempt 1, \d+ ms, request id /m);
    const secrets = JSON.parse(await readFile(join(dynops.home, 'dynops/engine/credentials.json'), 'utf8')) as Record<
      string,
      string
    >;
    expect(stderr).not.toContain(secrets.secretAccessKey);
  });
});

describe('another stack', () => {
  it('stands beside, with its own names, API and tokens', async () => {
    const blue = await dynops.json<Report>(['up', '--stack', 'blue', '--password-stdin'], { stdin: 'given-by-hand\n' });
    expect(blue.resources.find(({ type }) => type === 'table')?.name).toBe('blue-lambda-apigateway');
    expect(blue.apiUrl).not.toBe(first.apiUrl);
    // A password that was given is not kept.
    const { status } = await dynops.run(['call', 'ping', '--stack', 'blue']);
    expect(status).toBe(4);
    const env = { DYNOPS_PASSWORD: 'given-by-hand', DYNOPS_STACK: 'blue' };
    await expect(dynops.run(['call', 'ping'], { env })).resolves.toMatchObject({ status: 0, stdout: '"pong"\n' });
    await expect(dynops.run(['down', '--stack', 'blue', '--yes'])).resolves.toMatchObject({ status: 0 });
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
  });
});

describe('an interruption', () => {
  it('ends with 130 and what stands, and the same command goes on', async () => {
    await dynops.run(['local', 'start', '--aws-like', '0.05']);
    const words = ['up', '--stack', 'cut', '--json', '--debug'];
    const cut = await dynops.run(words, {
      onSpawn: (child) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          // Once: a second one would end it at once.
          if (!child.killed && chunk.includes('CreateFunction')) child.kill('SIGINT');
        });
      },
    });
    expect(cut.status).toBe(130);
    expect(JSON.parse(cut.stdout)).toMatchObject({
      ok: false,
      error: { code: 'Interrupted', hint: expect.stringContaining('again') },
      resources: expect.arrayContaining([expect.objectContaining({ type: 'role', action: 'created' })]),
    });
    const whole = await dynops.json<Report>(['up', '--stack', 'cut']);
    expect(whole.ok).toBe(true);
    await dynops.json(['down', '--stack', 'cut', '--yes']);
  });

  it('at the second Ctrl-C ends at once', async () => {
    const outcome = await dynops.run(['local', 'logs', '--follow'], {
      onSpawn: (child) => {
        child.stdout?.once('data', async () => {
          child.kill('SIGINT');
          await until(() => child.exitCode !== null || child.kill('SIGINT'));
        });
      },
    });
    // One that comes in the process's last moment ends it by itself, which a shell counts as 130 too.
    expect([130, 'SIGINT']).toContain(outcome.signal ?? outcome.status);
    await dynops.run(['local', 'start']);
  });
});

describe('down', () => {
  it('keeps the data when asked', async () => {
    await call(dynops, 'create', '--item', '{"id": "kept"}');
    const report = await dynops.json<Report>(['down', '--yes', '--keep-data']);
    const kept = report.resources.filter(({ action }) => action === 'kept').map(({ type }) => type);
    expect(kept).toEqual(expect.arrayContaining(['table', 'pool']));
    await expect(dynops.run(['call', 'ping', '--json'])).resolves.toMatchObject({ status: 1 });
    await dynops.json(['up']);
    await expect(call(dynops, 'read', '--id', 'kept')).resolves.toMatchObject({ Item: { id: 'kept' } });
  });

  it('leaves nothing, and says so again', async () => {
    const gone = await dynops.json<Report>(['down', '--yes']);
    expect(new Set(gone.resources.map(({ action }) => action))).toEqual(new Set(['deleted']));
    const again = await dynops.json<Report>(['down', '--yes']);
    expect(new Set(again.resources.map(({ action }) => action))).toEqual(new Set(['absent']));
    const { inSync, resources } = await dynops.json<Report & { inSync: boolean }>(['status']);
    expect(inSync).toBe(false);
    expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['absent']));
    const { status } = await dynops.run(['status', '--exit-code']);
    expect(status).toBe(3);
    const { status: callStatus, stdout } = await dynops.run(['call', 'ping', '--json']);
    expect(callStatus).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'StackAbsent' } });
    await expect(readdir(stackFolder(dynops))).resolves.toEqual([]);
  });
});

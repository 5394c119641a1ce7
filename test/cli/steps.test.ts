import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, clientConfig, type Installation, install, type Report } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});

afterAll(() => dynops.remove());

const actionsOf = ({ resources }: Report): Record<string, string> =>
  Object.fromEntries(resources.map(({ type, action }) => [type, action]));

describe("the tutorial's steps, one at a time", () => {
  it('say which one is missing', async () => {
    const update = await dynops.run(['pool', 'update', '--password-length', '8']);
    expect(update).toMatchObject({ status: 1, stderr: expect.stringContaining('dynops pool create') });
    const { status, stdout } = await dynops.run(['function', 'create', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'StepMissing', hint: expect.stringContaining('dynops role create') },
    });
    for (const [words, maker] of [
      [['function', 'test'], 'dynops function create --stack other'],
      [['table', 'items'], 'dynops table create --stack other'],
      [['logs'], 'dynops function create --stack other'],
    ] as const) {
      const { status, stdout } = await dynops.run([...words, '--stack', 'other', '--json']);
      expect(status).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'StepMissing', hint: expect.stringContaining(maker) },
      });
    }
  });

  it('and logs --follow waits for the one whose lines it shows', async () => {
    const { status } = await dynops.run(['logs', '--follow'], {
      onSpawn: (child) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.includes('The log group')) child.kill('SIGINT');
        });
      },
    });
    expect(status).toBe(130);
  });

  it('make the function, which can be tested by itself', async () => {
    for (const step of ['role', 'table', 'function']) {
      expect(actionsOf(await dynops.json<Report>([step, 'create']))).toHaveProperty(step, 'created');
    }
    const early = await dynops.run(['call', 'ping', '--json']);
    expect(early.status).toBe(1);
    expect(JSON.parse(early.stdout)).toMatchObject({
      error: { code: 'StackAbsent', hint: expect.stringContaining('dynops api create') },
    });
    const { status, stdout, stderr } = await dynops.run(['function', 'test']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ somekey1: 'somevalue1', somekey2: 'somevalue2' });
    expect(stderr).toMatch(/^REPORT RequestId: .*Billed Duration/m);

    const event = { operation: 'create', tableName: 'lambda-apigateway', payload: { Item: { id: '1', n: 5 } } };
    await dynops.json(['function', 'test', '--event', '-'], { stdin: JSON.stringify(event) });
    await expect(dynops.json(['table', 'items'])).resolves.toMatchObject({
      items: [{ id: { S: '1' }, n: { N: '5' } }],
      more: false,
    });
    // Saved under a name, as Lambda's console has them.
    await dynops.json(['function', 'test', '--event', '{"operation":"ping"}', '--save', 'first-ping']);
    await expect(dynops.json(['function', 'test', '--event', 'first-ping'])).resolves.toBe('pong');
    const unknown = await dynops.run(['function', 'test', '--event', 'frist-ping', '--json']);
    expect(unknown.status).toBe(64);
    expect(JSON.parse(unknown.stdout).error).toMatchObject({ hint: 'Did you mean first-ping?' });
    await expect(dynops.run(['function', 'test', '--save', '../x'])).resolves.toMatchObject({ status: 64 });
    const failed = await dynops.run(['function', 'test', '--event', '{"operation": "drop"}', '--json']);
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false, functionError: 'Unhandled' });
  });

  it('change no function that is not there: that would make it', async () => {
    await dynops.json(['role', 'create', '--stack', 'blue']);
    const words = ['function', 'config', '--memory', '256', '--stack', 'blue'];
    const { status, stderr } = await dynops.run(words);
    expect([status, stderr]).toEqual([1, expect.stringContaining('There is no function yet.')]);
    const { resources } = await dynops.json<Report>(['function', 'show', '--stack', 'blue']);
    expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['absent']));
    await dynops.json(['role', 'delete', '--stack', 'blue', '--yes']);
  });

  it('change the function, and keep it changed', async () => {
    await expect(dynops.json(['function', 'config'])).resolves.toMatchObject({ memoryMb: 128 });
    await expect(dynops.json(['function', 'config', '--memory', '256'])).resolves.toMatchObject({ memoryMb: 256 });
    const shown = await dynops.json<Report & { inSync: boolean }>(['function', 'show', '--exit-code']);
    expect(shown.inSync).toBe(true);
  });

  it('deploy the API, and say that it is open until the authorizer comes', async () => {
    await dynops.json(['api', 'create']);
    const { stderr } = await dynops.run(['stage', 'create']);
    expect(stderr).toContain('dynops authorizer create');
    const open = await dynops.run(['call', 'ping']);
    expect(open).toMatchObject({ status: 0, stdout: '"pong"\n', stderr: expect.stringContaining('without a token') });
    const early = await dynops.run(['token']);
    expect(early).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('dynops pool create') });
    const pool = await dynops.run(['pool', 'create']);
    expect(pool.stderr).toMatch(
      /one is left out, the IAM role for text messages.*`dynops pool create --sms-role` makes it/,
    );
    for (const step of ['client', 'domain', 'user']) await dynops.json([step, 'create']);
    const authorized = await dynops.run(['authorizer', 'create']);
    expect(authorized.status).toBe(0);
    expect(authorized.stderr).toContain('`dynops api deploy` puts the change into effect.');
    await dynops.json(['api', 'deploy']);
    expect((await dynops.run(['authorizer', 'create'])).stderr).not.toContain('api deploy');
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
    await expect(dynops.run(['call', 'ping', '--no-auth'])).resolves.toMatchObject({ status: 4 });
  });

  it('print what is to be copied or opened next', async () => {
    const { apiUrl, userPoolId, clientId, domainUrl } = await dynops.json<Report>(['status']);
    const shown = (step: string) => dynops.run([step, 'show']).then(({ stdout }) => stdout);
    const [stage, pool, client, made] = await Promise.all([
      ...['stage', 'pool', 'client'].map(shown),
      dynops.run(['domain', 'create']).then(({ stdout }) => stdout),
    ]);
    expect(stage).toContain(`API  ${apiUrl}`);
    expect(pool).toContain(`user pool  ${userPoolId}`);
    expect(client).toContain(`app client    ${clientId}`);
    expect(made).toContain(`sign-in       ${domainUrl}`);
    const page = /sign-in page {2}(\S+)/.exec(made ?? '')?.[1] ?? '';
    expect(client).toContain(page);
    const answer = await fetch(page);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('password')]);
    const user = await shown('user');
    expect(user).toMatch(/user {6}testuser\npassword {2}in \S+/);
  });

  it('test the authorizer with a token', async () => {
    await expect(dynops.json(['authorizer', 'test'])).resolves.toMatchObject({
      status: 200,
      claims: { token_use: 'id', 'cognito:username': 'testuser' },
    });
    const refused = await dynops.run(['authorizer', 'test', '--token', '-', '--json'], { stdin: 'a.b.c' });
    expect(refused.status).toBe(4);
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { code: 'TokenRefused' } });
    await expect(dynops.run(['authorizer', 'test', '--token', 'eyJ'])).resolves.toMatchObject({ status: 64 });
  });

  it('keep other users beside the own one', async () => {
    const password = { stdin: 'temporary-one\n' };
    await dynops.json(
      ['user', 'create', 'ada', '--temporary', '--attribute', 'email=ada@example.com', '--password-stdin'],
      password,
    );
    await expect(dynops.json(['user', 'list'])).resolves.toMatchObject({
      users: [
        { username: 'ada', status: 'FORCE_CHANGE_PASSWORD', enabled: true, attributes: { email: 'ada@example.com' } },
        { username: 'testuser', status: 'CONFIRMED', enabled: true },
      ],
    });
    const token = (stdin: string) => dynops.run(['token', '--for', 'ada', '--password-stdin'], { stdin });
    await dynops.json(['user', 'set-password', 'ada', '--password-stdin'], { stdin: 'lasting-one\n' });
    await expect(token('lasting-one\n')).resolves.toMatchObject({ status: 0 });
    const kept = () => dynops.run(['token', '--for', 'ada']);
    await expect(kept()).resolves.toMatchObject({ status: 0 });
    await dynops.json(['user', 'disable', 'ada']);
    await expect(kept()).resolves.toMatchObject({ status: 4, stdout: '' });
    const disabled = await token('lasting-one\n');
    expect(disabled).toMatchObject({ status: 4, stderr: expect.stringContaining('dynops user enable ada') });
    await dynops.json(['user', 'enable', 'ada']);
    await expect(token('lasting-one\n')).resolves.toMatchObject({ status: 0 });
    await dynops.json(['user', 'delete', 'ada', '--yes']);
    for (const words of [['enable'], ['disable'], ['delete', '--yes'], ['set-password', '--password-stdin']]) {
      const { status, stderr } = await dynops.run(['user', ...words, 'ada'], { stdin: 'Secret1!word' });
      expect(status, words[0]).toBe(1);
      expect(stderr).toMatch(/There is no user ada\.\n`dynops user list` shows who there is\.\n$/);
    }
    await expect(kept()).resolves.toMatchObject({ status: 4, stdout: '' });
    await expect(dynops.json(['user', 'list'])).resolves.toMatchObject({ users: [{ username: 'testuser' }] });
    await expect(dynops.run(['user', 'create', 'bob'])).resolves.toMatchObject({ status: 4 });
    await expect(dynops.run(['user', 'create', '--temporary'])).resolves.toMatchObject({ status: 64 });
  });

  it('without the own user, nobody can sign in until it is made again', async () => {
    await dynops.json(['token']);
    await dynops.json(['user', 'delete', 'TESTUSER', '--yes']);
    await expect(dynops.run(['token'])).resolves.toMatchObject({ status: 1, stdout: '' });
    const { status, stderr } = await dynops.run(['call', 'ping']);
    expect({ status, advice: stderr.trimEnd().split('\n').at(-1) }).toEqual({
      status: 4,
      advice: expect.stringContaining('dynops user create'),
    });
    await dynops.json(['user', 'create']);
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
  });

  it('change the pool and the client, and keep them changed', async () => {
    await dynops.json(['pool', 'update', '--password-length', '8', '--temporary-days', '2']);
    const url = 'https://example.org/signed-in';
    await dynops.json(['client', 'update', '--callback-url', url, '--token-minutes', '15']);
    await dynops.json(['client', 'update', '--logout-url', 'https://example.org/out']);
    await expect(dynops.run(['plan', '--exit-code'])).resolves.toMatchObject({ status: 0 });
    const config = await clientConfig(dynops);
    const cognito = new CognitoIdentityProviderClient(config);
    const { userPoolId, clientId } = await dynops.json<Report>(['status']);
    const ids = { UserPoolId: userPoolId ?? '', ClientId: clientId ?? '' };
    const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(ids));
    expect(UserPoolClient).toMatchObject({ IdTokenValidity: 15, LogoutURLs: ['https://example.org/out'] });
    expect(UserPoolClient?.CallbackURLs).toContain(url);
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand(ids));
    expect(UserPool?.Policies?.PasswordPolicy).toMatchObject({ MinimumLength: 8, TemporaryPasswordValidityDays: 2 });
    const { stdout } = await dynops.run(['token', '--refresh', '--decode', '--json']);
    const { claims } = JSON.parse(stdout) as { claims: { exp: number; iat: number } };
    expect(claims.exp - claims.iat).toBe(15 * 60);
    await dynops.json(['pool', 'update', '--password-length', '6', '--temporary-days', '7']);
    const defaults = ['--callback-url', 'https://example.com', '--logout-url', 'https://example.com'];
    await dynops.json(['client', 'update', ...defaults, '--token-minutes', '60']);
  });

  it('remember no value that AWS refused, and say which option gives another', async () => {
    const { status, stdout } = await dynops.run(['function', 'create', '--runtime', 'nodejs99.x', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { hint: expect.stringContaining('--runtime') } });
    await expect(dynops.run(['function', 'config', '--memory', '128'])).resolves.toMatchObject({ status: 0 });
    await expect(dynops.run(['status', '--exit-code'])).resolves.toMatchObject({ status: 0 });
  });

  it('together are what up makes', async () => {
    const report = await dynops.json<Report>(['up']);
    expect(new Set(Object.values(actionsOf(report)))).toEqual(new Set(['unchanged']));
  });

  it('can be taken away one at a time', async () => {
    await expect(dynops.run(['domain', 'delete'])).resolves.toMatchObject({ status: 64 });
    expect(actionsOf(await dynops.json<Report>(['domain', 'delete', '--yes']))).toEqual({ domain: 'deleted' });
    const { status } = await dynops.run(['domain', 'show', '--exit-code']);
    expect(status).toBe(3);
    await dynops.json(['down', '--yes']);
  });
});

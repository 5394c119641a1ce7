import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, startFaultProxy } from '../faults/fault-proxy.ts';
import { clientConfig, type Installation, install, type Outcome } from './dynops.ts';

let dynops: Installation;
let upstream: string;
let env: Record<string, string>;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up'], { env: { DYNOPS_PASSWORD: 'secret-1' } });
  const { endpoint, region, credentials } = await clientConfig(dynops);
  upstream = endpoint;
  env = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    DYNOPS_PASSWORD: 'secret-1',
  };
});

afterAll(() => dynops.remove());

const invocation = /^data-plane\.POST .*\/DynamoDBManager$/;

/** A command whose calls go through a proxy at which this happens to one. */
async function faulted(words: string[], fault: Fault, stdin = ''): Promise<Outcome & { asked: number; sent: number }> {
  const proxy = await startFaultProxy(upstream, { fault });
  try {
    const outcome = await dynops.run([...words, '--endpoint-url', proxy.endpoint], { env, stdin });
    expect(proxy.struck()).toBe(true);
    return {
      ...outcome,
      asked: proxy.seen.filter(({ operation }) => operation === fault.operation).length,
      sent: proxy.seen.filter(({ operation }) => invocation.test(operation)).length,
    };
  } finally {
    await proxy.close();
  }
}

/** The name under which the proxy knows the API's own address. */
async function invocationName(): Promise<string> {
  const { apiUrl } = await dynops.json<{ apiUrl: string }>(['status']);
  return `data-plane.POST ${new URL(apiUrl).pathname}`;
}

const create = (name: string) =>
  `user create ${name} --password-stdin --attribute email=${name}@example.com`.split(' ');

async function users(): Promise<Record<string, object>> {
  const found = await dynops.json<{ users: { username: string }[] }>(['user', 'list']);
  return Object.fromEntries(found.users.map((user) => [user.username, user]));
}

describe('a command between whose calls something breaks', () => {
  it('call: a request whose answer is lost may have been carried out, so it is not sent again', async () => {
    const operation = await invocationName();
    for (const kind of ['reset before the call', 'answer dropped after the call'] as const) {
      const { status, stderr, sent } = await faulted(['call', 'ping'], { operation, nth: 0, kind });
      expect(sent).toBe(1);
      expect(status).toBe(1);
      expect(stderr).toContain('may have been carried out');
    }
  });

  it('call: what is answered with 200 and is none of the API is an error', async () => {
    const page = { operation: await invocationName(), kind: 'answered by a page' } as const;
    const { status, stdout } = await faulted(['call', 'ping', '--json'], { ...page, nth: 0 });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'UnreadableAnswer' }, status: 200 });
    const text = await faulted(['call', 'ping'], { ...page, nth: 0 });
    expect(text).toMatchObject({ status: 1, stdout: '<html>Welcome to the hotel</html>\n' });
    for (const id of ['1', '2']) await dynops.json(['call', 'create', '--item', `{"id":"${id}"}`], { env });
    const list = ['call', 'list', '--all', '--limit', '1', '--json'];
    const second = await faulted(list, { ...page, nth: 1 });
    expect(second.status).toBe(1);
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, error: { code: 'UnreadableAnswer' } });
  });

  it('user create and delete: an answer that was lost is no matter', async () => {
    const operation = 'awscognitoidentityproviderservice.AdminCreateUser';
    const lost = { operation, nth: 0, kind: 'answer dropped after the call' } as const;
    expect(await faulted(create('ada'), lost, 'first-secret\n')).toMatchObject({ status: 0, asked: 2 });
    expect(await users()).toMatchObject({ ada: { status: 'CONFIRMED', attributes: { email: 'ada@example.com' } } });
    const remove = { ...lost, operation: 'awscognitoidentityproviderservice.AdminDeleteUser' };
    expect(await faulted(['user', 'delete', 'ada', '--yes'], remove)).toMatchObject({ status: 0, asked: 2 });
    expect(await dynops.run(['user', 'delete', 'ada', '--yes'])).toMatchObject({ status: 1 });
  });

  it('user create: one that was broken off is not gone on with, since the name may be mistyped; set-password does', async () => {
    const operation = 'awscognitoidentityproviderservice.AdminSetUserPassword';
    const broken = { operation, nth: 0, kind: 'killed before the call' } as const;
    expect((await faulted(create('eve'), broken, 'second-secret\n')).status).not.toBe(0);
    const refusal = async () => {
      const { status, stdout } = await dynops.run([...create('eve'), '--json'], { stdin: 'third-secret\n' });
      return { status, ...(JSON.parse(stdout) as { error: { code: string; message: string; hint: string } }) };
    };
    const taken = { code: 'UsernameExistsException', hint: expect.stringContaining('dynops user set-password eve') };
    const first = await refusal();
    expect(first).toMatchObject({ status: 1, error: taken });
    expect(first.error.message).toContain('yet to choose');
    expect(await users()).toMatchObject({ eve: { status: 'FORCE_CHANGE_PASSWORD' } });

    const set = ['user', 'set-password', 'eve', '--password-stdin'];
    await dynops.json(set, { stdin: 'second-secret\n' });
    expect(await users()).toMatchObject({ eve: { status: 'CONFIRMED', attributes: { email: 'eve@example.com' } } });
    const second = await refusal();
    expect(second).toMatchObject({ status: 1, error: taken });
    expect(second.error.message).not.toContain('yet to choose');
    const signIn = ['token', '--for', 'eve', '--password-stdin'];
    expect(await dynops.run(signIn, { stdin: 'second-secret\n' })).toMatchObject({ status: 0 });
    await dynops.json(['user', 'delete', 'eve', '--yes']);
  });

  it('token: an answer lost in the middle of the sign-in', async () => {
    const operation = 'awscognitoidentityproviderservice.RespondToAuthChallenge';
    const lost = { operation, nth: 0, kind: 'answer dropped after the call' } as const;
    expect(await faulted(['token', '--refresh'], lost)).toMatchObject({ status: 0, asked: 2 });
  });

  it('a step: part of it done is exit status 2, and the same command goes on', async () => {
    const drift = await dynops.run(['function', 'config', '--memory', '256']);
    expect(drift.status).toBe(0);
    await dynops.json(['authorizer', 'delete', '--yes']);
    const broken = { operation: 'apigateway.POST /restapis/{api}/authorizers', nth: 0, kind: 'killed after the call' };
    const { status } = await faulted(['authorizer', 'create'], broken as Fault);
    expect(status).toBe(2);
    await dynops.json(['authorizer', 'create']);
    await dynops.json(['api', 'deploy']);
    await expect(dynops.json(['status'])).resolves.toMatchObject({ inSync: true });
  });

  it('tune: a function that cannot be set back is said with what it is left at, and up sets it back', async () => {
    await dynops.json(['up']);
    // The first is the trial's, the second would set it back.
    const fault = { operation: 'lambda.PUT /2015-03-31/functions/LambdaFunctionOverHttps/configuration', nth: 1 };
    const { status, stderr } = await faulted(['tune', '--users', '1', '--duration', '1s', '--memory', '512'], {
      ...fault,
      kind: 'killed before the call',
    });
    expect(stderr).toMatch(/could not be set back to \d+ MB/);
    expect(stderr).toContain('dynops up');
    expect(status).toBe(2);
    await dynops.json(['up']);
    await expect(dynops.json(['status'])).resolves.toMatchObject({ inSync: true });
  });
});

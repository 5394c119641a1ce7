import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, clientConfig, type Installation, install, type Report, stackFolder } from './dynops.ts';

let dynops: Installation;
let first: Report;

beforeAll(async () => {
  dynops = await install();
  first = await dynops.json<Report>(['up']);
});

afterAll(() => dynops.remove());

describe('token', () => {
  it('prints an id token and nothing else', async () => {
    const { stdout, stderr } = await dynops.run(['token']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toBe('');
    const kept = await dynops.run(['token']);
    expect(kept.stdout).toBe(stdout);
    const renewed = await dynops.run(['token', '--refresh']);
    expect(renewed.stdout).not.toBe(stdout);
  });

  it('keeps its files to the user', async () => {
    const folder = join(stackFolder(dynops), 'tokens');
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  });

  it('says what is in it, and whether the API would take it', async () => {
    const id = await dynops.json<Record<string, unknown>>(['token', '--decode']);
    expect(id).toMatchObject({
      ok: true,
      accepted: true,
      claims: { token_use: 'id', aud: first.clientId, 'cognito:username': 'testuser' },
    });
    expect(id.expiry).toMatch(/^It expires in (?:1 h|\d+ min)/);
    const access = await dynops.json<Record<string, unknown>>(['token', '--access', '--decode']);
    expect(access).toMatchObject({ accepted: false, claims: { token_use: 'access' } });
    expect(access.verdict).toMatch(/access token/);
  });

  it('ends with 4 when the password is wrong or missing', async () => {
    const wrong = await dynops.run(['token', '--password-stdin', '--json'], { stdin: 'not it\n' });
    expect(wrong.status).toBe(4);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'NotAuthorizedException' } });
    const missing = await dynops.run(['token', '--for', 'nobody', '--json']);
    expect(missing.status).toBe(4);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'PasswordNeeded' } });
    await expect(call(dynops, 'ping')).resolves.toBe('pong');
  });

  it('signs in anew where a kept file is not as it was written', async () => {
    const folder = join(stackFolder(dynops), 'tokens');
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const endless = `${part({ alg: 'RS256' })}.${part({ token_use: 'id', exp: 1e20 })}.x`;
    const tokens = { idToken: endless, accessToken: 'x', refreshToken: null };
    for (const content of ['{}', '[]', 'null', '{"idToken":5}', '{', JSON.stringify(tokens)]) {
      for (const name of await readdir(folder)) await writeFile(join(folder, name), content);
      await expect(dynops.json(['token', '--decode'])).resolves.toMatchObject({ accepted: true });
    }
    for (const content of ['{}', '[]', 'null', '{"apiUrl":5,"userPoolId":1,"clientId":1,"username":1}']) {
      await writeFile(join(stackFolder(dynops), 'outputs.json'), content);
      await expect(call(dynops, 'ping')).resolves.toBe('pong');
    }
  });

  it('signs in by password where the client does not take refresh tokens', async () => {
    const client = new CognitoIdentityProviderClient(await clientConfig(dynops));
    await client.send(
      new UpdateUserPoolClientCommand({
        UserPoolId: first.userPoolId ?? '',
        ClientId: first.clientId ?? '',
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
      }),
    );
    await expect(dynops.run(['token', '--refresh'])).resolves.toMatchObject({ status: 0 });
    await dynops.json(['up']);
  });

  it('answers the new password that a first sign-in asks for', async () => {
    const client = new CognitoIdentityProviderClient(await clientConfig(dynops));
    const user = { UserPoolId: first.userPoolId ?? '', Username: 'ada' };
    await client.send(
      new AdminCreateUserCommand({ ...user, TemporaryPassword: 'temporary', MessageAction: 'SUPPRESS' }),
    );

    const unasked = await dynops.run(['token', '--for', 'ada', '--password-stdin', '--json'], { stdin: 'temporary\n' });
    expect(unasked.status).toBe(4);
    expect(JSON.parse(unasked.stdout)).toMatchObject({ error: { code: 'NewPasswordNeeded' } });

    const words = ['token', '--for', 'ada', '--decode', '--password-stdin', '--new-password-stdin'];
    const decoded = await dynops.json(words, { stdin: 'temporary\nher-own-words\n' });
    expect(decoded).toMatchObject({ accepted: true, claims: { 'cognito:username': 'ada' } });

    const env = { DYNOPS_PASSWORD: 'her-own-words' };
    await expect(dynops.run(['token', '--for', 'ADA', '--refresh'], { env })).resolves.toMatchObject({ status: 0 });
  });
});

import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrongCode } from '../local/cognito/inbox-reader.ts';
import { documentFaults } from './documented.ts';
import { clientConfig, type Installation, install } from './dynops.ts';

let dynops: Installation;
let cognito: CognitoIdentityProvider;
let ClientId: string | undefined;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['local', 'start']);
  cognito = new CognitoIdentityProvider(await clientConfig(dynops));
  const { UserPool } = await cognito.createUserPool({ PoolName: 'open', AutoVerifiedAttributes: ['email'] });
  const client = await cognito.createUserPoolClient({
    UserPoolId: UserPool?.Id,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
  });
  ClientId = client.UserPoolClient?.ClientId;
});
afterAll(() => dynops?.remove());

const signUp = (Username: string) =>
  cognito.signUp({
    ClientId,
    Username,
    Password: 'Second-2',
    UserAttributes: [{ Name: 'email', Value: `${Username}@example.com` }],
  });

interface Inbox {
  messages: { username: string; to: string; medium: string; code: string }[];
}

describe('local inbox', () => {
  it('tells the codes that nobody is sent, as text and as JSON', async () => {
    expect((await dynops.run(['local', 'inbox'])).stdout).toBe('No messages.\n');
    await signUp('ada');
    const { messages } = await dynops.json<Inbox>(['local', 'inbox']);
    const [message] = messages;
    expect(messages).toMatchObject([{ username: 'ada', to: 'ada@example.com', medium: 'EMAIL' }]);
    expect(documentFaults(['local', 'inbox'], JSON.stringify({ ok: true, messages }))).toEqual([]);
    await cognito.confirmSignUp({ ClientId, Username: 'ada', ConfirmationCode: message?.code });
    const { stdout } = await dynops.run(['local', 'inbox']);
    expect(stdout).toContain('e-mail to ada@example.com, user pool open');
    expect(stdout).toContain(`Your verification code is ${message?.code}`);
  });

  it('has each code of a forgotten password, of a new address and of one asked for again', async () => {
    const Username = 'edith';
    const newest = async () => {
      const { messages } = await dynops.json<Inbox>(['local', 'inbox']);
      const own = messages.filter(({ username }) => username === Username);
      return { count: own.length, ...own.at(-1) };
    };
    await signUp(Username);
    const first = await newest();
    await cognito.resendConfirmationCode({ ClientId, Username });
    const second = await newest();
    await cognito.confirmSignUp({ ClientId, Username, ConfirmationCode: second.code });
    await cognito.forgotPassword({ ClientId, Username });
    const third = await newest();
    expect([first.count, second.count, third.count]).toEqual([1, 2, 3]);
    const forgotten = { ClientId, Username, Password: 'Third-3333' };
    const refused = cognito.confirmForgotPassword({ ...forgotten, ConfirmationCode: wrongCode(third.code ?? '') });
    await expect(refused).rejects.toMatchObject({ name: 'CodeMismatchException' });
    await cognito.confirmForgotPassword({ ...forgotten, ConfirmationCode: third.code });
    const { AuthenticationResult } = await cognito.initiateAuth({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: Username, PASSWORD: 'Third-3333' },
    });
    await cognito.updateUserAttributes({
      AccessToken: AuthenticationResult?.AccessToken,
      UserAttributes: [{ Name: 'email', Value: 'clarke@example.com' }],
    });
    expect(await newest()).toMatchObject({ count: 4, to: 'clarke@example.com', medium: 'EMAIL' });
  });

  it('follows until it is stopped', async () => {
    let said = '';
    const { status } = await dynops.run(['local', 'inbox', '--follow'], {
      onSpawn: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (said === '') signUp('grace').catch(() => child.kill());
          said += String(chunk);
          if (!child.killed && said.includes('grace@example.com')) child.kill('SIGINT');
        });
      },
    });
    expect([status, said]).toEqual([130, expect.stringContaining('grace@example.com')]);
    const refused = await dynops.run(['local', 'inbox', '--follow', '--json']);
    expect(refused.status).toBe(64);
  });

  it('is for the owner alone, and no code is in the engine’s log or in the request log', async () => {
    const { endpoint } = await clientConfig(dynops);
    for (const headers of [{}, { authorization: 'Bearer x' }]) {
      const answer = await fetch(`${endpoint}/_dynops/inbox?after=0`, { headers });
      expect([answer.status, await answer.text()]).toEqual([403, '{"message":"this is for the engine’s owner"}']);
    }
    const { messages } = await dynops.json<Inbox>(['local', 'inbox']);
    const codes = messages.map(({ code }) => code);
    const requests = (await dynops.run(['local', 'requests', '--bodies'])).stdout;
    const log = (await dynops.run(['local', 'logs'])).stdout;
    expect([requests, log]).toEqual([expect.stringContaining('ConfirmSignUp'), expect.stringContaining('listening')]);
    expect(codes.filter((code) => new RegExp(`\\b${code}\\b`).test(`${requests}${log}`))).toEqual([]);
  });

  it('has what came before the engine was stopped', async () => {
    const before = await dynops.json<Inbox>(['local', 'inbox']);
    await dynops.run(['local', 'stop']);
    await expect(dynops.json(['local', 'inbox'])).resolves.toEqual(before);
    expect(before.messages).not.toEqual([]);
  });
});

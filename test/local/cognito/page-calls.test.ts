import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, type PoolFixture, signIn, startPool } from './pool-fixture.ts';

const origin = 'http://localhost:5173';
let fixture: PoolFixture;
/** Of another pool, whose pages are elsewhere. */
let elsewhere: string;

beforeAll(async () => {
  const web = (CallbackURLs: string[]) => ({
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code' as const],
    AllowedOAuthScopes: ['openid'],
    CallbackURLs,
  });
  fixture = await startPool({ client: web([`${origin}/callback`, 'com.example.app://back']) });
  const { poolId: UserPoolId } = await addPool(fixture.cognito);
  const client = { UserPoolId, ClientName: 'b', ...web(['http://localhost:9999/']) };
  elsewhere = (await fixture.cognito.createUserPoolClient(client)).UserPoolClient?.ClientId ?? '';
});
afterAll(() => fixture?.engine.stop());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function send(options: {
  method?: string;
  path?: string;
  headers: Record<string, string>;
  body?: string;
}): Promise<Answer> {
  const { method = 'POST', path = '/', headers, body = '' } = options;
  const { port } = new URL(fixture.engine.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      text(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const call = (operation: string, input: object, headers: Record<string, string> = {}) =>
  send({
    headers: {
      origin,
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      ...headers,
    },
    body: JSON.stringify(input),
  });

const wrongPassword = (ClientId: string) => ({
  ClientId,
  AuthFlow: 'USER_PASSWORD_AUTH',
  AuthParameters: { USERNAME: 'testuser', PASSWORD: 'wrong-1' },
});

const preflight = (from: string, method = 'POST', path = '/') =>
  send({
    method: 'OPTIONS',
    path,
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'cache-control,content-type,x-amz-target,x-amz-user-agent',
    },
  });

describe('a page of a registered origin', () => {
  it('is let in by its preflight, and reads answers and errors', async () => {
    const { status, headers } = await preflight(origin);
    expect([status, headers['access-control-allow-origin'], headers['access-control-allow-methods']]).toEqual([
      204,
      origin,
      'POST',
    ]);
    const allowed = String(headers['access-control-allow-headers']).split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining(['x-amz-target', 'x-amz-user-agent', 'amz-sdk-request', 'content-type', 'cache-control']),
    );
    expect(allowed).not.toContain('authorization');
    const answer = await call('InitiateAuth', wrongPassword(fixture.clientId));
    expect(answer).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': origin, vary: 'origin' } });
    expect(JSON.parse(answer.body)).toMatchObject({ __type: 'NotAuthorizedException' });
    const { accessToken: AccessToken } = await signIn(fixture);
    const user = await call('GetUser', { AccessToken });
    expect([user.status, JSON.parse(user.body).Username]).toEqual([200, 'testuser']);
  });
});

describe('the origins of a pool', () => {
  const settings = (CallbackURLs: string[], more: object = {}) => ({
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code' as const],
    AllowedOAuthScopes: ['openid'],
    CallbackURLs,
    ...more,
  });
  const makeClient = async (CallbackURLs: string[], more: object = {}) => {
    const client = { UserPoolId: fixture.poolId, ClientName: 'more', ...settings(CallbackURLs, more) };
    return (await fixture.cognito.createUserPoolClient(client)).UserPoolClient?.ClientId ?? '';
  };
  const allowed = async (from: string) => {
    const { status, headers } = await preflight(from);
    return [status, headers['access-control-allow-origin']];
  };

  it.each([
    ['https://app.example.org:8443/deep/er?x=1', 'https://app.example.org:8443'],
    ['https://shop.example.org:443/', 'https://shop.example.org'],
    ['https://Mixed.Example.org/Back', 'https://mixed.example.org'],
    ['http://127.0.0.1:4000/x', 'http://127.0.0.1:4000'],
    ['http://[::1]:4100/', 'http://[::1]:4100'],
  ])('have that of the callback %s: %s', async (url, expected) => {
    expect(await allowed(expected)).toEqual([403, undefined]);
    const ClientId = await makeClient([url]);
    expect(await allowed(expected)).toEqual([204, expected]);
    const answer = await call('InitiateAuth', wrongPassword(ClientId), { origin: expected });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([400, expected]);
  });

  it('are those of each of its clients, for each of them', async () => {
    await makeClient(['http://localhost:6001/a', 'http://localhost:6002/b']);
    for (const from of ['http://localhost:6001', 'http://localhost:6002']) {
      const answer = await call('InitiateAuth', wrongPassword(fixture.clientId), { origin: from });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([400, from]);
    }
    const { accessToken: AccessToken } = await signIn(fixture);
    expect((await call('GetUser', { AccessToken }, { origin: 'http://localhost:6002' })).status).toBe(200);
  });

  it('change with the callbacks, and go with the client', async () => {
    const ClientId = await makeClient(['http://localhost:6003/']);
    const client = { UserPoolId: fixture.poolId, ClientId };
    await fixture.cognito.updateUserPoolClient({ ...client, ...settings(['http://localhost:6004/']) });
    expect([await allowed('http://localhost:6003'), await allowed('http://localhost:6004')]).toEqual([
      [403, undefined],
      [204, 'http://localhost:6004'],
    ]);
    await fixture.cognito.deleteUserPoolClient(client);
    expect(await allowed('http://localhost:6004')).toEqual([403, undefined]);
  });

  it('are not those of its sign-out, nor of the schemes of applications', async () => {
    await makeClient(['com.example.other://back'], { LogoutURLs: ['http://localhost:6005/bye'] });
    for (const from of ['http://localhost:6005', 'com.example.other://back']) {
      expect(await allowed(from)).toEqual([403, undefined]);
    }
  });

  it('may sign up and ask for codes', async () => {
    const Username = 'from-a-page';
    const name = { ClientId: fixture.clientId, Username };
    const signedUp = await call('SignUp', { ...name, Password: 'second-2' });
    expect([signedUp.status, signedUp.headers['access-control-allow-origin']]).toEqual([200, origin]);
    const confirmed = await call('ConfirmSignUp', { ...name, ConfirmationCode: '000000' });
    expect([confirmed.status, confirmed.headers['access-control-allow-origin']]).toEqual([400, origin]);
    const forgotten = await call('ForgotPassword', { ...name, Username: 'nobody' });
    expect([forgotten.status, forgotten.headers['access-control-allow-origin']]).toEqual([400, origin]);
  });
});

describe('nobody else', () => {
  const signedOut = { status: 403 };

  it.each([
    ['an origin that no client has registered', () => preflight('https://evil.example')],
    ['the origin with another port', () => preflight('http://localhost:5174')],
    ['the origin with another scheme', () => preflight('https://localhost:5173')],
    ['no origin at all, as of a sandboxed frame', () => preflight('null')],
    ['another method', () => preflight(origin, 'PUT')],
    ['another path', () => preflight(origin, 'POST', '/2015-03-31/functions')],
    ['a page of another pool’s origin', () => call('InitiateAuth', wrongPassword(elsewhere))],
    ['a client that does not exist', () => call('InitiateAuth', wrongPassword('nobody'))],
    [
      'an unlisted origin',
      () => call('InitiateAuth', wrongPassword(fixture.clientId), { origin: 'http://localhost:1' }),
    ],
    ['a null origin', () => call('InitiateAuth', wrongPassword(fixture.clientId), { origin: 'null' })],
    ['a rebound name', () => call('InitiateAuth', wrongPassword(fixture.clientId), { host: 'evil.example' })],
    ['a body that names nobody', () => call('GetUser', {})],
    ['a body that is no object', () => send({ headers: headersOf('GetUser'), body: '[]' })],
    ['a body that is no JSON', () => send({ headers: headersOf('GetUser'), body: 'ClientId' })],
    ['a long body', () => call('SignUp', { ClientId: fixture.clientId, Username: 'x'.repeat(70_000) })],
    [
      'another service',
      () => send({ headers: { origin, 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' }),
    ],
    [
      'the inbox',
      () => send({ method: 'GET', path: '/_dynops/inbox', headers: { origin, 'sec-fetch-site': 'cross-site' } }),
    ],
  ])('is let in: %s', async (_who, ask) => {
    const { status, headers } = await ask();
    expect({ status }).toEqual(signedOut);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  const headersOf = (operation: string) => ({
    origin,
    'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
  });

  it('gets an operation that needs a signature, signed or not', async () => {
    const unsigned = await call('ListUsers', { UserPoolId: fixture.poolId, ClientId: fixture.clientId });
    expect(unsigned.status).toBeGreaterThanOrEqual(400);
    expect(unsigned.body).not.toContain('testuser');
    const signed = await call('ListUsers', { ClientId: fixture.clientId }, { authorization: 'AWS4-HMAC-SHA256 x' });
    expect(signed.status).toBe(403);
  });

  it('reaches a pool by a token beside a client of its own', async () => {
    const { accessToken: AccessToken } = await signIn(fixture);
    const both = await call('GetUser', { AccessToken, ClientId: elsewhere }, { origin: 'http://localhost:9999' });
    expect(both.status).toBe(403);
  });
});

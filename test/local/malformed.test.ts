import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, clientConfig, type Installation, install, type Report } from '../cli/dynops.ts';
import type { ClientConfig } from '../faults/account.ts';
import type { WireRequest } from './malformed/mutate.ts';
import { type PlainTarget, plainRequests, rawRequests } from './malformed/plain.ts';
import { newTally, noting, type Tally } from './malformed/send.ts';
import { serviceRequests } from './malformed/services.ts';
import { seeded } from './malformed/values.ts';

/** The same requests each time; MALFORMED_SEED makes others. */
const seed = Number(process.env.MALFORMED_SEED ?? 20_261_123);
/** Sent in rounds of the same mix, so that the engine's memory after one can be held against another's. */
const rounds = 4;
const perRound = 2_600;
const perOperation = 6;

let dynops: Installation;
let config: ClientConfig;
let own: Report;
/** What signed requests may change; the API and the sign-in pages that are asked are those of the other one. */
let victim: Report;
let token: string;

beforeAll(async () => {
  dynops = await install();
  own = await dynops.json<Report>(['up']);
  victim = await dynops.json<Report>(['up', '--stack', 'victim']);
  config = await clientConfig(dynops);
  token = (await dynops.run(['token'])).stdout.trim();
});

afterAll(() => dynops.remove());

const enginePid = async () => (await dynops.json<{ pid: number }>(['local', 'status'])).pid;

/** Resident memory of the engine itself in MB; undefined where there is no /proc. */
async function memoryMb(pid: number): Promise<number | undefined> {
  const status = await readFile(join('/proc', String(pid), 'status'), 'utf8').catch(() => '');
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function plainTargets(): PlainTarget[] {
  const api = new URL(own.apiUrl ?? '');
  const pages = new URL(own.domainUrl ?? '');
  const endpoint = new URL(config.endpoint);
  const at = (url: URL, path: string, more: Partial<WireRequest>): PlainTarget => ({
    url,
    request: { method: 'POST', path, query: {}, headers: {}, body: undefined, ...more },
  });
  const json = { 'content-type': 'application/json' };
  const authorized = { ...json, authorization: token };
  const table = 'lambda-apigateway';
  const body = (operation: string, payload: unknown) => JSON.stringify({ operation, tableName: table, payload });
  const calls = [
    body('create', { Item: { id: '1', number: 5, map: { a: [1, null] } } }),
    body('read', { Key: { id: '1' } }),
    body('update', {
      Key: { id: '1' },
      UpdateExpression: 'SET #n = :v',
      ExpressionAttributeNames: { '#n': 'number' },
      ExpressionAttributeValues: { ':v': 10 },
    }),
    body('list', { FilterExpression: 'number > :v', ExpressionAttributeValues: { ':v': 1 }, Limit: 2 }),
    body('delete', { Key: { id: '1' } }),
    body('echo', { a: 'b' }),
  ];
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const client = { client_id: own.clientId ?? '', redirect_uri: 'https://example.com' };
  const authorize = { ...client, response_type: 'code', scope: 'openid', state: 's', code_challenge_method: 'S256' };
  const exchange = new URLSearchParams({ ...client, grant_type: 'authorization_code', code: 'c' }).toString();
  const signIn = new URLSearchParams({ username: 'testuser', password: 'secret', csrf: 'x' }).toString();
  const target = (name: string) => ({
    'x-amz-target': `AWSCognitoIdentityProviderService.${name}`,
    'content-type': 'application/x-amz-json-1.1',
  });
  const who = { ClientId: own.clientId };
  const initiate = { ...who, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'testuser', PASSWORD: 'x' } };
  const respond = {
    ...who,
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: 's',
    ChallengeResponses: { USERNAME: 'a' },
  };
  return [
    ...calls.map((sent) => at(api, api.pathname, { headers: authorized, body: sent })),
    at(api, api.pathname, { headers: json, body: calls[0] }),
    at(pages, `${pages.pathname}/oauth2/authorize`, { method: 'GET', query: authorize }),
    at(pages, `${pages.pathname}/login`, { method: 'GET', query: authorize }),
    at(pages, `${pages.pathname}/login`, { headers: form, query: authorize, body: signIn }),
    at(pages, `${pages.pathname}/oauth2/token`, { headers: form, body: exchange }),
    at(pages, `${pages.pathname}/oauth2/userInfo`, { method: 'GET', headers: { authorization: `Bearer ${token}` } }),
    at(pages, `${pages.pathname}/logout`, { method: 'GET', query: { ...client, logout_uri: 'https://example.com' } }),
    at(endpoint, '/', { headers: target('InitiateAuth'), body: JSON.stringify(initiate) }),
    at(endpoint, '/', { headers: target('RespondToAuthChallenge'), body: JSON.stringify(respond) }),
    at(endpoint, '/', { headers: target('GetUser'), body: JSON.stringify({ AccessToken: token }) }),
    at(endpoint, `/${own.userPoolId}/.well-known/jwks.json`, { method: 'GET' }),
  ];
}

/** Names of what stands in the victim, for the members that may hold them. */
function existing(): Record<string, string> {
  const idOf = (type: string) => victim.resources.find((one) => one.type === type)?.id ?? '';
  return {
    tablename: 'victim-lambda-apigateway',
    functionname: 'victim-LambdaFunctionOverHttps',
    rolename: 'victim-lambda-apigateway-role',
    policyname: 'lambda-apigateway-policy',
    userpoolid: victim.userPoolId ?? '',
    clientid: victim.clientId ?? '',
    username: 'testuser',
    loggroupname: '/aws/lambda/victim-LambdaFunctionOverHttps',
    restapiid: idOf('api').split('/').at(-1) ?? '',
    stagename: 'prod',
    httpmethod: 'POST',
    authorizerid: idOf('authorizer'),
    resourceid: idOf('method').split('/')[0] ?? '',
    role: idOf('role'),
    resourcearn: idOf('table'),
    domain: idOf('domain'),
  };
}

async function sendAll(requests: (() => Promise<void>)[], atOnce: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let send = requests[next++]; send; send = requests[next++]) await send();
    }),
  );
}

async function round(number: number, tally: Tally): Promise<void> {
  const random = seeded(seed + number);
  const send = noting(tally);
  const services = await serviceRequests({ config, existing: existing(), perOperation, random, send });
  const left = perRound - services.requests.length;
  const plain = plainRequests({ targets: plainTargets(), count: Math.ceil(left * 0.75), random, send });
  const url = new URL(config.endpoint);
  const paths = ['/', new URL(own.apiUrl ?? '').pathname, `${new URL(own.domainUrl ?? '').pathname}/login`];
  const raw = rawRequests({ url, paths, count: Math.floor(left * 0.25), random, tally });
  const requests = [...services.requests, ...plain.requests, ...raw];
  // In any order, so that all parts are met at once.
  for (let at = requests.length - 1; at > 0; at -= 1) {
    const other = random(at + 1);
    [requests[at], requests[other]] = [
      requests[other] ?? (() => Promise.resolve()),
      requests[at] ?? (() => Promise.resolve()),
    ];
  }
  await sendAll(requests, 16);
  services.close();
  plain.close();
}

it('ten thousand malformed requests: no crash, no hang, no failure of the engine, no growth', async () => {
  const tally = newTally();
  const pid = await enginePid();
  const memory: (number | undefined)[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    // What was deleted or changed by luck is there again.
    victim = await dynops.json<Report>([
      'up',
      '--stack',
      'victim',
      '--adopt',
      '--replace',
      'table',
      '--replace',
      'pool',
    ]);
    await round(number, tally);
    memory.push(await memoryMb(pid));
  }
  const answered = [...tally.answered.values()].reduce((sum, count) => sum + count, 0);
  const statuses = [...tally.answered].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  process.stderr.write(
    `malformed requests, seed ${seed}: ${answered} answered (${statuses.join(', ')}), ${tally.closed} closed, ` +
      `${tally.unsendable} unsendable; engine after each round: ${memory.map((mb) => `${mb?.toFixed(0)} MB`).join(', ')}\n`,
  );
  expect(tally.faults).toEqual([]);
  expect(answered + tally.closed).toBeGreaterThanOrEqual(10_000);
  // Most must get past the front door, or nothing behind it was tried.
  expect(answered - (tally.answered.get(403) ?? 0)).toBeGreaterThan(answered / 2);
  expect(await enginePid()).toBe(pid);
  const [, second = 0, , last = 0] = memory;
  expect(last).toBeLessThan(second * 1.25 + 30);
  await expect(call(dynops, 'ping')).resolves.toBe('pong');
  const status = await dynops.json<Report & { inSync: boolean }>(['status']);
  expect(status).toMatchObject({ inSync: true, apiUrl: own.apiUrl });
}, 300_000);

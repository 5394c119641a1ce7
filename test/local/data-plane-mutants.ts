import fc from 'fast-check';
import { type Mutant, mutate, pick, type Random, randomFrom, seeds } from './mutants.ts';

/** Requests to deployed APIs and hosted pages, and bytes that are no request at all. */

/** Requests to a deployed API's method, with its valid token and with all sorts of others. */
export function gatewayMutants(options: {
  seed: number;
  count: number;
  url: string;
  idToken: string;
  tableName: string;
}): Mutant[] {
  const { seed, count, url, idToken, tableName } = options;
  const { pathname } = new URL(url);
  const [header = '', payload = '', signature = ''] = idToken.split('.');
  const authorizations = [
    '',
    'Bearer',
    'x'.repeat(9_000),
    `${header}.${payload}.`,
    `${header}..${signature}`,
    `${header}.${payload}.${signature}.${signature}.x`,
    `eyJhbGciOiJub25lIn0.${payload}.`,
    `${Buffer.from('{"alg":"RS256","kid":{}}').toString('base64url')}.${payload}.${signature}`,
    `${Buffer.from('[]').toString('base64url')}.${Buffer.from('null').toString('base64url')}.${signature}`,
    `${header}.${Buffer.from(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`).toString('base64url')}.${signature}`,
    `\u00ff${idToken}`,
    'AWS4-HMAC-SHA256 Credential=',
  ];
  const events = [
    { operation: 'ping' },
    { operation: 'echo', payload: { a: [1, { b: null }] } },
    { operation: 'create', tableName, payload: { Item: { id: 'malformed', number: 1, deep: { toString: [1] } } } },
    { operation: 'read', tableName, payload: { Key: { id: 'malformed' } } },
    {
      operation: 'update',
      tableName,
      payload: {
        Key: { id: 'malformed' },
        UpdateExpression: 'SET #n = :v',
        ConditionExpression: 'attribute_exists(id) AND deep <> :v',
        ExpressionAttributeNames: { '#n': 'deep' },
        ExpressionAttributeValues: { ':v': { constructor: 1 } },
      },
    },
    { operation: 'delete', tableName, payload: { Key: { id: 'malformed' } } },
    { operation: 'list', tableName, payload: { Limit: 2 } },
  ];
  return fc.sample(seeds, { seed, numRuns: count }).map((own) => {
    const random = randomFrom(own);
    const authorization = random() < 0.7 ? idToken : pick(random, authorizations);
    const event = pick(random, events);
    const mutant = mutate(
      {
        about: `gateway ${event.operation}`,
        method: 'POST',
        path: pathname,
        query: random() < 0.1 ? 'a=1&a=2' : '',
        headers: { 'content-type': 'application/json', authorization },
        body: Buffer.from(JSON.stringify(event)),
        service: undefined,
      },
      random,
    );
    if (random() < 0.03) delete mutant.headers.authorization;
    return mutant;
  });
}

/** The query with which a client sends a browser to the sign-in page. */
export function signInQuery(clientId: string): string {
  return new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: 'http://localhost:42841/callback',
    scope: 'openid',
    state: 'state',
    code_challenge_method: 'S256',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  }).toString();
}

/** Requests to the hosted pages and the token endpoint. */
export function hostedMutants(options: {
  seed: number;
  count: number;
  domainUrl: string;
  clientId: string;
  accessToken: string;
  /** Of a sign-in page that was shown, so that what it guards is reached too. */
  page: { cookie: string; fields: Record<string, string> };
}): Mutant[] {
  const { seed, count, domainUrl, clientId, accessToken, page } = options;
  const { pathname } = new URL(domainUrl);
  const base = pathname.replace(/\/$/, '');
  const asked = signInQuery(clientId);
  const login = new URLSearchParams({ ...page.fields, username: 'someone', password: 'wrong-1' }).toString();
  const forms: Record<string, string> = {
    code: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: 'x',
      redirect_uri: 'http://localhost:42841/callback',
      code_verifier: 'x'.repeat(43),
    }).toString(),
    refresh: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: 'x.y.z',
    }).toString(),
    client: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: 'x',
      scope: 'a/b',
    }).toString(),
  };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const cookies = [
    '',
    '=',
    'cognito=x',
    'XSRF-TOKEN=%zz; cognito=%00',
    `cognito=${'x'.repeat(5_000)}`,
    '__proto__=1',
    ';;;',
  ];
  const starts: Pick<Mutant, 'method' | 'path' | 'query' | 'headers' | 'body'>[] = [
    ...['/login', '/oauth2/authorize', '/logout', '/new-password', '/.well-known/openid-configuration'].map((path) => ({
      method: 'GET',
      path,
      query: asked,
      headers: {},
      body: Buffer.alloc(0),
    })),
    ...[form, { ...form, cookie: page.cookie }, { ...form, cookie: page.cookie }].map((headers) => ({
      method: 'POST',
      path: '/login',
      query: asked,
      headers,
      body: Buffer.from(login),
    })),
    ...Object.values(forms).map((body) => ({
      method: 'POST',
      path: '/oauth2/token',
      query: '',
      headers: form,
      body: Buffer.from(body),
    })),
    {
      method: 'POST',
      path: '/oauth2/revoke',
      query: '',
      headers: form,
      body: Buffer.from(`token=x&client_id=${clientId}`),
    },
    {
      method: 'GET',
      path: '/oauth2/userInfo',
      query: '',
      headers: { authorization: `Bearer ${accessToken}` },
      body: Buffer.alloc(0),
    },
  ];
  return fc.sample(seeds, { seed, numRuns: count }).map((own) => {
    const random = randomFrom(own);
    const start = pick(random, starts);
    const extra = {
      ...(random() < 0.2 && { cookie: pick(random, cookies) }),
      ...(random() < 0.1 && {
        authorization: pick(random, [
          'Basic',
          'Basic %%%',
          `Basic ${Buffer.from('\0:\xff').toString('base64')}`,
          'Bearer x',
          'Bearer ..',
        ]),
      }),
    };
    return mutate(
      {
        ...start,
        path: base + start.path,
        headers: { ...start.headers, ...extra },
        about: `hosted ${start.path}`,
        service: undefined,
      },
      random,
    );
  });
}

/** Bytes that are no proper request, and how long their sender waits for an answer. */
export interface RawMutant {
  bytes: Buffer;
  givesUpAfterMs: number;
}

export function rawMutants(options: { seed: number; count: number; path: string }): RawMutant[] {
  const { seed, count, path } = options;
  const head = (more: string[], line = `POST ${path} HTTP/1.1`) =>
    `${[line, 'Host: localhost', ...more].join('\r\n')}\r\n\r\n`;
  const makers: ((random: Random) => string)[] = [
    () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    (random) =>
      `${pick(random, ['GET', 'get', 'G\0T', '', 'POST POST'])} ${pick(random, ['/', '', '/\0', '*', 'http://evil/', '//', '/ /'])} ${pick(random, ['HTTP/1.1', 'HTTP/9.9', 'HTTP/1.0', 'x', ''])}\r\n\r\n`,
    (random) =>
      head([`Content-Length: ${pick(random, ['-1', 'x', '1e3', '99999999999999999999', '5, 6', '+5', '0x5', ''])}`]),
    () => head(['Content-Length: 5', 'Content-Length: 6']),
    () => head(['Content-Length: 5', 'Transfer-Encoding: chunked']),
    (random) =>
      head(['Transfer-Encoding: chunked']) +
      pick(random, [
        'zz\r\n',
        '-1\r\n',
        'fffffffffffffffff\r\n',
        '5\r\nab\r\n0\r\n\r\n',
        '1\r\naX0\r\n',
        '0\r\nbad trailer\r\n\r\n',
      ]),
    (random) =>
      head([`Transfer-Encoding: ${pick(random, ['identity', 'gzip', 'chunked, chunked', 'xchunked', 'chunked\tx'])}`]),
    () => `${head(['Content-Length: 1000'])}{"half":`,
    () => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n`,
    () => `GET ${path} HTTP/1.1\r\n\r\n`,
    () => `GET ${path} HTTP/1.0\r\n\r\n`,
    (random) => `GET /${'a'.repeat(Math.floor(random() * 90_000))} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    (random) => head(Array.from({ length: Math.floor(random() * 3_000) }, (_, index) => `X-${index}: ${index}`)),
    (random) => head([pick(random, ['NoColon', ' : x', 'X\0: y', 'X: \x01\x02', 'X: a\r b', ' folded: x', ': x'])]),
    () => head(['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x']),
    () => `${head(['Expect: 200-unheard', 'Content-Length: 2'])}{}`,
    () => `CONNECT evil:443 HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    () => `GET ${path} HTTP/1.1\r\nHost: ${pick(() => 0.5, ['evil', '[::1', 'localhost:99999'])}\r\n\r\n`,
  ];
  return fc.sample(seeds, { seed, numRuns: count }).map((own) => {
    const random = randomFrom(own);
    return { bytes: Buffer.from(pick(random, makers)(random), 'latin1'), givesUpAfterMs: pick(random, [0, 5, 300]) };
  });
}

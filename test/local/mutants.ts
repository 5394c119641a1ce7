import fc from 'fast-check';
import { zipSync } from 'fflate';
import type { Service } from '../../src/local/service.ts';
import type { Catalog } from '../../src/local/wire/catalog.ts';
import { arbitraryOf } from './wire/arbitrary.ts';

/** Generators of requests that are wrong in some way; everything follows from fast-check's seed. */

/** One request, ready but for its signature. */
export interface Mutant {
  /** What it was before it went wrong. */
  about: string;
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Signed for this service; undefined: sent as it is. */
  service: string | undefined;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
type Random = () => number;

function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

/** A member's value written into JSON text as it stands: what `JSON.stringify` would not write. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const nested = (depth: number) => new Raw('['.repeat(depth) + ']'.repeat(depth));
const evilNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', ''];
const evilTexts = [
  '',
  ' ',
  '\0',
  '\u0001\u001f\u007f',
  '\r\nx-injected: 1',
  '\u202e',
  '\ud800',
  '../../../../etc/passwd',
  '%2e%2e%2f',
  "';--<script>",
  'x'.repeat(300),
  'x'.repeat(20_000),
  '(a+)+$',
  '('.repeat(10_000),
  '['.repeat(10_000),
  '{"a":'.repeat(5_000),
  '!'.repeat(5_000),
  '-1',
  '1e999',
  'null',
  'arn:aws:iam::',
  'arn:aws:lambda:us-east-1:000000000000:function:',
  '{"a":',
  '2020-13-45T99:99:99Z',
  ...evilNames,
];

function wrongValue(random: Random): unknown {
  return pick<() => unknown>(random, [
    () => null,
    () => true,
    () => 0,
    () => -1,
    () => 1.5,
    () => Number.MAX_SAFE_INTEGER * 2,
    () => new Raw('1e400'),
    () => new Raw(`-${'9'.repeat(400)}`),
    () => [],
    () => ({}),
    () => [null],
    () => [[[]]],
    () => ({ [pick(random, evilNames)]: { a: 1 } }),
    () => new Raw('{"__proto__":{"polluted":true}}'),
    () => nested(60),
    () => nested(5_000),
    () => Array.from({ length: 500 }, (_, index) => index),
    ...Array.from({ length: 8 }, () => () => pick(random, evilTexts)),
  ])();
}

function writeText(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${writeText(member)}`)
    .join(',')}}`;
}

/** Every object and list in a document, so that one of them can be chosen. */
function containers(value: unknown, found: object[] = []): object[] {
  if (typeof value !== 'object' || value === null || value instanceof Raw) return found;
  found.push(value);
  for (const member of Object.values(value)) containers(member, found);
  return found;
}

/** Changes the document somewhere, at any depth. */
function changeDocument(document: unknown, random: Random): unknown {
  const places = containers(document);
  if (places.length === 0 || random() < 0.05) return wrongValue(random);
  const place = pick(random, places);
  const how = random();
  if (Array.isArray(place)) {
    const at = Math.floor(random() * (place.length + 1));
    if (how < 0.7) place[at] = wrongValue(random);
    else place.splice(at, 1);
    return document;
  }
  const names = Object.keys(place);
  const name = names.length > 0 && how < 0.8 ? pick(random, names) : pick(random, [...evilNames, 'Unheard', 'Tags']);
  if (how > 0.55 && how < 0.8) Reflect.deleteProperty(place, name);
  // Not by assignment, which would set the prototype.
  else {
    const value = wrongValue(random);
    Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return document;
}

/** Changes text without regard to what it means. */
function breakBytes(body: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * (body.length + 1));
  const insert = (bytes: Buffer) => Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]);
  return pick<() => Buffer>(random, [
    () => body.subarray(0, at),
    () => Buffer.concat([body.subarray(0, at), body.subarray(at + 1)]),
    () => insert(Buffer.from([0xff, 0xfe, 0xc0, 0x80])),
    () => insert(Buffer.from([0])),
    () => insert(Buffer.from(pick(random, ['"', '{', ']', '\\u12', '\\', '&', '=', '%', '%zz', ',', '//']))),
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
    () => Buffer.concat([body, body]),
    () =>
      Buffer.from(pick(random, ['', '[]', 'null', '"x"', '0', 'NaN', '<xml/>', '{"a":1,"a":2}', '{', '=&=&=', '&'])),
    () => Buffer.from('['.repeat(20_000)),
    () => Buffer.from(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`),
    () => Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256))),
  ])();
}

/** Changes the body by what it is: a JSON document, a form, or bytes. */
function changeBody(mutant: Mutant, random: Random): Mutant {
  const { headers, body } = mutant;
  const type = headers['content-type'] ?? '';
  if (random() < 0.2) return { ...mutant, body: breakBytes(body, random) };
  if (type.includes('json') && body.length > 0) {
    const document = changeDocument(JSON.parse(body.toString()), random);
    return { ...mutant, body: Buffer.from(writeText(document)) };
  }
  if (type.includes('form')) return { ...mutant, body: Buffer.from(changePairs(body.toString(), random)) };
  return { ...mutant, body: breakBytes(body, random) };
}

const wrongPair = (random: Random) =>
  pick(random, ['=', '%', 'a=%zz', '&&', 'a=%00', '%ff=%c0', '+=+', `x=${'x'.repeat(5_000)}`, '__proto__=1', 'a=b=c']);

/** A query string or a form, with a pair changed, gone, doubled, renumbered or added. */
function changePairs(text: string, random: Random): string {
  const pairs = text.split('&').filter(Boolean);
  const at = Math.floor(random() * pairs.length);
  const [name = 'a'] = (pairs[at] ?? '').split('=');
  const value = encodeURIComponent(pick(random, evilTexts).replace(/\p{Surrogate}/gu, ''));
  const changes: (() => void)[] = [
    () => pairs.splice(at, 1, `${name}=${value}`),
    () => pairs.splice(at, 1),
    () => pairs.push(`${name}=${value}`),
    () => pairs.push(wrongPair(random)),
    () =>
      pairs.push(
        `${name}.${pick(random, ['member', 'entry'])}.${pick(random, ['0', '-1', '999999999', 'x'])}=${value}`,
      ),
    () => pairs.splice(at, 1, name),
    () => pairs.splice(at, 1, (pairs[at] ?? '').replace(/\.1(?=\.|=)/, pick(random, ['.0', '.01', '.', '.1.1']))),
  ];
  pick(random, changes)();
  return pairs.join('&');
}

const wrongSegments = [
  '..',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%ed%a0%80',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(2_000),
  '~',
  '*',
  '%E2%80%AE',
  '{id}',
  ';',
  'arn:aws:lambda:us-east-1:000000000000:function:x',
];

function changePath(path: string, random: Random): string {
  const segments = path.split('/').slice(1);
  const at = Math.floor(random() * segments.length);
  const how = random();
  if (how < 0.7) segments.splice(at, 1, pick(random, wrongSegments));
  else if (how < 0.85) segments.splice(at, 1);
  else segments.splice(at, 0, pick(random, ['', '.', ...wrongSegments]));
  return `/${segments.join('/')}`;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];
const contentTypes = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  '__proto__',
  'constructor',
  '/',
  ';',
  '',
];
const targets = [
  '',
  '.',
  'DynamoDB_20120810',
  'DynamoDB_20120810.',
  'DynamoDB_20120810.constructor',
  'DynamoDB_20120810.__proto__',
  'Logs_20140328.toString',
  'AWSCognitoIdentityProviderService.hasOwnProperty',
  'AWSCognitoIdentityProviderService.SignUp',
  'constructor.x',
  '__proto__.GetItem',
  'Unheard_1.Of',
];

function changeHeaders(mutant: Mutant, random: Random): Mutant {
  const headers = { ...mutant.headers };
  pick<() => void>(random, [
    () => Object.assign(headers, { 'content-type': pick(random, contentTypes) }),
    () => delete headers['content-type'],
    () => Object.assign(headers, { 'x-amz-target': pick(random, targets) }),
    () => delete headers['x-amz-target'],
    () => Object.assign(headers, { 'x-amzn-trace-id': pick(random, ['Root=', 'Root=1-0-0;Sampled=9', ';;;', '=']) }),
    () => Object.assign(headers, { 'accept-encoding': 'gzip, br', 'content-encoding': 'gzip' }),
    () => Object.assign(headers, { 'x-long': 'x'.repeat(Math.floor(random() * 12_000)) }),
    () => Object.assign(headers, { expect: '100-continue' }),
    () => Object.assign(headers, { [pick(random, evilNames.filter(Boolean))]: 'x' }),
    () => Object.assign(headers, { 'x-amz-invocation-type': pick(random, ['', 'Event', 'constructor']) }),
    () => Object.assign(headers, { 'x-amz-log-type': 'Tail', 'x-amz-client-context': '%%%' }),
  ])();
  return { ...mutant, headers };
}

/** Makes one request wrong in one to three ways. */
function mutate(mutant: Mutant, random: Random): Mutant {
  let changed = mutant;
  const times = 1 + Math.floor(random() * random() * 3);
  for (let time = 0; time < times; time += 1) {
    const how = random();
    if (how < (changed.body.length > 0 ? 0.65 : 0.1)) changed = changeJsonOrBytes(changed, random);
    else if (how < 0.75) changed = { ...changed, path: changePath(changed.path, random) };
    else if (how < 0.85) changed = { ...changed, query: changePairs(changed.query, random) };
    else if (how < 0.95) changed = changeHeaders(changed, random);
    else changed = { ...changed, method: pick(random, methods) };
  }
  return changed;
}

/** A body that an earlier change broke, or nested too deep to walk, is changed on as bytes. */
function changeJsonOrBytes(mutant: Mutant, random: Random): Mutant {
  try {
    return changeBody(mutant, random);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return { ...mutant, body: breakBytes(mutant.body, random) };
  }
}

/** In another order, by the seed. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = randomFrom(seed);
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

// --- The APIs: valid requests as the SDK writes them, then made wrong.

/** Values that lead to resources which exist, by the name of the member that takes them. */
export type Known = Record<string, (random: Random) => unknown>;

interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

/** Lets an SDK client write the request, and takes it instead of a server. */
function sdkWriter(service: Service): { write(operation: string, input: object): Promise<SdkRequest | undefined> } {
  const Client = Object.entries(service.sdk).find(
    ([name, value]) => /Client$/.test(name) && !name.startsWith('__') && typeof value === 'function',
  )?.[1] as new (
    config: object,
  ) => { send(command: object): Promise<unknown> };
  let written: SdkRequest | undefined;
  const client = new Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle(request: SdkRequest) {
        written = request;
        return Promise.reject(new Error('taken'));
      },
    },
  });
  return {
    async write(operation, input) {
      written = undefined;
      const Command = service.sdk[`${operation}Command`] as new (input: object) => object;
      // What the SDK itself refuses is not sent.
      await client.send(new Command(input)).catch(() => undefined);
      return written;
    },
  };
}

/** Enumerations of the service, by the names of the members that are likely to take them. */
function enumerated(service: Service, name: string): string[] | undefined {
  const capital = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  for (const candidate of [capital, `${capital}Type`, capital.replace(/s$/, ''), `${capital.replace(/s$/, '')}Type`]) {
    const values = Object.hasOwn(service.sdk, candidate) ? service.sdk[candidate] : undefined;
    if (typeof values !== 'object' || values === null || Array.isArray(values)) continue;
    const texts = Object.values(values).filter((value) => typeof value === 'string');
    if (texts.length > 0) return texts;
  }
  return undefined;
}

/** Puts what exists, and what enumerations allow, into most of the members that can take it. */
function fill(value: unknown, options: { service: Service; known: Known; random: Random }): unknown {
  const { service, known, random } = options;
  if (Array.isArray(value)) return value.map((item) => fill(item, options));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (random() < 0.1) return [name, member];
      const existing = Object.hasOwn(known, name) ? known[name] : undefined;
      if (existing) return [name, existing(random)];
      const allowed = enumerated(service, name);
      if (allowed && typeof member === 'string') return [name, pick(random, allowed)];
      if (allowed && Array.isArray(member)) return [name, member.map(() => pick(random, allowed))];
      return [name, fill(member, options)];
    }),
  );
}

const bombFile = Buffer.alloc(4 * 1024 * 1024);

/** A zip that is good, broken, large when unpacked, or reaches outside of its folder. */
export function anyZip(random: Random): Uint8Array {
  const good = Buffer.from(zipSync({ 'index.js': Buffer.from('exports.handler = async (event) => event;') }));
  return pick<() => Uint8Array>(random, [
    () => good,
    () => breakBytes(good, random),
    () => good.subarray(0, Math.floor(random() * good.length)),
    () => zipSync({ [pick(random, ['../../slip.js', '/etc/slip', 'a/../../slip', '..\\slip', 'a\0b'])]: good }),
    () => zipSync({ a: good, 'a/b': good }),
    () => zipSync({ ['x'.repeat(300)]: good }),
    () => claiming(zipSync({ 'index.js': good }), 0xfffffff0),
    () => zipSync({ 'bomb.js': bombFile }),
    () => Buffer.from('PK\x05\x06'),
    () => new Uint8Array(0),
  ])();
}

/** A zip whose directory says that its first file is that large. */
function claiming(zip: Uint8Array, size: number): Uint8Array {
  const bytes = Buffer.from(zip);
  const entry = bytes.indexOf('PK\x01\x02', 0, 'latin1');
  bytes.writeUInt32LE(size, entry + 24);
  return bytes;
}

/** Destroying what the other requests lean on would only make them shallow. */
const destroys =
  /^(Admin)?Delete(User|UserPool|UserPoolClient|UserPoolDomain|Table|Function|Role|RestApi|LogGroup|LogStream|Stage|Resource|Authorizer|Method|Deployment|Group|Integration)$/;

/** `count` mutants of each operation of a service. */
export async function apiMutants(
  catalog: Catalog,
  options: { seed: number; count: number; known: Known; unsigned: boolean },
): Promise<Mutant[]> {
  const { service } = catalog;
  const { seed, count, known, unsigned } = options;
  const writer = sdkWriter(service);
  const mutants: Mutant[] = [];
  for (const [operation, { input }] of catalog.operations) {
    const isPublic = service.unsigned?.includes(operation) ?? false;
    if (unsigned && !isPublic) continue;
    const valid = input.isStructSchema() ? arbitraryOf(input) : fc.constant({});
    // One more than is needed: the SDK refuses some.
    for (const [made, own] of fc.sample(fc.tuple(valid, seeds), { seed, numRuns: count })) {
      const random = randomFrom(own);
      const given = fill(made, { service, known: destroys.test(operation) ? {} : known, random });
      const request = await writer.write(operation, given as object);
      if (!request) continue;
      const mutant = fromSdk(request, { service, operation, unsigned });
      mutants.push(random() < 0.08 ? mutant : mutate(mutant, random));
    }
  }
  return mutants;
}

function fromSdk(request: SdkRequest, what: { service: Service; operation: string; unsigned: boolean }): Mutant {
  const kept = ['content-type', 'x-amz-target', 'x-amz-invocation-type', 'x-amz-log-type', 'x-amz-client-context'];
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(item)}`),
  );
  return {
    about: `${what.service.signingName} ${what.operation}`,
    method: request.method,
    path: request.path,
    query: query.join('&'),
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => kept.includes(name.toLowerCase()))),
    body: request.body === undefined ? Buffer.alloc(0) : Buffer.from(request.body as string | Uint8Array),
    service: what.unsigned ? undefined : what.service.signingName,
  };
}

// --- The data planes.

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

/** Requests to the hosted pages and the token endpoint. */
export function hostedMutants(options: {
  seed: number;
  count: number;
  domainUrl: string;
  clientId: string;
  accessToken: string;
}): Mutant[] {
  const { seed, count, domainUrl, clientId, accessToken } = options;
  const { pathname } = new URL(domainUrl);
  const base = pathname.replace(/\/$/, '');
  const asked = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: 'http://localhost:42841/callback',
    scope: 'openid',
    state: 'state',
    code_challenge_method: 'S256',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  }).toString();
  const login = new URLSearchParams({ csrf: 'x', username: 'someone', password: 'wrong-1' }).toString();
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
    { method: 'POST', path: '/login', query: asked, headers: form, body: Buffer.from(login) },
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
      ...(random() < 0.3 && { cookie: pick(random, cookies) }),
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

// --- Below HTTP.

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

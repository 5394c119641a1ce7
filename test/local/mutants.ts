import fc from 'fast-check';

/** Makes requests wrong in some way; everything follows from fast-check's seed. */

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
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

export function pick<Item>(random: Random, items: readonly Item[]): Item {
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
export function breakBytes(body: Buffer, random: Random): Buffer {
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
export function mutate(mutant: Mutant, random: Random): Mutant {
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

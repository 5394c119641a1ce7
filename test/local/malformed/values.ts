/** A generator of numbers below a bound that gives the same ones for the same seed. */
export type Random = (bound: number) => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

/** JSON texts that are where they do not belong; each is valid JSON by itself. */
export const strangeJson = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '-1e-400',
  '1.5',
  '123456789012345678901234567890123456789012345678901234567890',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u202e\\ufeff"',
  '"../../../../etc/passwd"',
  '"%2e%2e%2f"',
  '"constructor"',
  '"__proto__"',
  '"$input.json(\'$\')"',
  '"\'; DROP TABLE x; --"',
  '"<script>alert(1)</script>"',
  `"${'a'.repeat(3_000)}"`,
  `"${'é'.repeat(300)}"`,
  '[]',
  '{}',
  '[null]',
  '[[[]]]',
  '{"":""}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":1,"valueOf":2,"hasOwnProperty":3}',
  '{"length":4294967296}',
  '{"S":"a","N":"1"}',
  '{"N":"not a number"}',
  '{"M":{"__proto__":{"S":"x"}}}',
  nested('[', ']', 500),
  nested('{"a":', '}', 200).replace('}', '1}'),
];

/** Bodies that are no valid JSON, or not what any service takes. */
export const strangeBodies: readonly (string | Buffer)[] = [
  '',
  ' ',
  '{',
  '{"a":1',
  '{"a":1}}',
  "{'a':1}",
  '{"a":01}',
  '{"a":NaN}',
  '"',
  'undefined',
  '\u0000',
  '{"a":"\u0001"}',
  Buffer.from([0xff, 0xfe, 0x7b]),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  'Action=%ZZ&Version',
  'a=1&a=2&=&&;',
  nested('[', ']', 20_000),
  '['.repeat(50_000),
  `{"a":"${'x'.repeat(60_000)}"}`,
  `{${'"k":1,'.repeat(2_000)}"k":1}`,
];

export const strangeHeaders: readonly [string, string][] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'application/x-www-form-urlencoded'],
  ['content-type', 'multipart/form-data; boundary='],
  ['content-type', '//'],
  ['content-encoding', 'gzip'],
  ['accept', 'application/xml'],
  ['accept-encoding', 'identity;q=0'],
  ['expect', '100-continue'],
  ['x-amz-target', 'DynamoDB_20120810.__proto__'],
  ['x-amz-target', '.'],
  ['x-amz-target', 'Nobody_20200101.DoIt'],
  ['x-amz-date', 'yesterday'],
  ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
  ['x-amz-security-token', 'x'.repeat(500)],
  ['x-amzn-trace-id', 'Root=1-;Parent=;Sampled=?'],
  ['x-amzn-trace-id', 'Root='.repeat(200)],
  ['x-forwarded-for', '::::'],
  ['cookie', '=;=;__proto__=1; a="'],
  ['range', 'bytes=5-1'],
  ['if-none-match', '*'],
  ['x-http-method-override', 'DELETE'],
  ['upgrade', 'websocket'],
];

export const strangeSegments = [
  '',
  '.',
  '..',
  '%2e%2e',
  '%2F',
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%F0%9F%98%80',
  '__proto__',
  'constructor',
  '*',
  '{proxy+}',
  '$default',
  'a'.repeat(1_500),
  "';--",
  '%3Cscript%3E',
  'arn:aws:lambda:::',
];

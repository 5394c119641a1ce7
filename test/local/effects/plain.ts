import type { Names } from '../every-input.ts';

/** Text of a value without what differs from scene to scene: ids, keys, codes, and signatures of tokens. */
export function plainOf(value: unknown, scene: { number: number; region: string; names: Names }): string {
  let text = JSON.stringify(readable(value)) ?? '';
  for (const [name, known] of Object.entries(scene.names)) {
    if (typeof known === 'string' && known.length > 4) text = text.replaceAll(known, `<${name}>`);
  }
  text = text.replaceAll(uuid, '<uuid>').replaceAll(scene.region, '<region>');
  for (const [pattern, name] of random) text = text.replaceAll(pattern, name);
  // Last, for by chance what is random holds the scene's number.
  return text.replaceAll(new RegExp(`(?<=[A-Za-z])${scene.number}(?!\\d)`, 'g'), '<n>');
}

/** As plain text in which the order of lists means nothing, since ids that are random order many. */
export function pictureOf(value: unknown, scene: { number: number; region: string; names: Names }): string {
  return JSON.stringify(inOrder(JSON.parse(plainOf(value, scene))));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(inOrder(item))).sort();
    return items.map((item) => JSON.parse(item) as unknown);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inOrder(member)]));
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const random: [RegExp, string][] = [
  [/<region>_\w{9}/g, '<pool>'],
  [
    /"(id|rootResourceId|resourceId|parentId|deploymentId|cacheNamespace|requestValidatorId)":"[a-z0-9]{6,10}"/g,
    '"$1":"<id>"',
  ],
  [/\b(AROA|ANPA|LKIA|ASIA)[A-Z0-9]+/g, '<key>'],
  [/"(ClientId|ClientSecret)":"\w{26,}"/g, '"$1":"<$1>"'],
  [/"(\w*Session|\w*Token|SECRET_BLOCK|SRP_B|SALT|SecretAccessKey|code|latency)":("[^"]{12,}"|\d+)/g, '"$1":"<$1>"'],
];

/** Tokens by what they claim, bytes as text; times stay, since the clock stands. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === 'string' && /^eyJ[\w-]+\.eyJ[\w-]+\./.test(value)) {
    return ['token', Buffer.from(value.split('.')[1] ?? '', 'base64url').toString()];
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member)]));
}

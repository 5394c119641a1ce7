import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { BadRequest } from './bad-request.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: nested attributes. */
const maxDepth = 32;

// In the function's runtimes (Node 22, 24); the TypeScript library does not declare it yet.
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/**
 * A DynamoDB value from the event's JSON. Own code, not `marshall`: that drops a `__proto__` attribute silently
 * and answers an unsafe number with the name of a class that API users have never seen.
 * Throws BadRequest for what DynamoDB cannot hold unchanged.
 */
export function toAttributeValue(value: unknown, path: string, depth = 1): AttributeValue {
  if (depth > maxDepth) throw new BadRequest(`${shorten(path)} is nested deeper than DynamoDB's ${maxDepth} levels.`);
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (typeof value === 'number') return { N: String(exact(value, path)) };
  if (Array.isArray(value)) {
    return { L: value.map((element, index) => toAttributeValue(element, `${path}[${index}]`, depth + 1)) };
  }
  return { M: mapValues(value, path, (member, memberPath) => toAttributeValue(member, memberPath, depth + 1)) };
}

/** JSON's form of a DynamoDB value: sets are arrays, binary is base64, and a number keeps every digit it was stored with. */
export function toJson(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return JSON.rawJSON(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  if (value.M !== undefined) {
    return Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, toJson(member)]));
  }
  if (value.L !== undefined) return value.L.map(toJson);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map((text) => JSON.rawJSON(text));
  if (value.B !== undefined) return base64(value.B);
  if (value.BS !== undefined) return value.BS.map(base64);
  throw new Error(`DynamoDB answered a value of an unknown type: ${Object.keys(value).join(', ')}.`);
}

/** The number itself, where the JSON parser cannot have changed its integer part. */
export function exact(value: number, path: string): number {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw new BadRequest(
    `${shorten(path)} is a number too large to be held exactly (beyond ±${Number.MAX_SAFE_INTEGER}); send it as a string.`,
  );
}

/** Each member of a JSON object converted. Throws BadRequest when it is none. */
export function mapValues<T>(
  value: unknown,
  path: string,
  convert: (member: unknown, path: string) => T,
): Record<string, T> {
  if (!isObject(value)) throw new BadRequest(`${shorten(path)} must be an object.`);
  const entries = Object.entries(value).map(([name, member]): [string, T] => {
    checkName(name, path);
    return [name, convert(member, `${path}.${name}`)];
  });
  return Object.fromEntries(entries);
}

/** Throws BadRequest for the one attribute that the SDK, which overwrites it before it reads it, would not give back. */
export function checkName(name: string, path: string): void {
  if (name === '__proto__') throw new BadRequest(`${shorten(path)}: "__proto__" cannot be used as a name.`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names come from the caller and may be megabytes long. */
export function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

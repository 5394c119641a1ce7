import { BadRequest } from './bad-request.ts';
import { exactNumber, numberText } from './exact-numbers.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: nested attributes. */
const maxDepth = 32;

/** A value as DynamoDB's protocol writes it: one member, named after its type; binary is base64. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { M: Record<string, AttributeValue> }
  | { L: AttributeValue[] }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] };

/** A DynamoDB value from the event's JSON. Throws BadRequest for what DynamoDB cannot hold. */
export function toAttributeValue(value: unknown, path: string, depth = 1): AttributeValue {
  if (depth > maxDepth) throw new BadRequest(`${shorten(path)} is nested deeper than DynamoDB's ${maxDepth} levels.`);
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  const number = numberText(value);
  if (number !== undefined) return { N: number };
  if (Array.isArray(value)) {
    return { L: value.map((element, index) => toAttributeValue(element, `${path}[${index}]`, depth + 1)) };
  }
  return { M: mapValues(value, path, (member, memberPath) => toAttributeValue(member, memberPath, depth + 1)) };
}

/** JSON's form of a DynamoDB value: sets are arrays, binary is base64, and a number keeps every digit it was stored with. */
export function toJson(value: AttributeValue): unknown {
  if ('S' in value) return value.S;
  if ('N' in value) return exactNumber(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('NULL' in value) return null;
  if ('M' in value) {
    return Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, toJson(member)]));
  }
  if ('L' in value) return value.L.map(toJson);
  if ('SS' in value) return value.SS;
  if ('NS' in value) return value.NS.map(exactNumber);
  if ('B' in value) return value.B;
  if ('BS' in value) return value.BS;
  throw new Error(`DynamoDB answered a value of an unknown type: ${Object.keys(value).join(', ')}.`);
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

/** Throws BadRequest for the one attribute that AWS's SDK for JavaScript, which overwrites it, would not give back. */
export function checkName(name: string, path: string): void {
  if (name === '__proto__') throw new BadRequest(`${shorten(path)}: "__proto__" cannot be used as a name.`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && numberText(value) === undefined;
}

/** Names come from the caller and may be megabytes long. */
export function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}

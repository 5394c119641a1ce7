import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject } from '../is-object.ts';
import { ownMember } from '../own-member.ts';

export type Item = Record<string, AttributeValue>;

/** An item in DynamoDB's own JSON (`{"id": {"S": "1"}}`, binary values in base64), which loses nothing. */
export function itemJson(item: Item): Record<string, unknown> {
  return asJson(item) as Record<string, unknown>;
}

function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}

/** The way back. Throws a RangeError that says which attribute is none, and what one looks like. */
export function itemOf(json: unknown): Item {
  if (!isObject(json)) throw new RangeError('an item is an object such as {"id": {"S": "1"}}.');
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, attributeOf(value, `"${name}"`)]));
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => isText(value) && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(String(value));
const isBase64 = (value: unknown) => isText(value) && /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(String(value));
const setOf = (isMember: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(isMember);
const bytesOf = (text: unknown) => new Uint8Array(Buffer.from(String(text), 'base64'));

/** DynamoDB's types, what their values must be, and how one looks. */
const types: Record<string, { isValue: (value: unknown) => boolean; like: string }> = {
  S: { isValue: isText, like: '{"S": "text"}' },
  N: { isValue: isNumber, like: '{"N": "1.5"}' },
  B: { isValue: isBase64, like: '{"B": "base64=="}' },
  BOOL: { isValue: (value) => typeof value === 'boolean', like: '{"BOOL": true}' },
  NULL: { isValue: (value) => value === true, like: '{"NULL": true}' },
  SS: { isValue: setOf(isText), like: '{"SS": ["a", "b"]}' },
  NS: { isValue: setOf(isNumber), like: '{"NS": ["1", "2"]}' },
  BS: { isValue: setOf(isBase64), like: '{"BS": ["base64=="]}' },
  L: { isValue: Array.isArray, like: '{"L": [{"S": "text"}]}' },
  M: { isValue: isObject, like: '{"M": {"name": {"S": "text"}}}' },
};

export const attributeTypes = Object.keys(types);

function attributeOf(json: unknown, where: string): AttributeValue {
  const [[type, value] = [], ...more] = isObject(json) ? Object.entries(json) : [];
  const known = ownMember(types, type);
  if (!known || more.length > 0) {
    throw new RangeError(
      `${where} is ${excerpt(json)}, but a value must name its type, as {"S": "text"} or {"N": "1"} does.`,
    );
  }
  if (!known.isValue(value))
    throw new RangeError(`${where} is ${excerpt(json)}; a value of type ${type} looks like ${known.like}.`);
  return { [type as 'S']: readValue(type as string, value, where) as string };
}

function readValue(type: string, value: unknown, where: string): unknown {
  if (type === 'B') return bytesOf(value);
  if (type === 'BS') return (value as unknown[]).map(bytesOf);
  if (type === 'L') return (value as unknown[]).map((member, index) => attributeOf(member, `${where}[${index}]`));
  if (type !== 'M') return value;
  const members = Object.entries(value as object);
  return Object.fromEntries(members.map(([name, member]) => [name, attributeOf(member, `${where}."${name}"`)]));
}

export function excerpt(json: unknown): string {
  const text = JSON.stringify(json) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

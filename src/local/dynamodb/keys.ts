import { hash as digest } from 'node:crypto';
import type { AttributeValue, Item } from './values/types.ts';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  name: string;
  type: KeyType;
}

/** Of a table, or of an index, whose key may have up to four attributes of each kind. */
export interface Key {
  hash: readonly KeyAttribute[];
  range: readonly KeyAttribute[];
}

/** Ends each part of a key's text; sorts before every digit of a part, so that a shorter value comes first. */
export const partEnd = '/';
/** What follows `partEnd` in ASCII: the least text that comes after every key that goes on from a whole part. */
export const afterPart = '0';
/** Sorts after everything that a part may go on with. */
export const afterDigits = 'g';

/**
 * Where an item stands among the others of its space: six digits of a hash of the partition key, so that Scan meets the
 * partitions in no order of their own, then each attribute's value as text that sorts as DynamoDB sorts the values.
 */
export function keyText(key: Key, item: Item): string {
  return partitionText(
    key.hash,
    key.hash.map(({ name }) => item[name]),
  ).concat(...key.range.map(({ name, type }) => encodePart(type, item[name]) + partEnd));
}

/** What the texts of all items of one partition begin with. */
export function partitionText(hash: readonly KeyAttribute[], values: readonly (AttributeValue | undefined)[]): string {
  const bytes = hash.map(({ type }, index) => partitionBytes(type, scalar(type, values[index])));
  const parts = hash.map(({ type }, index) => encodePart(type, values[index]) + partEnd);
  return `${digest('md5', Buffer.concat([seed, ...bytes]), 'hex').slice(0, 6)}${partEnd}${parts.join('')}`;
}

/** DynamoDB's own seed and digest, as found by observing the order in which it scans. */
const seed = Buffer.from('Outliers');

/** A value as text that sorts as the values do: UTF-8 and binaries by their bytes, numbers by their size. */
export function encodePart(type: KeyType, value: AttributeValue | undefined): string {
  const text = scalar(type, value);
  if (type === 'N') return encodeNumber(text);
  return Buffer.from(text, type === 'S' ? 'utf8' : 'base64').toString('hex');
}

function scalar(type: KeyType, value: AttributeValue | undefined): string {
  const found = value && (value as Partial<Record<KeyType, string>>)[type];
  if (found === undefined) throw new Error(`a key attribute without a value of type ${type}`);
  return found;
}

interface Scientific {
  negative: boolean;
  /** Without zeros at either end; empty for 0. */
  digits: string;
  /** Of the first digit. */
  exponent: number;
}

function scientific(canonical: string): Scientific {
  const negative = canonical.startsWith('-');
  const [whole = '', fraction = ''] = (negative ? canonical.slice(1) : canonical).split('.');
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first < 0) return { negative: false, digits: '', exponent: 0 };
  return { negative, digits: all.slice(first).replace(/0+$/, ''), exponent: whole.length - 1 - first };
}

/**
 * Sign, two hex digits of the exponent, digits. A negative number's exponent counts downwards and its digits are those
 * of ten minus them, so that the larger one sorts first. Exponents reach from −130 to 125.
 */
function encodeNumber(canonical: string): string {
  const { negative, digits, exponent } = scientific(canonical);
  if (digits === '') return '1000';
  const shifted = negative ? 125 - exponent : 130 + exponent;
  return `${negative ? '0' : '1'}${shifted.toString(16).padStart(2, '0')}${negative ? tenMinus(digits) : digits}`;
}

/** `15` (1.5) → `85` (8.5) */
function tenMinus(digits: string): string {
  const scale = digits.length - 1;
  return (10n ** BigInt(scale + 1) - BigInt(digits)).toString().padStart(scale + 1, '0');
}

/** Two decimal digits a byte, as DynamoDB keeps numbers (known from the order in which it scans). */
function partitionBytes(type: KeyType, text: string): Buffer {
  if (type !== 'N') return Buffer.from(text, type === 'S' ? 'utf8' : 'base64');
  const { negative, digits, exponent } = scientific(text);
  if (digits === '') return Buffer.from([0x80]);
  const odd = Math.abs(exponent + 1) % 2;
  const aligned = '0'.repeat(odd) + digits;
  const pairs = aligned.match(/..?/g)?.map((pair) => Number(pair.padEnd(2, '0'))) ?? [];
  const power = (exponent + 1 + odd) / 2 - 64;
  const bytes = negative ? [~power, ...pairs.map((pair) => 101 - pair)] : [power, ...pairs.map((pair) => pair + 1)];
  if (negative && pairs.length < 20) bytes.push(102);
  return Buffer.from(bytes);
}

import { ownMember } from '../../../own-member.ts';
import { compareNumbers } from './numbers.ts';
import type { AttributeValue, Item } from './types.ts';

/** Negative, 0, positive; nothing where the two have no order between them (other types, or types without an order). */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right) return compareStrings(left.S, right.S);
  if ('N' in left && 'N' in right) return compareNumbers(left.N, right.N);
  if ('B' in left && 'B' in right) return Buffer.compare(bytes(left.B), bytes(right.B));
  return undefined;
}

/** Deep; sets whatever their order. Of canonical values, as validation leaves them: numbers and binaries by their text. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  if ('S' in left) return 'S' in right && left.S === right.S;
  if ('N' in left) return 'N' in right && left.N === right.N;
  if ('B' in left) return 'B' in right && left.B === right.B;
  if ('BOOL' in left) return 'BOOL' in right && left.BOOL === right.BOOL;
  if ('NULL' in left) return 'NULL' in right;
  if ('SS' in left) return 'SS' in right && equalSets(left.SS, right.SS);
  if ('NS' in left) return 'NS' in right && equalSets(left.NS, right.NS);
  if ('BS' in left) return 'BS' in right && equalSets(left.BS, right.BS);
  if ('L' in left) return 'L' in right && equalLists(left.L, right.L);
  return 'M' in right && equalMaps(left.M, right.M);
}

/** In the order of their UTF-8 bytes, which is that of their code points: surrogates come behind everything else. */
export function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;

function equalSets(left: string[], right: string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(left);
  return right.every((member) => members.has(member));
}

function equalLists(left: AttributeValue[], right: AttributeValue[]): boolean {
  return (
    left.length === right.length &&
    left.every((member, at) => {
      const other = right[at];
      return other !== undefined && equalValues(member, other);
    })
  );
}

function equalMaps(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const [one, other] = [left[name], ownMember(right, name)];
      return one !== undefined && other !== undefined && equalValues(one, other);
    })
  );
}

const bytes = (base64: string) => Buffer.from(base64, 'base64');

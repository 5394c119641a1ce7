/** A value as it is on the wire: numbers as decimal text, binaries in base64. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { M: Item }
  | { L: AttributeValue[] };

/**
 * Attributes by name, which may be `constructor` or `__proto__`. An item has no prototype; maps inside of a stored one have, so their
 * members are looked up by `ownMember`.
 */
export interface Item {
  [name: string]: AttributeValue;
}

/** DynamoDB's names of its types. */
export type TypeName = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'M' | 'L';

/** `{ N: '1' }` → `N` */
export function typeOf(value: AttributeValue): TypeName {
  for (const name in value) return name as TypeName;
  throw new Error('an attribute value without a type');
}

/** An item with nothing in it. */
export function emptyItem(): Item {
  return Object.create(null);
}

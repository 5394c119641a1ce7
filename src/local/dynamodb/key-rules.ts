import type { AwsError } from '../service.ts';
import { invalid } from './errors.ts';
import type { Update } from './expressions/types.ts';
import type { Key, KeyAttribute, KeyType } from './keys.ts';
import { attributesOf, type Index, type Table } from './table.ts';
import { type AttributeValue, type Item, typeOf } from './values/types.ts';

/** Bytes (developer guide, "service quotas"). */
const maxHashBytes = 2048;
const maxRangeBytes = 1024;

/** A key given to find an item by: the table's key attributes and nothing else. Throws AwsError ValidationException. */
export function checkKey({ key }: Table, given: Item): void {
  const attributes = attributesOf(key);
  if (Object.keys(given).length !== attributes.length) throw mismatch();
  for (const attribute of attributes) {
    const value = given[attribute.name];
    if (!value || typeOf(value) !== attribute.type) throw mismatch();
    refuseEmpty(attribute, value);
  }
  checkSizes(key, given);
}

/** An item to be put: its key's attributes are there, and they and those of the indexes can be keys. */
export function checkItemKeys(table: Table, item: Item): void {
  for (const attribute of attributesOf(table.key)) {
    const value = item[attribute.name];
    if (!value) {
      throw invalid(`One or more parameter values were invalid: Missing the key ${attribute.name} in the item`);
    }
    if (typeOf(value) !== attribute.type) {
      throw invalid(
        `One or more parameter values were invalid: Type mismatch for key ${attribute.name} expected: ${attribute.type} actual: ${typeOf(value)}`,
      );
    }
    refuseEmpty(attribute, value);
  }
  checkSizes(table.key, item);
  checkIndexKeys(table, item);
}

/** Like checkItemKeys, in the words that batches have for it. */
export function checkBatchItemKeys(table: Table, item: Item): void {
  for (const attribute of attributesOf(table.key)) {
    const value = item[attribute.name];
    if (!value || typeOf(value) !== attribute.type) throw mismatch();
    refuseEmpty(attribute, value);
  }
  checkSizes(table.key, item);
  checkIndexKeys(table, item);
}

/** An item may lack an index's key, and is then not in it; what it has must be fit to be one. */
export function checkIndexKeys(table: Table, item: Item): void {
  for (const index of table.indexes) {
    for (const { name, type } of attributesOf(index.key)) {
      const value = item[name];
      if (!value) continue;
      if (typeOf(value) !== type) throw typeMismatch({ name, type }, { value, index });
      if (isEmpty(value)) {
        throw invalid(
          `${emptyKey} A value specified for a secondary index key is not supported. ${emptyValue(type)} IndexName: ${index.name}, IndexKey: ${name}`,
        );
      }
    }
    checkSizes(index.key, item);
  }
}

/** The same after an update, for which AWS has words of its own. */
export function checkUpdatedIndexKeys(
  table: Table,
  { update, before, after }: { update: Update; before: Item | undefined; after: Item },
): void {
  for (const index of table.indexes) {
    for (const { name, type } of attributesOf(index.key)) {
      const value = after[name];
      if (!value || value === before?.[name]) continue;
      if (typeOf(value) !== type) {
        throw givesLiterally(update, name)
          ? typeMismatch({ name, type }, { value, index })
          : invalid('The update expression attempted to update the secondary index key to unsupported type');
      }
      if (isEmpty(value)) {
        throw invalid(
          `${emptyKey} The update expression attempted to update a secondary index key to a value that is not supported. ${emptyValue(type)}`,
        );
      }
    }
    if (bytesOf(index.key.hash, after) > maxHashBytes || bytesOf(index.key.range, after) > maxRangeBytes) {
      throw invalid('The update expression attempted to update the secondary index key beyond allowed size limits');
    }
  }
}

function givesLiterally({ actions }: Update, name: string): boolean {
  return actions.some(
    (action) =>
      action.path.length === 1 && action.path[0] === name && action.kind === 'SET' && action.value.kind === 'value',
  );
}

/** A transaction answers these at once, and other faults of keys as the reason for which it was cancelled. */
export function isEmptyKeyFault(error: AwsError): boolean {
  return error.message.startsWith(emptyKey);
}

const emptyKey = 'One or more parameter values are not valid.';

const emptyValue = (type: KeyType) =>
  `The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value.`;

function typeMismatch({ name, type }: KeyAttribute, { value, index }: { value: AttributeValue; index: Index }) {
  return invalid(
    `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
  );
}

function checkSizes(key: Key, item: Item): void {
  if (bytesOf(key.hash, item) > maxHashBytes) {
    throw invalid(
      `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${maxHashBytes} bytes`,
    );
  }
  if (bytesOf(key.range, item) > maxRangeBytes) {
    throw invalid(
      `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${maxRangeBytes} bytes`,
    );
  }
}

function bytesOf(attributes: readonly KeyAttribute[], item: Item): number {
  let bytes = 0;
  for (const { name } of attributes) {
    const value = item[name];
    if (!value) continue;
    if ('S' in value) bytes += Buffer.byteLength(value.S);
    else if ('B' in value) bytes += Buffer.byteLength(value.B, 'base64');
  }
  return bytes;
}

function refuseEmpty({ name, type }: KeyAttribute, value: AttributeValue): void {
  if (!isEmpty(value)) return;
  throw invalid(`${emptyKey} ${emptyValue(type)} Key: ${name}`);
}

const isEmpty = (value: AttributeValue) => ('S' in value && value.S === '') || ('B' in value && value.B === '');

const mismatch = (): AwsError => invalid('The provided key element does not match the schema');

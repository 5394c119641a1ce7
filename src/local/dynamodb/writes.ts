import type { Call } from '../service.ts';
import { conditionFailed, invalid } from './errors.ts';
import { matches } from './expressions/matches.ts';
import type { Condition, Path, Update } from './expressions/types.ts';
import { applyUpdate, checkKeyUntouched } from './expressions/update.ts';
import { expressionsOf } from './expressions-of-call.ts';
import type { ItemStore, Place, Written } from './item-store.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { checkItemKeys, checkKey, checkUpdatedIndexKeys } from './key-rules.ts';
import { attributeUpdates } from './legacy/attribute-updates.ts';
import { expectedCondition } from './legacy/expected.ts';
import { refuseMixed } from './parameters.ts';
import type { Table } from './table.ts';
import { itemSize } from './values/size.ts';
import type { Item } from './values/types.ts';
import { checkItem, type Layer } from './values/validate.ts';

/** 400 KB (developer guide, "service quotas"). */
const maxItemBytes = 409_600;

/** What is to be done to one item, checked as far as that goes without its table. */
export type Write = { condition?: Condition | undefined; showsFailed?: boolean } & (
  | { kind: 'Put'; item: Item }
  | { kind: 'Update'; key: Item; update: Update }
  | { kind: 'Delete' | 'ConditionCheck'; key: Item }
);

/** The members that PutItem, UpdateItem, DeleteItem and the steps of a transaction share. */
export interface WriteInput {
  Item?: unknown;
  Key?: unknown;
  UpdateExpression?: string | undefined;
  ConditionExpression?: string | undefined;
  ExpressionAttributeNames?: unknown;
  ExpressionAttributeValues?: unknown;
  AttributeUpdates?: unknown;
  Expected?: unknown;
  ConditionalOperator?: string | undefined;
  ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/** Throws AwsError ValidationException. */
export function readWrite(call: Call, kind: Write['kind'], input: WriteInput, layer?: Layer): Write {
  const updates = kind === 'Update';
  refuseMixed(
    { ...input },
    {
      expressions: updates ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'],
      legacy: updates ? ['AttributeUpdates', 'Expected'] : ['Expected'],
    },
  );
  const target = checkItem(kind === 'Put' ? input.Item : input.Key, layer);
  const expressions = expressionsOf(call, input, layer);
  const update = updates ? readUpdate() : undefined;
  const condition =
    input.ConditionExpression === undefined
      ? readExpected(input)
      : expressions.condition(input.ConditionExpression, 'ConditionExpression');
  expressions.checkAllUsed();
  const common = { condition, showsFailed: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  if (kind === 'Put') return { ...common, kind, item: target };
  if (update) return { ...common, kind: 'Update', key: target, update };
  return { ...common, kind: kind === 'Delete' ? kind : 'ConditionCheck', key: target };

  function readUpdate(): Update {
    if (input.UpdateExpression !== undefined) return expressions.update(input.UpdateExpression);
    return attributeUpdates(input.AttributeUpdates ?? {});
  }
}

function readExpected({ Expected: expected, ConditionalOperator: operator }: WriteInput): Condition | undefined {
  return expected === undefined && operator === undefined ? undefined : expectedCondition(expected, operator);
}

/** Throws AwsError ValidationException. */
export function refuseTooLarge(item: Item): void {
  if (itemSize(item) > maxItemBytes) throw invalid('Item size has exceeded the maximum allowed size');
}

export interface Applied {
  place: Place;
  after: Item | undefined;
  written: Written;
  /** What an update changed, for UPDATED_OLD and UPDATED_NEW. */
  paths: readonly Path[];
}

/** Does it, in the store's call. Throws AwsError ValidationException, ConditionalCheckFailedException. */
export function applyWrite(store: ItemStore, table: Table, write: Write): Applied {
  const key = write.kind === 'Put' ? write.item : write.key;
  if (write.kind === 'Put') {
    refuseTooLarge(write.item);
    checkItemKeys(table, write.item);
  } else checkKey(table, key);
  if (write.kind === 'Update') checkKeyUntouched(write.update, table.keyNames);
  refuseKeyPaths(table, { condition: write.condition, update: write.kind === 'Update' ? write.update : undefined });
  const place = store.place(table, key);
  const { before } = place;
  if (write.condition && !matches(write.condition, before)) {
    throw conditionFailed(write.showsFailed ? before : undefined);
  }
  if (write.kind === 'ConditionCheck') {
    const bytes = before ? itemSize(before) : 0;
    return { place, after: before, written: { bytes, indexes: new Map() }, paths: [] };
  }
  if (write.kind !== 'Update') {
    const after = write.kind === 'Put' ? write.item : undefined;
    return { place, after, written: store.write(place, after), paths: [] };
  }
  const { item: after, paths } = applyUpdate(write.update, before, key);
  if (after) {
    checkUpdatedIndexKeys(table, { update: write.update, before, after });
    if (itemSize(after) > maxItemBytes) throw invalid('Item size to update has exceeded the maximum allowed size');
  }
  return { place, after, written: store.write(place, after), paths };
}

import { AwsError } from '../service.ts';
import { invalid } from './errors.ts';
import { refuseFaults } from './parameters.ts';
import type { Item } from './values/types.ts';

const maxActions = 100;
/** 4 MB over all items of a transaction (API reference, TransactWriteItems). */
const maxBytes = 4 * 1024 * 1024;

/** Why an action of a transaction would not do, as the answer lists it. */
export interface Reason {
  Code: string;
  Message?: string;
  Item?: Item;
}

/** Throws AwsError ValidationException. */
export function checkActionCount(items: readonly unknown[] | undefined): void {
  const at = "at 'transactItems' failed to satisfy constraint: Member must";
  refuseFaults([
    !items && `Value null ${at} not be null`,
    items?.length === 0 && `Value '[]' ${at} have length greater than or equal to 1`,
    items &&
      items.length > maxActions &&
      `Value '[${items.length} actions]' ${at} have length less than or equal to ${maxActions}`,
  ]);
}

/** Throws AwsError ValidationException. */
export function refuseSameItems(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
}

/** Throws AwsError ValidationException. */
export function refuseTooMuch(bytes: number): void {
  if (bytes > maxBytes) {
    throw invalid('Collection size of all items in the transaction exceeded the maximum limit of 4MB');
  }
}

export function cancelled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { statusCode: 400, members: { CancellationReasons: reasons } },
  );
}

import type { Call } from '../../service.ts';
import { AwsError } from '../../service.ts';
import { addWritten, type Consumption, noConsumption } from '../capacity.ts';
import { invalid } from '../errors.ts';
import { project } from '../expressions/project.ts';
import type { Condition } from '../expressions/types.ts';
import { committed, createItemStore } from '../item-store.ts';
import { openTable, type Table } from '../table.ts';
import type { Item } from '../values/types.ts';
import { type Applied, applyWrite, type Write } from '../writes.ts';
import { keyIn } from './key-terms.ts';
import type { Statement } from './statement.ts';

export type WriteStatement = Extract<Statement, { kind: 'INSERT' | 'UPDATE' | 'DELETE' }>;

/** What INSERT finds in its way. */
export const duplicateItem = () =>
  new AwsError('DuplicateItemException', 'Duplicate primary key exists in table', { statusCode: 400 });

/** The statement as a write to one item. Throws AwsError ValidationException where it does not name one. */
export function writeOf(statement: WriteStatement, table: Table, showsFailed = false): Write {
  if (statement.kind === 'INSERT') {
    const [name = ''] = table.keyNames;
    return { kind: 'Put', item: statement.item, condition: { kind: 'not exists', path: [name] } };
  }
  const { key, rest } = requireKey(statement.where, table);
  // An UPDATE makes no item.
  const exists = table.keyNames.map((name): Condition => ({ kind: 'exists', path: [name] }));
  const conditions = statement.kind === 'UPDATE' ? [...exists, ...rest] : rest;
  const condition: Condition | undefined = conditions.length > 0 ? { kind: 'and', conditions } : undefined;
  return statement.kind === 'UPDATE'
    ? { kind: 'Update', key, update: statement.update, condition, showsFailed }
    : { kind: 'Delete', key, condition, showsFailed };
}

export function requireKey(where: Condition | undefined, table: Table): { key: Item; rest: Condition[] } {
  const found = keyIn(where, table.keyNames);
  if (found) return found;
  throw invalid('Where clause does not contain a mandatory equality on all key attributes');
}

/** Throws AwsError: ValidationException, ConditionalCheckFailedException, DuplicateItemException. */
export async function runWrite(
  call: Call,
  statement: WriteStatement,
  showsFailed: boolean,
): Promise<{ item: Item | undefined; consumption: Consumption }> {
  const table = openTable(call, statement.table);
  const write = writeOf(statement, table, showsFailed);
  const store = createItemStore(call);
  const applied = await committed(store, () => {
    try {
      return applyWrite(store, table, write);
    } catch (error) {
      const exists = error instanceof AwsError && error.code === 'ConditionalCheckFailedException';
      throw exists && statement.kind === 'INSERT' ? duplicateItem() : error;
    }
  });
  const consumption = noConsumption();
  addWritten(consumption, applied.written);
  return { item: returned(statement, applied), consumption };
}

/** What RETURNING asks for; nothing where that is empty. */
function returned(statement: WriteStatement, { place, after, paths }: Applied): Item | undefined {
  const returning = statement.kind === 'INSERT' ? undefined : statement.returning;
  if (!returning) return undefined;
  const item = returning.age === 'OLD' ? place.before : after;
  if (!item || returning.items === 'ALL') return item;
  const modified = project(paths, item);
  return Object.keys(modified).length > 0 ? modified : undefined;
}

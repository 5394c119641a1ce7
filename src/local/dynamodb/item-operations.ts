import { AwsError, type Call } from '../service.ts';
import { requireReadyIndex } from './indexes.ts';
import { type ItemAction, isObject, type JsonObject, runNow, runStreaming } from './item-actions.ts';
import { findTable, nameOf } from './tables.ts';

type Operation = (input: JsonObject, call: Call) => Promise<JsonObject>;

/** A PutItem, GetItem, UpdateItem, DeleteItem or batch: one turn, one commit. */
function itemOperation(action: Exclude<ItemAction, 'Query' | 'Scan'>): Operation {
  return async (input, call) => {
    const changes = call.engine.items.begin();
    const renamed = withTableNames(call, input);
    let output: JsonObject;
    try {
      checkReturnValues(renamed.input);
      output = runNow(call, action, { input: renamed.input, changes }).output;
    } catch (error) {
      await changes.abandon();
      throw error;
    }
    await changes.commit();
    return renamed.restore(output);
  };
}

function streamingOperation(action: 'Query' | 'Scan'): Operation {
  return async (input, call) => {
    const renamed = withTableNames(call, input).input;
    const { TableName: table, IndexName: index } = renamed;
    if (typeof table === 'string' && typeof index === 'string') requireReadyIndex(call, findTable(call, table), index);
    return runStreaming(call, action, renamed);
  };
}

export const itemOperations = {
  PutItem: itemOperation('PutItem'),
  GetItem: itemOperation('GetItem'),
  UpdateItem: itemOperation('UpdateItem'),
  DeleteItem: itemOperation('DeleteItem'),
  BatchGetItem: itemOperation('BatchGetItem'),
  BatchWriteItem: itemOperation('BatchWriteItem'),
  Query: streamingOperation('Query'),
  Scan: streamingOperation('Scan'),
};

/** Names for the ARNs that callers may give in their place; the answer to a batch goes by what the caller wrote. */
function withTableNames(call: Call, input: JsonObject): { input: JsonObject; restore(output: JsonObject): JsonObject } {
  if (typeof input.TableName === 'string') {
    return { input: { ...input, TableName: nameOf(call, input.TableName) }, restore: (output) => output };
  }
  const requests = input.RequestItems;
  if (!isObject(requests) || !Object.keys(requests).some((key) => key.startsWith('arn:'))) {
    return { input, restore: (output) => output };
  }
  const written = new Map<string, string>();
  const renamed = new Map<string, unknown>();
  for (const [key, value] of Object.entries(requests)) {
    const name = nameOf(call, key);
    if (written.has(name))
      throw new AwsError('ValidationException', `Table ${name} is named more than once`, { statusCode: 400 });
    written.set(name, key);
    renamed.set(name, value);
  }
  const restoreKeys = (map: unknown) =>
    isObject(map)
      ? Object.fromEntries(Object.entries(map).map(([name, value]) => [written.get(name) ?? name, value]))
      : map;
  return {
    input: { ...input, RequestItems: Object.fromEntries(renamed) },
    restore: (output) => ({
      ...output,
      ...(output.Responses !== undefined && { Responses: restoreKeys(output.Responses) }),
      ...(output.UnprocessedKeys !== undefined && { UnprocessedKeys: restoreKeys(output.UnprocessedKeys) }),
    }),
  };
}

/** dynalite does not know this parameter. */
export function checkReturnValues(input: JsonObject): void {
  const value = input.ReturnValuesOnConditionCheckFailure;
  if (value === undefined || value === null || value === 'ALL_OLD' || value === 'NONE') return;
  const given = typeof value === 'string' ? value : JSON.stringify(value);
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${given}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
    { statusCode: 400 },
  );
}

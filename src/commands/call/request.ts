import { usageError } from '../../errors.ts';
import { filterMembers, type Members, updateMembers } from './expressions.ts';
import { checkedJson, checkedObject, membersOf, objectText } from './json-text.ts';
import type { Operation } from './operations.ts';

/** The options of `call` that make the request's body; texts of JSON are read already. */
export interface BodyOptions {
  item?: string;
  key?: string;
  id?: string;
  set?: string[];
  remove?: string[];
  limit?: number;
  all?: boolean;
  filter?: string;
  payload?: string;
}

const takes: Record<Operation, (keyof BodyOptions)[]> = {
  create: ['item'],
  read: ['key', 'id'],
  update: ['key', 'id', 'set', 'remove'],
  delete: ['key', 'id'],
  list: ['limit', 'all', 'filter'],
  echo: [],
  ping: [],
};

/** The `payload` member's text; undefined where the operation needs none and none was given. */
export function payloadText(operation: Operation, options: BodyOptions): string | undefined {
  const given = Object.keys(options).filter((name) => name !== 'payload' && name !== 'all');
  const foreign = Object.keys(options).find(
    (name) => name !== 'payload' && !takes[operation].some((own) => own === name),
  );
  if (foreign !== undefined) {
    const own = [...takes[operation], 'payload'].map((name) => `--${name}`).join(', ');
    throw usageError(`--${foreign} does not go with ${operation}.`, `${operation} takes ${own}.`);
  }
  if (options.payload !== undefined) {
    if (given.length > 0) {
      throw usageError(
        `--payload and --${given[0]} cannot be used together.`,
        '--payload is the whole payload already.',
      );
    }
    return checkedJson(options.payload, '--payload');
  }
  switch (operation) {
    case 'create':
      if (options.item === undefined) throw missing('create needs an item.', `--item '{"id": "1"}'`);
      return objectText([['Item', checkedObject(options.item, '--item')]]);
    case 'read':
    case 'delete':
      return objectText([['Key', keyText(operation, options)]]);
    case 'update':
      return objectText([['Key', keyText(operation, options)], ...changes(options)]);
    case 'list':
      return objectText([
        ...(options.limit === undefined ? [] : [['Limit', String(options.limit)] as const]),
        ...(options.filter === undefined ? [] : filterMembers(options.filter)),
      ]);
    case 'echo':
      throw missing('echo needs something to send back.', `--payload '{"hello": "world"}'`);
    case 'ping':
      return undefined;
  }
}

/** The whole body: `{"operation", "tableName", "payload"}`. */
export function bodyText(operation: string, tableName: string | undefined, payload: string | undefined): string {
  return objectText([
    ['operation', JSON.stringify(operation)],
    ...(tableName === undefined ? [] : [['tableName', JSON.stringify(tableName)] as const]),
    ...(payload === undefined ? [] : [['payload', payload] as const]),
  ]);
}

/** The payload for the page after one that ended at `lastKey`. */
export function nextPagePayload(payload: string, lastKey: string): string {
  return objectText(membersOf(payload).set('ExclusiveStartKey', lastKey));
}

function keyText(operation: Operation, options: BodyOptions): string {
  const { key, id } = options;
  if (key !== undefined && id !== undefined) throw usageError('--key and --id cannot be used together.');
  if (id !== undefined) return objectText([['id', JSON.stringify(id)]]);
  if (key !== undefined) return checkedObject(key, '--key');
  throw missing(`${operation} needs a key.`, '--id 1');
}

function changes({ set = [], remove = [] }: BodyOptions): Members {
  if (set.length + remove.length === 0) throw missing('update needs something to change.', '--set name=Ada');
  return updateMembers(set, remove);
}

function missing(message: string, example: string): Error {
  return usageError(message, `For example ${example}.`);
}

import { isObject, shorten } from './attribute-values.ts';
import { BadRequest } from './bad-request.ts';
import { toAnswer, toInput } from './convert.ts';
import type { CallDynamoDb } from './dynamodb.ts';
import { withExactNumbers } from './exact-numbers.ts';
import { translateFailure } from './failures.ts';
import { answerMembers, type OperationName, parametersOf } from './shapes.ts';

type Event = Record<string, unknown>;
type Operation = (call: CallDynamoDb, event: Event) => unknown;

/** A Map, because a plain object would also find `constructor`. */
const operations: ReadonlyMap<unknown, Operation> = new Map<string, Operation>([
  ['create', onTable('PutItem')],
  ['read', onTable('GetItem')],
  ['update', onTable('UpdateItem')],
  ['delete', onTable('DeleteItem')],
  ['list', onTable('Scan')],
  ['echo', (_call, event) => payloadOf(event)],
  ['ping', () => 'pong'],
]);

/** DynamoDB's values end at 32; what is thousands of levels deep, not even `JSON.stringify` gets to the end of. */
const maxEventDepth = 100;

/**
 * Answers one event `{operation, tableName, payload}`. The payload is DynamoDB's own request with plain JSON values, as the
 * document client takes it. Throws BadRequest for the caller's mistakes, Error for everything else.
 */
export async function answer(call: CallDynamoDb, given: unknown): Promise<unknown> {
  if (!isObject(given)) {
    throw new BadRequest('The request must be a JSON object: {"operation", "tableName", "payload"}.');
  }
  if (isDeeper(given, maxEventDepth)) {
    throw new BadRequest(`The request is nested deeper than ${maxEventDepth} levels.`);
  }
  const event = withExactNumbers(given);
  const operation = operations.get(event.operation);
  if (!operation) {
    throw new BadRequest(
      `Unrecognized operation "${nameOf(event.operation)}". Use one of: ${[...operations.keys()].join(', ')}.`,
    );
  }
  return operation(call, event);
}

function onTable(operation: OperationName): Operation {
  const members = parametersOf[operation];
  return async (call, event) => {
    const TableName = tableNameOf(event);
    const parameters = toInput({ members }, payloadOf(event), 'payload');
    try {
      const { status, requestId, attempts, body } = await call(operation, Object.assign({ TableName }, parameters));
      return {
        ResponseMetadata: { HTTPStatusCode: status, RequestId: requestId, RetryAttempts: attempts - 1 },
        ...Object.assign({}, toAnswer({ members: answerMembers }, body)),
      };
    } catch (error) {
      throw translateFailure(error);
    }
  };
}

function payloadOf(event: Event): unknown {
  if (!Object.hasOwn(event, 'payload')) throw new BadRequest('"payload" is missing.');
  return event.payload;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html; an ARN would reach another account's. */
function tableNameOf(event: Event): string {
  const name = event.tableName;
  if (name === undefined) throw new BadRequest('"tableName" is missing.');
  if (typeof name === 'string' && /^[\w.-]{3,255}$/.test(name)) return name;
  throw new BadRequest('"tableName" must be 3 to 255 letters, digits, "_", "-" or ".".');
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function nameOf(operation: unknown): string {
  return shorten(typeof operation === 'string' ? operation : (JSON.stringify(operation) ?? ''));
}

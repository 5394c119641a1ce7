import {
  DeleteItem$,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItem$,
  GetItemCommand,
  type GetItemCommandInput,
  PutItem$,
  PutItemCommand,
  type PutItemCommandInput,
  Scan$,
  ScanCommand,
  type ScanCommandInput,
  UpdateItem$,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { NormalizedSchema } from '@smithy/core/schema';
import { isObject, shorten } from './attribute-values.ts';
import { BadRequest } from './bad-request.ts';
import { translateFailure } from './failures.ts';
import { toAnswer, toInput } from './shapes.ts';

type Event = Record<string, unknown>;
type Operation = (client: DynamoDBClient, event: Event) => unknown;

interface Metadata {
  $metadata: { httpStatusCode?: number | undefined; requestId?: string | undefined; attempts?: number | undefined };
}

/** A Map, because a plain object would also find `constructor`. */
const operations: ReadonlyMap<unknown, Operation> = new Map<string, Operation>([
  ['create', onTable(PutItem$, (client, input: PutItemCommandInput) => client.send(new PutItemCommand(input)))],
  ['read', onTable(GetItem$, (client, input: GetItemCommandInput) => client.send(new GetItemCommand(input)))],
  [
    'update',
    onTable(UpdateItem$, (client, input: UpdateItemCommandInput) => client.send(new UpdateItemCommand(input))),
  ],
  [
    'delete',
    onTable(DeleteItem$, (client, input: DeleteItemCommandInput) => client.send(new DeleteItemCommand(input))),
  ],
  ['list', onTable(Scan$, (client, input: ScanCommandInput) => client.send(new ScanCommand(input)))],
  ['echo', (_client, event) => payloadOf(event)],
  ['ping', () => 'pong'],
]);

/** DynamoDB's values end at 32; what is thousands of levels deep, not even `JSON.stringify` gets to the end of. */
const maxEventDepth = 100;

/**
 * Answers one event `{operation, tableName, payload}`. The payload is DynamoDB's own request with plain JSON values, as the
 * document client takes it. Throws BadRequest for the caller's mistakes, Error for everything else.
 */
export async function answer(client: DynamoDBClient, event: unknown): Promise<unknown> {
  if (!isObject(event))
    throw new BadRequest('The request must be a JSON object: {"operation", "tableName", "payload"}.');
  if (isDeeper(event, maxEventDepth)) {
    throw new BadRequest(`The request is nested deeper than ${maxEventDepth} levels.`);
  }
  const operation = operations.get(event.operation);
  if (!operation) {
    throw new BadRequest(
      `Unrecognized operation "${nameOf(event.operation)}". Use one of: ${[...operations.keys()].join(', ')}.`,
    );
  }
  return operation(client, event);
}

function onTable<Input>(
  schema: typeof PutItem$,
  send: (client: DynamoDBClient, input: Input) => Promise<Metadata>,
): Operation {
  const [, , , , inputSchema, outputSchema] = schema;
  return async (client, event) => {
    const TableName = tableNameOf(event);
    const parameters = toInput(NormalizedSchema.of(inputSchema), payloadOf(event), 'payload');
    try {
      // `toInput` has checked it against this operation's schema.
      const { $metadata, ...rest } = await send(client, Object.assign({ TableName }, parameters) as Input);
      return {
        ResponseMetadata: {
          HTTPStatusCode: $metadata.httpStatusCode,
          RequestId: $metadata.requestId,
          RetryAttempts: ($metadata.attempts ?? 1) - 1,
        },
        ...Object.assign({}, toAnswer(NormalizedSchema.of(outputSchema), rest)),
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

/**
 * Checked here because the SDK also takes an ARN, from which it would build a host name of the caller's choice.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
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

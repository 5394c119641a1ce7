// The function of AWS's tutorial "Using Lambda with API Gateway": the request's JSON is the event, what is returned is the answer.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DeleteCommandInput,
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  ScanCommand,
  type ScanCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';

const TableName = process.env.ITEMS_TABLE;
const items = DynamoDBDocumentClient.from(new DynamoDBClient());

/** What the operation's own SDK command takes, without the table. */
type Payload = PutCommandInput & GetCommandInput & UpdateCommandInput & DeleteCommandInput & ScanCommandInput;

export async function handler(event: { operation: string; payload: Payload }) {
  const { operation, payload } = event;
  switch (operation) {
    case 'create':
      return items.send(new PutCommand({ ...payload, TableName }));
    case 'read':
      return items.send(new GetCommand({ ...payload, TableName }));
    case 'update':
      return items.send(new UpdateCommand({ ...payload, TableName }));
    case 'delete':
      return items.send(new DeleteCommand({ ...payload, TableName }));
    case 'list':
      return items.send(new ScanCommand({ ...payload, TableName }));
    case 'echo':
      return payload;
    case 'ping':
      return 'pong';
    default:
      throw new Error(`Unrecognized operation "${operation}"`);
  }
}

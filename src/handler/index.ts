import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { defaultProvider } from './environment-credentials.ts';
import { answer } from './operations.ts';
import { traceCalls } from './tracing.ts';

// Outside the handler: the connection is reused by every later invocation of this environment.
const client = new DynamoDBClient({ credentialDefaultProvider: defaultProvider });
traceCalls(client);

/** The Lambda function behind the API: `{operation, tableName, payload}` in, DynamoDB's answer as JSON out. */
export function handler(event: unknown): Promise<unknown> {
  return answer(client, event);
}

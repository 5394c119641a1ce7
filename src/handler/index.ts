import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoDb } from './dynamodb.ts';
import { keepSources } from './exact-numbers.ts';
import { answer } from './operations.ts';
import { traceCalls } from './tracing.ts';

keepSources();
// Outside the handler: the connection is reused by every later invocation of this environment.
const call = traceCalls(
  createDynamoDb({ environment: process.env, now: () => new Date(), random: Math.random, sleep }),
);

/** The Lambda function behind the API: `{operation, tableName, payload}` in, DynamoDB's answer as JSON out. */
export function handler(event: unknown): Promise<unknown> {
  return answer(call, event);
}

import { BadRequest } from './bad-request.ts';
import { DynamoDbRefusal } from './dynamodb.ts';

/** DynamoDB's errors that the caller's own parameters cause; missing rights and throttling are the service's side. */
const callersErrors = new Set([
  'ConditionalCheckFailedException',
  'ItemCollectionSizeLimitExceededException',
  'ResourceNotFoundException',
  'SerializationException',
  'ValidationException',
]);

/** What to throw for a failed DynamoDB call. Its message is what API users see, and is never empty. */
export function translateFailure(error: unknown): Error {
  if (error instanceof DynamoDbRefusal) {
    const text = `${error.name}: ${error.message}`;
    return callersErrors.has(error.name) ? new BadRequest(text) : new Error(`DynamoDB: ${text}`, { cause: error });
  }
  return new Error(`DynamoDB could not be called: ${reasonOf(error)}`, { cause: error });
}

function reasonOf(error: unknown): string {
  // Every address of a host refused: the outer message is empty, the first inner one says why.
  if (error instanceof AggregateError && !error.message) return reasonOf(error.errors[0]);
  return String(error) || 'no reason given';
}

import { AwsError } from '../service.ts';
import type { Item } from './values/types.ts';

/** The request is at fault: ValidationException, with the message as AWS words it. */
export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}

/** What item operations answer where the table, or the index to change, is not there. */
export function notFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'Requested resource not found');
}

/** `shown` is the item that failed the condition, where the caller asked for it. */
export function conditionFailed(shown: Item | undefined): AwsError {
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
    statusCode: 400,
    ...(shown && { members: { Item: shown } }),
  });
}

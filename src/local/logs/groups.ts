import { pageOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import type { LogGroup, StreamRecord } from './log-store.ts';

export function groupArn(call: Call, name: string): string {
  return `arn:aws:logs:${call.region}:${call.engine.accountId}:log-group:${name}`;
}

/** By its name, or by an ARN where the operation takes one. Throws ResourceNotFoundException. */
export function requireGroup(call: Call, nameOrArn: string | undefined): LogGroup {
  const own = groupArn(call, '');
  const name = nameOrArn?.startsWith(own) ? nameOrArn.slice(own.length) : (nameOrArn ?? '');
  const group = call.engine.logs.findGroup(call.region, name);
  if (group) return group;
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/** Of an operation that takes a name or, instead, a name or an ARN as identifier. */
export function requireIdentified(
  call: Call,
  { logGroupName, logGroupIdentifier }: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): LogGroup {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new AwsError('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  return requireGroup(call, logGroupIdentifier ?? logGroupName);
}

/** Recorded: lengths have words of their own. */
export function checkNameLength(name: string): void {
  if (name.length <= 512) return;
  throw invalidParameter('Invalid LogGroup or LogStream, both must have length less than or equal to 512.');
}

/** Throws ResourceNotFoundException. */
export function requireStream(group: LogGroup, name: string | undefined): StreamRecord {
  const stream = group.streams.get(name ?? '');
  if (stream) return stream;
  throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** One page of a list by unique keys, 50 at most. Throws InvalidParameterException for a token that is not ours. */
export const page = <Item>(
  list: readonly Item[],
  keyOf: (item: Item) => string,
  {
    nextToken,
    limit,
    descending,
  }: { nextToken?: string | undefined; limit?: number | undefined; descending?: boolean | undefined },
) =>
  pageOf(list, keyOf, {
    limit: limit ?? 50,
    token: nextToken,
    descending: descending ?? false,
    invalidToken: () => invalidParameter('The specified nextToken is invalid.'),
  });

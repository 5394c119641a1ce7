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

/** One page of a sorted list; the token is the key of the page's last entry. */
export function page<T>(
  list: T[],
  keyOf: (entry: T) => string,
  { nextToken, limit, maxLimit }: { nextToken: string | undefined; limit: number | undefined; maxLimit: number },
): { entries: T[]; nextToken: string | undefined } {
  const after = nextToken === undefined ? -1 : list.findIndex((entry) => keyOf(entry) === fromToken(nextToken));
  if (nextToken !== undefined && after < 0) throw invalidParameter('The specified nextToken is invalid.');
  const entries = list.slice(after + 1, after + 1 + (limit ?? maxLimit));
  const last = entries.at(-1);
  const more = after + 1 + entries.length < list.length;
  return { entries, nextToken: more && last !== undefined ? toToken(keyOf(last)) : undefined };
}

const toToken = (key: string) => Buffer.from(key).toString('base64url');
const fromToken = (token: string) => Buffer.from(token, 'base64url').toString();

import type { Engine } from '../engine.ts';
import { AwsError } from '../service.ts';
import { revisionOf, stateOf } from './describe-function.ts';
import { type FunctionRecord, requireFunction } from './functions.ts';

/** Throws what AWS throws while a function is being made or changed, or when it is not the revision that was meant. */
export function requireIdle(
  engine: Engine,
  region: string,
  input: { FunctionName: string | undefined; RevisionId?: string | undefined },
): FunctionRecord {
  const record = requireFunction(engine, region, input.FunctionName);
  const state = stateOf(engine, record);
  if (state === 'pending') {
    throw new AwsError(
      'ResourceConflictException',
      'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    );
  }
  if (state === 'updating') {
    throw new AwsError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. An update is in progress for resource: ${record.arn}`,
    );
  }
  checkRevision(input.RevisionId, revisionOf(record, 'settled'));
  return record;
}

export function checkRevision(asked: string | undefined, actual: string): void {
  if (asked === undefined || asked === actual) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  );
}

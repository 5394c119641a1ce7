import { isAnswerLost, isConcurrentChange, isExisting, isLasting, isMissing } from '../aws/errors.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import type { Run } from './pipeline.ts';

/** What stands is not what was thought, or nobody knows: it is read again, and what is then missing is done. */
export function isWorthAnotherLook(error: unknown): boolean {
  if (!(error instanceof DynopsError)) return false;
  if (['ForeignResource', 'NeedsReplace', 'WaitedTooLong'].includes(error.code) || isLasting(error)) return false;
  return isAnswerLost(error) || isConcurrentChange(error) || isExisting(error) || isMissing(error);
}

/** An error that says what stands: part-way when something was changed, so that the same command goes on. */
export function failure(run: Run, cause: unknown): unknown {
  const resources = [...run.reports.values()];
  const changed = run.touched || resources.some(({ action }) => action !== 'unchanged' && action !== 'absent');
  if (!(cause instanceof DynopsError)) return cause;
  const { code, message, hint, requestId, exitStatus } = cause;
  const partial = changed && exitStatus === ExitStatus.failed;
  const goesOn = partial || (changed && exitStatus === ExitStatus.interrupted);
  return new DynopsError({
    code,
    message,
    hint: hint ?? (goesOn ? 'Run the same command again: it goes on from what stands.' : undefined),
    requestId,
    exitStatus: partial ? ExitStatus.partial : exitStatus,
    resources,
    cause,
  });
}

/** Lets all come to an end, so that nothing goes on behind an error; then throws the first that tells most. */
export async function allSettled(promises: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (reasons.length === 0) return;
  throw reasons.find((reason) => !isWorthAnotherLook(reason)) ?? reasons[0];
}

import { isAnswerLost, isConcurrentChange, isExisting, isLasting, isMissing } from '../aws/errors.ts';
import { DynopsError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Run } from './run.ts';
import { isChange } from './types.ts';

/** The account differs from what was read, or the outcome is unknown: it is read again, and what is then missing is done. */
export function isWorthAnotherLook(error: unknown): boolean {
  if (!(error instanceof DynopsError)) return false;
  if (['ForeignResource', 'NeedsReplace', 'WaitedTooLong'].includes(error.code) || isLasting(error)) return false;
  return isAnswerLost(error) || isConcurrentChange(error) || isExisting(error) || isMissing(error);
}

/** The same command, run again as it is, would be refused again. */
function isRefusedForGood({ kind, facts: { problem } }: DynopsError): boolean {
  return kind === 'conflict' || problem === 'refused-value' || problem === 'quota' || problem === 'not-served';
}

/** An error with the state of every resource: part-way when something was changed, so that the same command continues. */
export function failure(run: Run, cause: unknown): unknown {
  const resources = [...run.reports.values()];
  const changed = run.touched || resources.some(({ action }) => isChange(action));
  if (!(cause instanceof DynopsError)) return cause;
  const partial = changed && cause.exitStatus === ExitStatus.failed && !isRefusedForGood(cause);
  const goesOn = partial || (changed && cause.kind === 'interrupted');
  return cause.with({
    facts: { goesOn, settings: run.known.settings() },
    ...(partial && { kind: 'unfinished' }),
    resources,
  });
}

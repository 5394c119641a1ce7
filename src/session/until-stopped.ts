import { DynopsError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Context, Result } from './command.ts';

/** Runs what is meant to end with Ctrl-C: the interruption is not reported as an error. */
export async function untilStopped({ signal }: Pick<Context, 'signal'>, run: () => Promise<never>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const reason: unknown = signal.reason;
    if (!(reason instanceof DynopsError) || reason.kind !== 'interrupted') throw error;
    return { json: undefined, exitStatus: ExitStatus.interrupted };
  }
}

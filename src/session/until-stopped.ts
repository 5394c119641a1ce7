import { DynopsError, usageError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import type { Context, Result } from './command.ts';

/** Does what `--follow` asks for, until Ctrl-C, which is not reported as an error. Throws a usage error with `--json`. */
export async function untilStopped(
  { signal, ui }: Pick<Context, 'signal' | 'ui'>,
  run: () => Promise<never>,
): Promise<Result> {
  if (ui.json) throw usageError('--follow does not end, but --json prints one document.');
  try {
    return await run();
  } catch (error) {
    const reason: unknown = signal.reason;
    if (!(reason instanceof DynopsError) || reason.kind !== 'interrupted') throw error;
    return { json: undefined, exitStatus: ExitStatus.interrupted };
  }
}

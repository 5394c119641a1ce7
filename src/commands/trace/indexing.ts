import type { Aws } from '../../aws/aws.ts';
import { waitFor } from '../../aws/wait.ts';
import { recordedEngine } from '../../endpoint/engine.ts';
import { DynopsError } from '../../errors.ts';
import type { Context } from '../../session/command.ts';

/** X-Ray's trace of a request can be read some seconds to a minute after it. */
const onAwsMs = 60_000;
/** The engine's own, with `--aws-like`, with some to spare. */
const onEngineMs = 15_000;

/** How long it may take until a request's trace can be read; 0: at once. */
export async function indexingMs(context: Context): Promise<number> {
  const { kind } = await context.choice();
  if (kind !== 'local') return onAwsMs;
  return onEngineMs * ((await recordedEngine(context.home))?.scale ?? 0);
}

/** Asks until what was recorded only just now can be read; undefined when it cannot be read by then. */
export async function whenIndexed<Answer>(
  context: Context,
  aws: Aws,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const [found, limitMs] = await Promise.all([ask(), indexingMs(context)]);
  if (found !== undefined || limitMs === 0) return found;
  context.ui.note(`The trace is not indexed yet; X-Ray takes up to ${Math.ceil(limitMs / 1000)} s.`);
  const wait = { reason: 'the trace is not indexed yet', limitMs, onWait: () => undefined, ask };
  return waitFor(aws, wait).catch((error: unknown) => {
    if (error instanceof DynopsError && error.code === 'WaitedTooLong') return undefined;
    throw error;
  });
}

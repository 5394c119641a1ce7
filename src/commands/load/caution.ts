import { accountConcurrency, type FunctionSettings } from '../../aws/function-settings.ts';
import { apiCost } from '../../measure/cost.ts';
import type { Context } from '../../session/command.ts';
import { confirmOrStop } from '../../session/confirm.ts';
import { count, dollars } from '../../ui/figures.ts';
import { duration } from '../../ui/words.ts';
import type { Shape } from './plan.ts';

/** A quick answer of the API: an estimate that is rather too many requests than too few. */
const quickAnswerMs = 30;
/** A function that reads or writes one item, at small memory. */
const billedMs = 20;

/**
 * On AWS: what the run may cost, or the runs with several settings one after the other, and whom else it may slow down is
 * said, and agreed to, before it starts.
 */
export async function cautionOnAws(
  context: Context,
  what: { shape: Shape; trials: FunctionSettings[] },
): Promise<void> {
  const { kind } = await context.choice();
  if (kind !== 'aws') return;
  const { shape, trials } = what;
  const { model, durationMs } = shape;
  const perSecond = model.kind === 'open' ? model.ratePerSecond : (model.users * 1000) / quickAnswerMs;
  const requests = (perSecond * durationMs) / 1000;
  const costs = trials.map(({ memoryMb, architecture, tracing }) =>
    apiCost({ requests, billedMs, memoryMb, architecture, tracing }),
  );
  const cost = costs.reduce((sum, each) => sum + each, 0);
  const limit = await accountConcurrency(await context.aws());
  const atOnce = model.kind === 'open' ? model.ratePerSecond * (quickAnswerMs / 1000) : model.users;
  context.ui.warn(
    `This will send up to about ${count(requests * trials.length)} requests in ${duration(durationMs * trials.length)}, at a cost of about ${dollars(cost)}.`,
  );
  if (limit !== undefined) {
    context.ui.warn(
      `The account runs at most ${count(limit)} invocations at once, all its functions together; this load needs about ${count(Math.ceil(atOnce))}.`,
    );
  }
  await confirmOrStop(context, 'Start the load?');
}

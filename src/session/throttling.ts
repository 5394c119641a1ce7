import type { StackStatus } from '../stack/types.ts';
import type { Context } from './command.ts';
import { readStatus } from './outputs.ts';
import { ownCommand } from './own-command.ts';

/** Why the API answered 429, as far as the stack tells, and what to do. */
export async function explainThrottling(context: Context): Promise<{ why: string | undefined; hint: string }> {
  const run = ownCommand(context.options);
  const causes = await readStatus(context).then(causesIn, () => undefined);
  if (causes === undefined) {
    const possible = "The stage's throttling, a reserved concurrency of the function or a limit of the account";
    return { why: undefined, hint: `${possible} limits requests: ${run('status')} shows the first two.` };
  }
  return causes.length > 0
    ? { why: causes.join('; '), hint: `Run ${run('up')}, which takes that away.` }
    : {
        why: 'more requests came at once than the limits of the account allow',
        hint: 'Wait a moment and send it again; `load` finds out how many requests get through.',
      };
}

/** In words, what was set on the stack that holds requests back. */
function causesIn({ resources }: StackStatus): string[] {
  return resources.flatMap(({ type, name, drift = [] }) =>
    drift.flatMap(({ property, from }) => {
      if (property === 'throttling') return [`the ${type} ${name} is throttled: ${JSON.stringify(from)}`];
      if (property !== 'reservedConcurrency') return [];
      return [`a reserved concurrency lets ${from} invocations of the function ${name} run at once`];
    }),
  );
}

import { ExitStatus } from '../exit-status.ts';
import type { ResourceType } from '../resource-types.ts';
import type { Context, Result } from '../session/command.ts';
import { noteOf } from '../session/note-of.ts';
import { stackRequest } from '../session/service.ts';
import type { SettingOptions } from '../session/stack-settings.ts';
import { isChange } from '../stack/types.ts';
import { reportLines } from '../ui/stack-tables.ts';
import { lookOf } from '../ui/table.ts';

export interface PlanOptions extends SettingOptions {
  adopt?: boolean;
  replace?: ResourceType[];
  removeTable?: string[];
  exitCode?: boolean;
  /** Nothing is shortened. */
  wide?: boolean;
}

/** What `up` would do, without a mutating call. */
export async function plan(context: Context, options: PlanOptions): Promise<Result> {
  const { adopt = false, replace = [], removeTable = [], exitCode = false, wide, ...settings } = options;
  const [request, aws, stack] = await Promise.all([
    stackRequest(context, settings),
    context.aws(),
    import('../stack/stack.ts'),
  ]);
  const report = await stack.plan(aws, {
    ...request,
    signal: context.signal,
    onEvent: noteOf(context),
    adopt,
    replace,
    removeTables: removeTable,
  });
  const changing = report.resources.filter(({ action }) => isChange(action));
  const verdict =
    changing.length === 0
      ? '`up` would change nothing.'
      : `\`up\` would change ${changing.length} of ${report.resources.length} resources.`;
  const lines = reportLines(report.resources, lookOf(context.ui, { wide }), { plan: true });
  return {
    json: report,
    text: `${lines.join('\n')}\n\n`,
    sentences: verdict,
    exitStatus: exitCode && changing.length > 0 ? ExitStatus.checkFailed : ExitStatus.done,
  };
}

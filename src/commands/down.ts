import { stackFiles } from '../home/stack-files.ts';
import { announce, placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop, confirmTyped, refuseUnasked } from '../session/confirm.ts';
import { stackSettings } from '../session/stack-settings.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { counted } from '../ui/words.ts';

export interface DownOptions {
  keepData?: boolean;
}

/** Deletes what `up` made, and verifies that nothing is left. Asks first; in an account where items go with it, for its name. */
export async function down(context: Context, { keepData = false }: DownOptions): Promise<Result> {
  const { signal } = context;
  refuseUnasked(context, 'Delete the stack?');
  const [settings, service, aws, choice, name] = await Promise.all([
    stackSettings(context, {}),
    context.service({ values: false }),
    context.aws(),
    context.choice(),
    context.stack(),
  ]);
  const stack = await import('../stack/stack.ts');
  if (!context.options.yes) {
    const items = keepData ? 0 : await stack.countItems(aws, { settings, service, signal, onEvent: () => undefined });
    const place = placeOf({ target: choice.kind, account: aws.accountId, region: aws.region });
    const loss = items === 0 ? '' : ` with ${counted(items, 'item')} in its tables`;
    const question = `Delete stack "${name}"${loss} in ${place}?`;
    if (items > 0 && choice.kind === 'aws') await confirmTyped(context, question, name);
    else await confirmOrStop(context, question);
  }
  await announce(context, 'Deleting');
  const progress = await showStackProgress(context.ui);
  const report = await stack
    .down(aws, { settings, service, keepData, signal, onEvent: progress.onEvent })
    .finally(progress.close);
  await stackFiles(context.home, { choice, account: aws.accountId, stack: name }).forget({ keepPassword: keepData });
  const kept = report.resources.filter(({ action }) => action === 'kept');
  const verdict = kept.length === 0 ? 'Nothing is left.' : `Kept: ${kept.map(({ type }) => type).join(', ')}.`;
  return { json: report, sentences: verdict };
}

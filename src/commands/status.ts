import { ExitStatus } from '../exit-status.ts';
import { keepFiles, outputFiles } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { noteOf } from '../session/note-of.ts';
import { keepOutputs } from '../session/outputs.ts';
import { ownCommand } from '../session/own-command.ts';
import { stackRequest } from '../session/service.ts';
import type { SettingOptions } from '../session/stack-settings.ts';
import { notComparedLines, statusLines, summaryLines } from '../ui/stack-tables.ts';
import { lookOf } from '../ui/table.ts';

export interface StatusOptions extends SettingOptions {
  exitCode?: boolean;
  /** Nothing is shortened. */
  wide?: boolean;
  /** Drawn instead of the table; into this file as SVG where it is one. */
  diagram?: true | string;
}

/** Each resource: present, absent, drifted and how, or foreign. */
export async function status(context: Context, options: StatusOptions): Promise<Result> {
  const { exitCode = false, wide, diagram, ...settings } = options;
  const files = await outputFiles(context, { report: diagram === true ? undefined : diagram }, { report: '--diagram' });
  const [request, aws, stack] = await Promise.all([
    stackRequest(context, settings),
    context.aws(),
    import('../stack/stack.ts'),
  ]);
  const found = await stack.status(aws, { ...request, signal: context.signal, onEvent: noteOf(context) });
  await keepOutputs(context, found);
  const run = ownCommand(context.options);
  const states = new Set(found.resources.map(({ state }) => state));
  const verdict = found.inSync
    ? 'Everything that is compared is as it should be.'
    : states.size === 1 && states.has('absent')
      ? `Nothing exists yet; ${run('up')} creates it.`
      : `${run('plan')} shows what ${run('up')} would repair.`;
  const look = lookOf(context.ui, { wide });
  const drawn = diagram === true;
  const picture = diagram === undefined ? undefined : await import('../ui/stack-diagram.ts');
  const error =
    picture &&
    (await keepFiles(context, files, {
      report: () => picture.diagramSvg(found.resources, request.service, `Stack ${found.stack}, ${found.region}`),
      name: 'picture',
    }));
  const lines = [
    ...(drawn && picture
      ? picture.diagramLines(found.resources, request.service, look)
      : statusLines(found.resources, look)),
    '',
    ...summaryLines(found, undefined),
    ...(Object.keys(found.notCompared).length > 0 ? ['', ...notComparedLines(found.notCompared, look), ''] : []),
  ];
  return {
    json: found,
    text: `${lines.join('\n')}\n`,
    sentences: verdict,
    ...(error && { error }),
    exitStatus: exitCode && !found.inSync ? ExitStatus.checkFailed : ExitStatus.done,
  };
}

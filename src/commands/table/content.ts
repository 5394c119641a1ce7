import { type TableFacts, tableFacts } from '../../aws/items.ts';
import { dataSince } from '../../endpoint/loading.ts';
import { DynopsError } from '../../errors.ts';
import type { Context } from '../../session/command.ts';

/**
 * Names what a table holds as long as it goes on by itself: another when the table was made anew, or when a snapshot took the
 * place of what the engine had. What was counted of the one says nothing of the other.
 */
export async function contentOf(context: Context, { arn, id }: TableFacts): Promise<string> {
  const { kind } = await context.choice();
  return JSON.stringify([arn, id, kind === 'local' ? ((await dataSince(context.home)) ?? '') : '']);
}

/** Throws where the table holds something else by now. For the end: what was written or read before this is of one content. */
export async function requireSame(context: Context, table: TableFacts, content: string): Promise<void> {
  // The table first: a snapshot that is loaded between the two shows in the other.
  const now = await tableFacts(await context.aws(), table.name);
  if ((await contentOf(context, now)) === content) return;
  throw new DynopsError({
    code: 'ContentReplaced',
    message: `Meanwhile table ${table.name} was made anew, or replaced by a snapshot: only a part of the items is of it as it is now.`,
    hint: 'Run the same command again. It begins at the beginning.',
  });
}

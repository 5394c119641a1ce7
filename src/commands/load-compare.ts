import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usageError } from '../errors.ts';
import { compareRuns } from '../measure/load/compare.ts';
import { type LoadResult, parseLoadResult } from '../measure/load/result.ts';
import { comparisonPage } from '../ui/load-html.ts';
import { comparisonLines } from '../ui/load-text.ts';
import { outputFiles } from './argument.ts';
import type { Context, Result } from './command.ts';

export interface LoadCompareOptions {
  /** Files written by `load --out`. */
  a: string;
  b: string;
  /** File for the comparison as a page. */
  report?: string;
}

/** Puts two kept runs side by side and says what is more than chance. Calls nothing. */
export async function loadCompare(context: Context, options: LoadCompareOptions): Promise<Result> {
  const { report } = await outputFiles(context, options);
  const [a, b] = await Promise.all([readRun(context, options.a), readRun(context, options.b)]);
  const comparison = compareRuns(a, b);
  if (report !== undefined) {
    await writeFile(report, comparisonPage(comparison, a, b));
    context.ui.note(`The comparison is in ${report}.`);
  }
  const names = { a: `${a.label} (${options.a})`, b: `${b.label} (${options.b})` };
  return {
    json: { ok: true, a: options.a, b: options.b, ...comparison },
    text: `${comparisonLines(comparison, names).join('\n')}\n`,
  };
}

async function readRun({ cwd }: Context, file: string): Promise<LoadResult> {
  try {
    return parseLoadResult(await readFile(resolve(cwd, file), 'utf8'));
  } catch (cause) {
    throw usageError(
      `${file} cannot be compared: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give two files that `dynops load --out FILE` wrote.',
    );
  }
}

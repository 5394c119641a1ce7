import { usageError } from '../errors.ts';
import { compareRuns } from '../measure/load/compare.ts';
import { type LoadResult, parseLoadResult } from '../measure/load/result.ts';
import { keepFiles, outputFiles, readNamed } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { comparisonPage } from '../ui/load-html.ts';
import { comparisonLines } from '../ui/load-text.ts';
import { lookOf } from '../ui/table.ts';

export interface LoadCompareOptions {
  /** Files written by `load --out`. */
  a: string;
  b: string;
  /** File for the comparison as a page. */
  report?: string;
}

/** Puts two kept runs side by side and says what is more than chance. Calls nothing. */
export async function loadCompare(context: Context, options: LoadCompareOptions): Promise<Result> {
  const files = await outputFiles(
    context,
    { report: options.report },
    { inputs: { 'the first run': options.a, 'the second run': options.b } },
  );
  const [a, b] = await Promise.all([readRun(context, options.a), readRun(context, options.b)]);
  const comparison = compareRuns(a, b);
  const error = await keepFiles(context, files, { report: () => comparisonPage(comparison, a, b), name: 'comparison' });
  const names = { a: `${a.label} (${options.a})`, b: `${b.label} (${options.b})` };
  return {
    json: { ok: true, a: options.a, b: options.b, ...comparison },
    text: `${comparisonLines(comparison, names, lookOf(context.ui)).join('\n')}\n`,
    ...(error && { error }),
  };
}

async function readRun(context: Context, file: string): Promise<LoadResult> {
  const text = await readNamed(file, 'load compare', context);
  try {
    return parseLoadResult(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(
      `${file} cannot be compared: ${error.message}.`,
      'Give two files that `dynops load --out FILE` wrote.',
    );
  }
}

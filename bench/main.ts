import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAwsLike } from './aws-like.ts';
import { benchCalls } from './calls.ts';
import { benchDataPlane } from './data-plane.ts';
import { benchDynamodb } from './dynamodb.ts';
import { benchGenerator } from './generator.ts';
import { benchHandler } from './handler.ts';
import { benchLarge } from './large.ts';
import type { Figure } from './measure.ts';
import { benchSave } from './save.ts';
import { benchStart } from './start.ts';
import { benchTracing } from './tracing.ts';
import { benchUp } from './up.ts';

/** Prints the README's table: medians, each against a baseline of the same run. Arguments choose parts by name. */
const parts: Record<string, (home: string) => Promise<Figure[]>> = {
  start: benchStart,
  up: benchUp,
  save: benchSave,
  'aws-like': benchAwsLike,
  calls: benchCalls,
  large: benchLarge,
  dynamodb: benchDynamodb,
  'data-plane': benchDataPlane,
  generator: benchGenerator,
  handler: benchHandler,
  tracing: benchTracing,
};

const chosen = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, bench] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name}…\n`);
  const home = await mkdtemp(join(tmpdir(), 'dynops-bench-'));
  try {
    figures.push(...(await bench(home)));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
process.stdout.write(table(figures));

/** As it goes into the README. */
function table(shown: readonly Figure[]): string {
  const rows = [
    ['what', 'median', 'least to most', 'beside it', 'ratio'],
    ...shown.map(({ what, value, spread = '', baseline, ratio }) => [what, value, spread, baseline, ratio]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = rows;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
}

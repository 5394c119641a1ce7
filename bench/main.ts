import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columns } from '../src/ui/words.ts';
import { benchAwsLike } from './aws-like.ts';
import { benchCalls } from './calls.ts';
import { benchDataPlane } from './data-plane.ts';
import { benchDynamodb } from './dynamodb.ts';
import { benchGenerator } from './generator.ts';
import { benchHandler } from './handler.ts';
import type { Figure } from './measure.ts';
import { benchSave } from './save.ts';
import { benchStart } from './start.ts';
import { benchTracing } from './tracing.ts';
import { benchUp } from './up.ts';

/** Prints the README's figures: medians, each against a baseline of the same run. Arguments choose parts by name. */
const parts: Record<string, (home: string) => Promise<Figure[]>> = {
  start: benchStart,
  up: benchUp,
  save: benchSave,
  'aws-like': benchAwsLike,
  calls: benchCalls,
  dynamodb: benchDynamodb,
  'data-plane': benchDataPlane,
  generator: benchGenerator,
  handler: benchHandler,
  tracing: benchTracing,
};

const chosen = process.argv.slice(2);
const rows = [['what', 'median', 'baseline', 'ratio']];
for (const [name, bench] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stderr.write(`${name}…\n`);
  const home = await mkdtemp(join(tmpdir(), 'dynops-bench-'));
  try {
    for (const { what, value, baseline, ratio } of await bench(home)) rows.push([what, value, baseline, ratio]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
process.stdout.write(`${columns(rows).join('\n')}\n`);

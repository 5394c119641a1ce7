import { placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { type Column, lookOf, tableLines } from '../ui/table.ts';
import { counted } from '../ui/words.ts';

/** Every stack of this account and region. */
export async function list(context: Context): Promise<Result> {
  const [aws, { readStacks }] = await Promise.all([context.aws(), import('../aws/stacks.ts')]);
  const stacks = await readStacks(aws);
  const { targetKind: target, accountId: account, region } = aws;
  if (stacks.length === 0) context.ui.note(`No stacks in ${placeOf({ target, account, region })}.`);
  const rows = stacks.map(({ name, stage, apiUrl, createdAt }) => ({
    cells: [
      name,
      ageOf(createdAt, context.clock()),
      apiUrl ?? (stage === null ? 'not deployed' : 'not served by this endpoint'),
    ],
  }));
  const columns: Column[] = [{ title: 'stack' }, { title: 'age' }, { title: 'API', narrow: 'below', untitled: true }];
  const lines = stacks.length === 0 ? [] : tableLines(columns, rows, lookOf(context.ui));
  return { json: { ok: true, target, account, region, stacks }, text: lines.map((line) => `${line}\n`).join('') };
}

const units: [name: string, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 days`, to the largest unit. */
function ageOf(createdAt: string | null, nowMs: number): string {
  if (createdAt === null) return '';
  const seconds = Math.max(1, (nowMs - Date.parse(createdAt)) / 1000);
  const [name, size] = units.find(([, least]) => seconds >= least) ?? ['second', 1];
  return counted(Math.floor(seconds / size), name);
}

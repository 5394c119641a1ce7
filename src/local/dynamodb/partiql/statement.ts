import type { Step } from '../expressions/syntax.ts';
import type { Condition, Path, Update } from '../expressions/types.ts';
import type { Item } from '../values/types.ts';

/** Characters (API reference, ExecuteStatement). */
export const maxStatementLength = 8192;

/** What a SELECT gives: a path, under its last name. */
export interface Column {
  path: Path;
  name: string;
}

export interface Returning {
  items: 'ALL' | 'MODIFIED';
  age: 'OLD' | 'NEW';
}

export interface Select {
  kind: 'SELECT';
  table: string;
  index: string | undefined;
  /** Undefined: all attributes. */
  columns: Column[] | undefined;
  where: Condition | undefined;
  orderBy: { name: string; descending: boolean }[];
}

/** A statement with its parameters in place, checked as far as that goes without its table. */
export type Statement =
  | Select
  | { kind: 'INSERT'; table: string; item: Item }
  | { kind: 'UPDATE'; table: string; update: Update; where: Condition | undefined; returning: Returning | undefined }
  | { kind: 'DELETE'; table: string; where: Condition | undefined; returning: Returning | undefined }
  | { kind: 'EXISTS'; table: string; select: Select };

/** `#a`, `#b`, 0 → `b[0]` */
export function columnName(steps: readonly Step[]): string {
  const last = steps.findLastIndex((step) => typeof step === 'string');
  return steps
    .slice(last)
    .map((step) => (typeof step === 'string' ? step.slice(1) : `[${step}]`))
    .join('');
}

import type { Style } from './ui.ts';
import { shortened } from './words.ts';

/** A column of a table for people. */
export interface Column {
  title: string;
  /** Where the line is too long: cells are shortened in their middle, and a column left with next to nothing is left out. */
  shrinks?: 'shorten' | 'leave-out';
}

/** A row: a text for each column, and the style of its first two, the sign and the state. */
export interface Row {
  cells: readonly string[];
  style: Style | undefined;
  /** Lines below it. */
  below?: readonly string[];
}

export interface Look {
  /** Columns of the terminal; Infinity shortens nothing. */
  width: number;
  style(style: Style, text: string): string;
}

const gap = '  ';
/** Fewer characters of an ARN or a name say nothing. */
const leastCell = 12;

/** Aligned columns under a header; nothing but what is below a row is longer than the width. */
export function tableLines(columns: readonly Column[], rows: readonly Row[], { width, style }: Look): string[] {
  const wanted = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)),
  );
  const widths = fitted(columns, wanted, width);
  const line = (cells: readonly string[]) =>
    widths.flatMap((room, index) => (room === 0 ? [] : [shortened(cells[index] ?? '', room).padEnd(room)]));
  return [
    style(
      'dim',
      line(columns.map(({ title }) => title))
        .join(gap)
        .trimEnd(),
    ),
    ...rows.flatMap(({ cells, style: ofRow, below = [] }) => {
      const [sign = '', state = '', ...others] = line(cells);
      const marked = [sign, state].map((cell) => (ofRow ? style(ofRow, cell) : cell));
      return [[...marked, ...others].join(gap).trimEnd(), ...below];
    }),
  ];
}

/** How wide each column may be; 0: it is left out. */
function fitted(columns: readonly Column[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const over = () => {
    const shown = widths.filter((each) => each > 0);
    return shown.reduce((sum, each) => sum + each, (shown.length - 1) * gap.length) - width;
  };
  for (const kind of ['leave-out', 'shorten'] as const) {
    for (const [index, { shrinks }] of columns.entries()) {
      if (shrinks !== kind || over() <= 0) continue;
      const left = (widths[index] ?? 0) - over();
      widths[index] = left >= leastCell ? left : kind === 'leave-out' ? 0 : leastCell;
    }
  }
  return widths;
}

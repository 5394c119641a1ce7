import type { Style, Ui } from './ui.ts';
import { shortened, wrappedList } from './words.ts';

/** A column of a table for people. */
export interface Column {
  title: string;
  /**
   * Where the line is too long: `below`, cells go under their row, the last such column first; `shorten`, they lose their middle;
   * `leave-out`, that too, or the whole column where next to nothing would be left.
   */
  narrow?: 'below' | 'shorten' | 'leave-out';
  /** A cell says by itself what it is: below its row it needs no title. */
  untitled?: true;
}

/** A row: a text for each column, and the style of its first two, the sign and the state. */
export interface Row {
  cells: readonly string[];
  style?: Style | undefined;
  /** Lines below it. */
  below?: readonly string[];
}

export interface Look {
  /** Columns of the terminal; Infinity shortens nothing. */
  width: number;
  style(style: Style, text: string): string;
}

/** As wide as stdout's terminal; `wide`, or where another program reads, nothing is shortened. */
export function lookOf(ui: Ui, { wide = false }: { wide?: boolean | undefined } = {}): Look {
  return { width: wide ? Infinity : ui.width, style: (style, text) => ui.style(style, text, 'stdout') };
}

const gap = '  ';
const indent = '    ';
/** Fewer characters of an ARN or a name say nothing. */
const leastCell = 12;

/** Aligned columns under a header; nothing but what is below a row is longer than the width. */
export function tableLines(columns: readonly Column[], rows: readonly Row[], { width, style }: Look): string[] {
  const wanted = columns.map(({ title }, index) =>
    rows.reduce((most, { cells }) => Math.max(most, cells[index]?.length ?? 0), title.length),
  );
  const widths = fitted(columns, wanted, width);
  const line = (cells: readonly string[]) =>
    widths.flatMap((room, index) => (room === 0 ? [] : [shortened(cells[index] ?? '', room).padEnd(room)]));
  const titles = line(columns.map(({ title }) => title.toUpperCase()));
  const moved = columns.flatMap((column, index) =>
    column.narrow === 'below' && widths[index] === 0 ? [{ ...column, index }] : [],
  );
  return [
    style('dim', titles.join(gap).trimEnd()),
    ...rows.flatMap(({ cells, style: ofRow, below = [] }) => {
      const [sign = '', state = '', ...others] = line(cells);
      const marked = [sign, state].map((cell) => (ofRow ? style(ofRow, cell) : cell));
      return [[...marked, ...others].join(gap).trimEnd(), ...movedLines(moved, cells, width), ...below];
    }),
  ];
}

/** The cells that have no room in their row. */
function movedLines(moved: readonly (Column & { index: number })[], cells: readonly string[], width: number) {
  const parts = moved.flatMap(({ title, untitled, index }) => {
    const cell = cells[index] ?? '';
    return cell === '' ? [] : [untitled ? cell : `${title} ${cell}`];
  });
  return parts.length === 0 ? [] : wrappedList(parts.join(', '), width - indent.length).map((line) => indent + line);
}

/** How wide each column may be; 0: it has no room in the row. */
function fitted(columns: readonly Column[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const over = () => {
    const shown = widths.filter((each) => each > 0);
    return shown.reduce((sum, each) => sum + each, (shown.length - 1) * gap.length) - width;
  };
  for (const index of [...columns.keys()].reverse()) {
    if (columns[index]?.narrow === 'below' && over() > 0) widths[index] = 0;
  }
  for (const kind of ['leave-out', 'shorten'] as const) {
    for (const [index, { narrow }] of columns.entries()) {
      if (narrow !== kind || over() <= 0) continue;
      const left = (widths[index] ?? 0) - over();
      widths[index] = left >= leastCell ? left : kind === 'leave-out' ? 0 : leastCell;
    }
  }
  return widths;
}

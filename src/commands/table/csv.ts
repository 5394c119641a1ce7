import { attributeTypes, type Item, itemOf } from '../../aws/item-json.ts';
import { ownMember } from '../../own-member.ts';

/*
 * Items as CSV (RFC 4180). A column is an attribute with its type, `id:S`, `born:N`, so that nothing is guessed. What is
 * text or a number is written as it is, true and false too; sets, lists, maps and binary values as DynamoDB's JSON. A cell with
 * nothing in it is an attribute that the item does not have; "" is the empty text.
 */

/** `name:TYPE`; a name without a type is text. */
interface Column {
  name: string;
  type: string;
}

/** The columns that items need, in the order in which they come up: the key first. */
export class CsvColumns {
  readonly #columns = new Map<string, Column>();

  constructor(key: readonly Column[]) {
    for (const column of key) this.#add(column);
  }

  add(item: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(item)) {
      const [type = 'S'] = Object.keys(value as object);
      this.#add({ name, type });
    }
  }

  #add(column: Column): void {
    this.#columns.set(titleOf(column), column);
  }

  header(): string {
    return `${[...this.#columns.keys()].map(quoted).join(',')}\n`;
  }

  /** An item in DynamoDB's JSON as a line. */
  line(item: Record<string, unknown>): string {
    const cells = [...this.#columns.values()].map(({ name, type }) => {
      const value = (ownMember(item, name) ?? {}) as Record<string, unknown>;
      if (!Object.hasOwn(value, type)) return '';
      const inner = value[type];
      if (inner === '') return '""';
      return quoted(typeof inner === 'string' ? inner : JSON.stringify(inner));
    });
    return `${cells.join(',')}\n`;
  }
}

const titleOf = ({ name, type }: Column) => `${name}:${type}`;
const quoted = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A cell: text, or undefined where it is empty. */
export type Cell = string | undefined;

/** A record's cells, which may hold line breaks. Throws a RangeError. */
export function cellsOf(record: string): Cell[] {
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const cells: Cell[] = [];
  for (;;) {
    const match = field.exec(record);
    if (!match) throw new RangeError('a value that does not begin with a quotation mark contains one.');
    const [, inQuotes, plain = '', end] = match;
    cells.push(inQuotes === undefined ? plain || undefined : inQuotes.replaceAll('""', '"'));
    if (end !== ',') return cells;
  }
}

/** What the first line says of the columns. Throws a RangeError. */
export function columnsOf(cells: readonly Cell[]): Column[] {
  const columns = cells.map((cell = '') => {
    const at = cell.lastIndexOf(':');
    const type = cell.slice(at + 1);
    if (at > 0 && attributeTypes.includes(type)) return { name: cell.slice(0, at), type };
    if (cell.trim() === '') throw new RangeError('a column has no name; the first line names them, as id:S,born:N.');
    return { name: cell, type: 'S' };
  });
  const twice = firstRepeated(columns.map(titleOf));
  if (twice !== undefined) throw new RangeError(`column ${twice} appears twice.`);
  return columns;
}

/** Throws a RangeError. */
export function rowItem(columns: readonly Column[], cells: readonly Cell[]): Item {
  if (cells.length !== columns.length) {
    throw new RangeError(`there are ${cells.length} values for ${columns.length} columns.`);
  }
  const members = columns.flatMap(({ name, type }, index): [string, unknown][] => {
    const cell = cells[index];
    return cell === undefined ? [] : [[name, { [type]: cellValue(cell, type) }]];
  });
  const twice = firstRepeated(members.map(([name]) => name));
  if (twice !== undefined) throw new RangeError(`"${twice}" has two values, of different types.`);
  return itemOf(Object.fromEntries(members));
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function cellValue(cell: string, type: string): unknown {
  if (type === 'S' || type === 'N' || type === 'B') return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { excerpt, type Item, itemOf } from '../../aws/item-json.ts';
import type { TableFacts } from '../../aws/items.ts';
import { usageError } from '../../errors.ts';
import { ownMember } from '../../own-member.ts';
import { type Cell, cellsOf, columnsOf, rowItem } from './csv.ts';
import type { Format } from './formats.ts';

/** An item, and the line that it begins at. */
export interface Numbered {
  item: Item;
  line: number;
}

/** The items of a file, or of stdin, one after another, each checked against the table's key. Throws a usage error. */
export async function* readRecords(
  source: Readable | string,
  { name, format, table }: { name: string; format: Format; table: TableFacts },
): AsyncGenerator<Numbered> {
  const stream = typeof source === 'string' ? createReadStream(source) : source;
  const { endsWith, parse } = format === 'csv' ? csvReader() : jsonReader;
  let record: string[] = [];
  let length = 0;
  let line = 0;
  let firstLine = 1;
  try {
    for await (const text of linesOf(stream)) {
      line += 1;
      if (record.length === 0) {
        firstLine = line;
        if (text.trim() === '') continue;
      }
      length += text.length + 1;
      if (length > maxRecordLength) throw tooLong();
      record.push(text);
      if (!endsWith(text)) continue;
      const item = parse(record.join('\n').replace(/\r$/, ''));
      record = [];
      length = 0;
      if (item !== undefined) yield { item: keyChecked(item, table), line: firstLine };
    }
    if (record.length > 0) throw new RangeError('a value in quotation marks does not end.');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const at = error instanceof LongLine && record.length === 0 ? line + 1 : firstLine;
    throw usageError(`${name}, line ${at}: ${error.message}`);
  }
}

/** How a format's records end, and what is in them. */
interface Reader {
  /** Whether the record that this line goes on with is whole. Told of every line once. */
  endsWith(line: string): boolean;
  /** undefined: what is no item, as the names of the columns. Throws a RangeError. */
  parse(record: string): Item | undefined;
}

const jsonReader: Reader = {
  endsWith: () => true,
  parse(record) {
    let json: unknown;
    try {
      json = JSON.parse(record);
    } catch (error) {
      throw new RangeError(`this is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
    }
    return itemOf(json);
  },
};

function csvReader(): Reader {
  let columns: ReturnType<typeof columnsOf> | undefined;
  let isQuoted = false;
  return {
    endsWith(line) {
      for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) isQuoted = !isQuoted;
      return !isQuoted;
    },
    parse(record) {
      const cells: Cell[] = cellsOf(record);
      if (columns) return rowItem(columns, cells);
      columns = columnsOf(cells);
      return undefined;
    },
  };
}

function keyChecked(item: Item, { key, name }: TableFacts): Item {
  for (const part of key) {
    const value = ownMember(item, part.name);
    const like = `table ${name} needs "${part.name}" of type ${part.type} in every item`;
    if (value === undefined) throw new RangeError(`${like}, and this one has none.`);
    if (!Object.hasOwn(value, part.type)) throw new RangeError(`${like}, and here it is ${excerpt(value)}.`);
  }
  return item;
}

/** An item of DynamoDB's 400 KB is never longer as text, however it is written. */
const maxRecordLength = 16_000_000;

class LongLine extends RangeError {}
const tooLong = () => new LongLine(`this is longer than an item can be (${maxRecordLength} characters).`);

/** Node's own reader of lines would break a text at U+2028, which JSON allows inside of one. Throws a RangeError. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const [first = '', ...more] = decoder.decode(chunk as Uint8Array, { stream: true }).split('\n');
    begun.push(first);
    length += first.length;
    if (length > maxRecordLength) throw tooLong();
    const last = more.pop();
    if (last === undefined) continue;
    yield begun.join('');
    yield* more;
    begun = [last];
    length = last.length;
  }
  const rest = begun.join('') + decoder.decode();
  if (rest !== '') yield rest;
}

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { excerpt, type Item, itemOf } from '../../aws/item-json.ts';
import type { TableFacts } from '../../aws/items.ts';
import { usageError } from '../../errors.ts';
import { type Cell, cellsOf, columnsOf, rowItem } from './csv.ts';

export const formats = ['jsonl', 'csv'] as const;
export type Format = (typeof formats)[number];

/** As a file's name says, else JSON lines. */
export function formatOf(file: string | undefined): Format {
  return file?.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl';
}

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
  const parse = format === 'csv' ? csvParser() : jsonParser;
  let record = '';
  let line = 0;
  let firstLine = 1;
  try {
    for await (const text of linesOf(stream)) {
      line += 1;
      if (record === '') firstLine = line;
      record += record === '' ? text : `\n${text}`;
      if (record.trim() === '') record = '';
      if (record === '') continue;
      const item = parse(record.replace(/\r$/, ''));
      if (item === 'incomplete') continue;
      record = '';
      if (item !== undefined) yield { item: keyChecked(item, table), line: firstLine };
    }
    if (record !== '') throw new RangeError('a value in quotation marks does not end.');
  } catch (error) {
    if (error instanceof RangeError) throw usageError(`${name}, line ${firstLine}: ${error.message}`);
    throw error;
  }
}

type Parse = (record: string) => Item | 'incomplete' | undefined;

const jsonParser: Parse = (record) => {
  let json: unknown;
  try {
    json = JSON.parse(record);
  } catch (error) {
    throw new RangeError(`this is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return itemOf(json);
};

function csvParser(): Parse {
  let columns: ReturnType<typeof columnsOf> | undefined;
  return (record) => {
    const cells: Cell[] | undefined = cellsOf(record);
    if (!cells) return 'incomplete';
    if (columns) return rowItem(columns, cells);
    columns = columnsOf(cells);
    return undefined;
  };
}

function keyChecked(item: Item, { key, name }: TableFacts): Item {
  for (const part of key) {
    const value = Object.hasOwn(item, part.name) ? item[part.name] : undefined;
    const like = `table ${name} needs "${part.name}" of type ${part.type} in every item`;
    if (value === undefined) throw new RangeError(`${like}, and this one has none.`);
    if (!Object.hasOwn(value, part.type)) throw new RangeError(`${like}, and here it is ${excerpt(value)}.`);
  }
  return item;
}

/** Node's own reader of lines would break a text at U+2028, which JSON allows inside of one. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield text;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

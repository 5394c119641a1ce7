import { randomInt, randomUUID } from 'node:crypto';

/** A row of data: values by column name. */
export type Row = Readonly<Record<string, string>>;

/** A request body, made anew for each request; `fixed` is its text where nothing in it varies. */
export interface Template {
  readonly fixed: string | undefined;
  render(row: Row): string;
}

/** Postman's names, so that its collections work as they are. */
const variables: Record<string, () => string> = {
  $uuid: () => randomUUID(),
  $guid: () => randomUUID(),
  $randomUUID: () => randomUUID(),
  $randomInt: () => String(randomInt(0, 1001)),
  $timestamp: () => String(Math.floor(Date.now() / 1000)),
  $isoTimestamp: () => new Date().toISOString(),
};

/**
 * Compiles JSON text with `{{$uuid}}`, `{{$randomInt}}` (0 to 1000), `{{$timestamp}}` (seconds), `{{$isoTimestamp}}` and
 * `{{column}}`. Values are escaped for the inside of a JSON string, so data cannot change the request's shape.
 * Throws a RangeError for a name that is none of these.
 */
export function compileTemplate(text: string, columns: readonly string[] = []): Template {
  const parts = text.split(/\{\{\s*([^{}]*?)\s*\}\}/);
  const pieces = parts.map((part, index): ((row: Row) => string) => {
    if (index % 2 === 0) return () => part;
    if (Object.hasOwn(variables, part)) return variables[part] ?? (() => '');
    if (columns.includes(part)) return (row) => JSON.stringify(row[part] ?? '').slice(1, -1);
    const known = [...Object.keys(variables), ...columns].map((name) => `{{${name}}}`);
    throw new RangeError(`{{${part}}} is unknown; known are ${known.join(', ')}.`);
  });
  return {
    fixed: parts.length === 1 ? text : undefined,
    render: (row) => pieces.map((piece) => piece(row)).join(''),
  };
}

/** Rows of a CSV file (RFC 4180) whose first line names the columns. Throws a RangeError where a row has too many or few. */
export function parseCsv(file: string): Row[] {
  const text = file.endsWith('\n') ? file : `${file}\n`;
  const records: string[][] = [[]];
  // A field, quoted or not, and what ends it.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  for (field.lastIndex = 0; field.lastIndex < text.length; ) {
    const match = field.exec(text);
    if (!match) throw new RangeError(`Line ${records.length} of the CSV file cannot be read.`);
    const [, quoted, plain = '', end] = match;
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') records.push([]);
  }
  const [columns = [], ...rows] = records.filter((record) => record.join('') !== '');
  return rows.map((values, index) => {
    if (values.length !== columns.length) {
      throw new RangeError(
        `Row ${index + 1} of the CSV file has ${values.length} values for ${columns.length} columns.`,
      );
    }
    return Object.fromEntries(columns.map((name, at) => [name.trim(), values[at] ?? '']));
  });
}

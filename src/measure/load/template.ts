import { randomInt, randomUUID } from 'node:crypto';
import { ownMember } from '../../own-member.ts';

/** A row of data: values by column name. */
export type Row = Readonly<Record<string, string>>;

/** Text of a request, made anew for each one; `fixed` is its text where nothing in it varies. */
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

/** `{{name}}` with its name. */
export const variablePattern = /\{\{\s*([^{}]*?)\s*\}\}/;

/** How a value is written where it goes, so that data cannot change a request's shape. */
export const escapes = {
  /** For the inside of a JSON string. */
  json: (value: string) => JSON.stringify(value).slice(1, -1),
  /** For one segment of a path, or one value of a query. */
  url: encodeURIComponent,
  /** For a header's value: https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
  header: (value: string) => value.replace(/[^\t\x20-\x7e]/gu, encodeURIComponent),
  none: (value: string) => value,
} satisfies Record<string, (value: string) => string>;

/** What is wrong with a variable's name; undefined where it is known. */
export function variableProblem(name: string, columns: readonly string[]): string | undefined {
  if (Object.hasOwn(variables, name) || columns.includes(name)) return undefined;
  const known = [...Object.keys(variables), ...columns].map((one) => `{{${one}}}`);
  return `{{${name}}} is unknown; known are ${known.join(', ')}`;
}

/**
 * Compiles text with `{{$uuid}}`, `{{$randomInt}}` (0 to 1000), `{{$timestamp}}` (seconds), `{{$isoTimestamp}}` and
 * `{{column}}`. Throws a RangeError for a name that is none of these.
 */
export function compileTemplate(
  text: string,
  columns: readonly string[] = [],
  escaped: (value: string) => string = escapes.json,
): Template {
  const parts = text.split(variablePattern);
  const pieces = parts.map((part, index): ((row: Row) => string) => {
    if (index % 2 === 0) return () => part;
    const problem = variableProblem(part, columns);
    if (problem !== undefined) throw new RangeError(`${problem}.`);
    const own = ownMember(variables, part);
    return own ?? ((row) => escaped(row[part] ?? ''));
  });
  return {
    fixed: parts.length === 1 ? text : undefined,
    render: (row) => pieces.map((piece) => piece(row)).join(''),
  };
}

/** Rows of a CSV file (RFC 4180) whose first line names the columns. Throws a RangeError where a row has too many or few. */
export function parseCsv(file: string): Row[] {
  const text = file.endsWith('\n') ? file : `${file}\n`;
  const records: { line: number; values: string[] }[] = [{ line: 1, values: [] }];
  // A field, quoted or not, and what ends it.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  for (field.lastIndex = 0; field.lastIndex < text.length; ) {
    const match = field.exec(text);
    if (!match) {
      throw new RangeError(
        `line ${line}: a quotation mark is out of place; a field with quotation marks is written "so ""quoted"" here".`,
      );
    }
    const [whole, quoted, plain = '', end] = match;
    line += whole.split('\n').length - 1;
    records.at(-1)?.values.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') records.push({ line, values: [] });
  }
  const [head, ...rows] = records.filter(({ values }) => values.join('') !== '');
  const columns = (head?.values ?? []).map((name) => name.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`line ${head?.line}: the column "${twice}" is there twice.`);
  return rows.map(({ line, values }) => {
    if (values.length !== columns.length) {
      const wanted = `the first line names ${columns.length}: ${columns.join(', ')}`;
      throw new RangeError(`line ${line} has ${values.length} values, and ${wanted}.`);
    }
    return Object.fromEntries(columns.map((name, at) => [name, values[at] ?? '']));
  });
}

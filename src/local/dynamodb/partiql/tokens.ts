import { invalid } from '../errors.ts';

/** A word of a statement. `value` is what a quoted one holds. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  text: string;
  value: string;
  /** Offset in the statement. */
  at: number;
}

/** AWS's envelope for what its parser cannot read; in front of some faults it says no more. */
export const notWellFormed = (detail = '') => invalid(`Statement wasn't well formed, can't be processed: ${detail}`);

const words = new RegExp(
  [
    String.raw`(?<blank>\s+|--[^\n]*|/\*[^]*?\*/)`,
    String.raw`(?<word>[a-zA-Z_$][\w$]*)`,
    '(?<quoted>"(?:[^"]|"")*")',
    "(?<string>'(?:[^']|'')*')",
    String.raw`(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<symbol><<|>>|<=|>=|<>|!=|[-+*=<>()[\]{},.:;?])`,
    '(?<other>[^])',
  ].join('|'),
  'g',
);

/** The words of a statement without its comments, and an end. Throws AwsError ValidationException. */
export function tokenize(statement: string): Token[] {
  const tokens: Token[] = [];
  for (const match of statement.matchAll(words)) {
    const { word, quoted, string, number, symbol, other } = match.groups ?? {};
    const [text] = match;
    const at = match.index;
    if (other !== undefined) throw notWellFormed();
    if (word !== undefined) tokens.push({ kind: 'word', text, value: text, at });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text, value: unquoted(text, '"'), at });
    else if (string !== undefined) tokens.push({ kind: 'string', text, value: unquoted(text, "'"), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text, value: checkExponent(text), at });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text, value: text, at });
  }
  tokens.push({ kind: 'end', text: '', value: '', at: statement.length });
  return tokens;
}

function unquoted(text: string, quote: string): string {
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** AWS's parser keeps exponent and scale in 32 bits (paritysuite/dynamodb-conformance, run against AWS in October 2026). */
function checkExponent(text: string): string {
  const [digits = '', exponent = '0'] = text.split(/e/i);
  const scale = (digits.split('.')[1]?.length ?? 0) - Number(exponent);
  const most = 2 ** 31 - 1;
  if (Math.abs(Number(exponent)) > most || Math.abs(scale) > most) throw notWellFormed();
  return text;
}

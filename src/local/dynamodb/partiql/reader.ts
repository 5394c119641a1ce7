import { AwsError } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { Placeholders } from '../expressions/placeholders.ts';
import type { Step, WrittenOperand } from '../expressions/syntax.ts';
import { normalizeNumber } from '../values/numbers.ts';
import { type AttributeValue, emptyItem, type Item } from '../values/types.ts';
import { checkValue } from '../values/validate.ts';
import { notWellFormed, type Token, tokenize } from './tokens.ts';

/** Reads a statement word by word, and collects its values: those it writes out and those it has as parameters. */
export interface Reader {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes the next token if it is one of these keywords, in whatever case, and gives it in upper case. */
  keyword(...names: string[]): string | undefined;
  symbol(text: string): boolean;
  expectSymbol(text: string): void;
  expectKeyword(name: string): void;
  /** `1:8:3`: line, column and length of a token, as AWS writes them. */
  place(token: Token): string;
  /** The value as expressions refer to it. */
  refer(value: AttributeValue): { kind: 'value'; placeholder: string };
  valueOf(operand: WrittenOperand): AttributeValue | undefined;
  nextParameter(): AttributeValue;
  /** For binding expressions: what the references and quoted names stand for. */
  placeholders: Placeholders;
  /** Throws AwsError where words or parameters are left. */
  finish(): void;
  /** Throws AwsError where the statement ends after the infix operator that was read. */
  expectRight(): void;
}

export function createReader(statement: string, parameters: readonly AttributeValue[]): Reader {
  const tokens = tokenize(statement);
  const values: AttributeValue[] = [];
  let at = 0;
  let usedParameters = 0;

  const peek = (ahead = 0): Token => {
    const token = tokens[Math.min(at + ahead, tokens.length - 1)];
    if (!token) throw new Error('a statement without an end');
    return token;
  };
  const keyword = (...names: string[]) => {
    const { kind, text } = peek();
    const name = text.toUpperCase();
    if (kind !== 'word' || !names.includes(name)) return undefined;
    at += 1;
    return name;
  };
  const symbol = (text: string) => {
    const token = peek();
    if (token.kind !== 'symbol' || token.text !== text) return false;
    at += 1;
    return true;
  };
  return {
    peek,
    keyword,
    symbol,
    next() {
      const token = peek();
      at += 1;
      return token;
    },
    expectSymbol(text) {
      if (!symbol(text)) throw notWellFormed(`Expected ${text}`);
    },
    expectKeyword(name) {
      if (!keyword(name)) throw notWellFormed(`Expected ${name}`);
    },
    expectRight() {
      if (peek().kind === 'end') throw notWellFormed('Missing right-hand side expression of infix operator');
    },
    place(token) {
      const before = statement.slice(0, token.at).split('\n');
      return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}:${token.text.length}`;
    },
    refer(value) {
      values.push(value);
      return { kind: 'value', placeholder: `:${values.length - 1}` };
    },
    valueOf: (operand) => (operand.kind === 'value' ? values[Number(operand.placeholder.slice(1))] : undefined),
    nextParameter() {
      const parameter = parameters[usedParameters];
      if (parameter === undefined) throw wrongCount();
      usedParameters += 1;
      return parameter;
    },
    placeholders: {
      name: (placeholder) => placeholder.slice(1),
      value: (placeholder) => values[Number(placeholder.slice(1))],
      checkAllUsed: () => undefined,
    },
    finish() {
      symbol(';');
      if (peek().kind !== 'end') throw notWellFormed('Unexpected token after expression');
      if (usedParameters < parameters.length) throw wrongCount();
    },
  };
}

const wrongCount = () => invalid("Number of parameters in request and statement don't match.");

/** Words that AWS's parser does not take for a name after a dot. */
const keywords = new Set(
  'ALL AND AS BETWEEN BY CASE CROSS DELETE DISTINCT ELSE END EXISTS FALSE FROM FULL GROUP HAVING IN INNER INSERT INTO IS JOIN LEFT LIKE MISSING NOT NULL ON OR ORDER OUTER RIGHT SELECT SET THEN TRUE UNION UPDATE WHEN WHERE'.split(
    ' ',
  ),
);

const operators = new Set(['AND', 'BETWEEN', 'IN', 'IS', 'LIKE', 'OR', 'UNION']);

/** The fault of a token where a term should be. */
export function unexpected({ kind, text }: Token): AwsError {
  const name = text.toUpperCase();
  if (kind === 'word' && operators.has(name)) return notWellFormed('Unexpected operator');
  return notWellFormed(kind === 'word' && keywords.has(name) ? 'Unexpected keyword' : 'Unexpected term');
}

/** A path: each name with a `#` in front, so that it is a name whatever it is. */
export function readPath(reader: Reader): Step[] {
  const steps: Step[] = [`#${readName(reader)}`];
  for (;;) {
    if (reader.symbol('.')) {
      const { kind, text } = reader.peek();
      if (kind === 'word' && keywords.has(text.toUpperCase())) throw notWellFormed('Invalid path dot component');
      steps.push(`#${readName(reader)}`);
    } else if (reader.symbol('[')) {
      steps.push(readIndex(reader));
      reader.expectSymbol(']');
    } else return steps;
  }
}

export function readName(reader: Reader, fault = unexpected): string {
  const token = reader.peek();
  const { kind, text, value } = token;
  if (kind !== 'quoted' && (kind !== 'word' || keywords.has(text.toUpperCase()))) throw fault(token);
  reader.next();
  return value;
}

function readIndex(reader: Reader): number {
  const first = reader.peek();
  const negative = reader.symbol('-');
  const { kind, text } = reader.next();
  if (kind !== 'number' || !/^\d+$/.test(text)) throw notWellFormed('Unexpected term');
  const index = Number(text);
  if (index > 2_147_483_647 || (negative && index > 0)) {
    throw invalid(
      `List index is not within the allowable range; index: [${negative ? '-' : ''}${text}] at ${reader.place(first)}`,
    );
  }
  return index;
}

const maxLevels = 32;

/** A value that is written out, or a parameter. `where` it is in the attribute: `root.a[0]`. Throws AwsError. */
export function readValue(reader: Reader, where = 'root', level = 1): AttributeValue {
  if (level > maxLevels) throw invalid(`Nesting Levels have exceeded supported limits under ${where}`);
  const sign = reader.symbol('-') ? '-' : reader.symbol('+') ? '+' : '';
  const token = reader.next();
  if (token.kind === 'number') return { N: readNumber(sign + token.value, where) };
  if (sign) throw notWellFormed('Unexpected term');
  if (token.kind === 'string') return { S: token.value };
  if (token.kind === 'word') return constant(reader, token);
  switch (token.text) {
    case '?':
      return reader.nextParameter();
    case '[':
      return { L: readMembers(reader, ']', (at) => readValue(reader, `${where}[${at}]`, level + 1)) };
    case '{':
      return { M: readMap(reader, (name) => readValue(reader, `${where}.${name}`, level + 1)) };
    case '<<':
      return setOf(readMembers(reader, '>>', () => readValue(reader, where, level + 1)));
    default:
      throw unexpected(token);
  }
}

/** The members of a map that has been opened, by the names that are written as texts. */
export function readMap(reader: Reader, readMember: (name: string) => AttributeValue): Item {
  const map = emptyItem();
  readMembers(reader, '}', () => {
    const { kind, value: name } = reader.next();
    if (kind !== 'string' && kind !== 'quoted') throw notWellFormed('Unexpected term');
    reader.expectSymbol(':');
    map[name] = readMember(name);
  });
  return map;
}

/** Members with commas between them, until what closes them. */
export function readMembers<T>(reader: Reader, close: string, readMember: (at: number) => T): T[] {
  const members: T[] = [];
  if (reader.symbol(close)) return members;
  do members.push(readMember(members.length));
  while (reader.symbol(','));
  reader.expectSymbol(close);
  return members;
}

function constant(reader: Reader, token: Token): AttributeValue {
  switch (token.text.toUpperCase()) {
    case 'TRUE':
      return { BOOL: true };
    case 'FALSE':
      return { BOOL: false };
    case 'NULL':
      return { NULL: true };
    default:
      if (reader.peek().text !== '(') throw unexpected(token);
      throw invalid(`Unsupported data type: ${token.text.toLowerCase()} under key root at ${reader.place(token)}`);
  }
}

function readNumber(text: string, where: string): string {
  try {
    return normalizeNumber(text);
  } catch (error) {
    throw error instanceof AwsError ? invalid(`${error.message} under ${where}`) : error;
  }
}

function setOf(members: AttributeValue[]): AttributeValue {
  if (members.length === 0) throw invalid('Empty bags are not supported');
  const strings = members.flatMap((member) => ('S' in member ? [member.S] : []));
  const numbers = members.flatMap((member) => ('N' in member ? [member.N] : []));
  const binaries = members.flatMap((member) => ('B' in member ? [member.B] : []));
  if (strings.length === members.length) return checkValue({ SS: strings }, 'older');
  if (numbers.length === members.length) return checkValue({ NS: numbers }, 'older');
  if (binaries.length === members.length) return checkValue({ BS: binaries }, 'older');
  throw invalid('Bags must have elements of one type: string, number or binary');
}

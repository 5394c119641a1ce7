import { ownMember } from '../../../own-member.ts';
import { invalid } from '../errors.ts';
import type { WrittenCondition } from '../expressions/condition-syntax.ts';
import type { WrittenOperand } from '../expressions/syntax.ts';
import type { Comparator } from '../expressions/types.ts';
import type { TypeName } from '../values/types.ts';
import { type Reader, readMembers, readPath, readValue } from './reader.ts';
import { notWellFormed } from './tokens.ts';

const tests = new Set(['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains']);
const comparators: Partial<Record<string, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** The names by which IS knows DynamoDB's types. */
const typeNames: Partial<Record<string, TypeName>> = {
  NULL: 'NULL',
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  STRING: 'S',
  NUMBER: 'N',
  DECIMAL: 'N',
  BINARY: 'B',
  LIST: 'L',
  MAP: 'M',
  STRUCT: 'M',
};

/** Deeper than any statement of AWS's limits is meant to be, and within the call stack. */
const maxDepth = 200;

/** The condition after WHERE, in the terms of condition expressions. Throws AwsError ValidationException. */
export function readCondition(reader: Reader, depth = 0): WrittenCondition {
  if (depth > maxDepth) throw notWellFormed();
  const alternatives = [readConjunction(reader, depth)];
  while (reader.keyword('OR')) {
    reader.expectRight();
    alternatives.push(readConjunction(reader, depth));
  }
  return joined('or', alternatives);
}

function readConjunction(reader: Reader, depth: number): WrittenCondition {
  const conditions = [readNegation(reader, depth)];
  while (reader.keyword('AND')) {
    reader.expectRight();
    conditions.push(readNegation(reader, depth));
  }
  return joined('and', conditions);
}

function joined(kind: 'and' | 'or', conditions: WrittenCondition[]): WrittenCondition {
  const [only, ...more] = conditions;
  return only && more.length === 0 ? only : { kind, conditions };
}

function readNegation(reader: Reader, depth: number): WrittenCondition {
  let negated = false;
  while (reader.keyword('NOT')) negated = !negated;
  return negateIf(negated, readTest(reader, depth));
}

const negateIf = (negated: boolean, condition: WrittenCondition): WrittenCondition =>
  negated ? { kind: 'not', condition } : condition;

function readTest(reader: Reader, depth: number): WrittenCondition {
  if (reader.symbol('(')) {
    const condition = readCondition(reader, depth + 1);
    reader.expectSymbol(')');
    return condition;
  }
  const operand = readOperand(reader);
  if (operand.kind === 'function' && tests.has(operand.name)) return readTruth(reader, operand);

  const comparator = ownMember(comparators, reader.peek().text);
  if (comparator) {
    reader.next();
    reader.expectRight();
    return { kind: 'compare', comparator, left: operand, right: readOperand(reader) };
  }
  const negated = reader.keyword('NOT') !== undefined;
  const operator = reader.keyword('BETWEEN', 'IN', 'IS');
  if (operator) reader.expectRight();
  switch (operator) {
    case 'BETWEEN': {
      const low = readOperand(reader);
      reader.expectKeyword('AND');
      return negateIf(negated, { kind: 'between', operand, low, high: readOperand(reader) });
    }
    case 'IN':
      return negateIf(negated, { kind: 'in', operand, candidates: readCandidates(reader) });
    case 'IS':
      return readType(reader, operand);
    default:
      throw notWellFormed('Unexpected term');
  }
}

/** `attribute_exists(a)`, perhaps compared with true or false. */
function readTruth(reader: Reader, test: WrittenCondition): WrittenCondition {
  const comparator = ownMember(comparators, reader.peek().text);
  if (comparator !== '=' && comparator !== '<>') return test;
  reader.next();
  const wanted = reader.keyword('TRUE', 'FALSE');
  if (!wanted) throw notWellFormed('Unexpected term');
  return negateIf((wanted === 'TRUE') !== (comparator === '='), test);
}

function readCandidates(reader: Reader): WrittenOperand[] {
  const close = reader.symbol('[') ? ']' : reader.symbol('(') ? ')' : undefined;
  if (close) return readMembers(reader, close, () => readOperand(reader));
  const list = readValue(reader);
  if (!('L' in list)) throw notWellFormed('Unexpected term');
  return list.L.map(reader.refer);
}

function readType(reader: Reader, operand: WrittenOperand): WrittenCondition {
  const negated = reader.keyword('NOT') !== undefined;
  const { text } = reader.next();
  const name = text.toUpperCase();
  if (name === 'MISSING')
    return negateIf(negated, { kind: 'function', name: 'attribute_not_exists', operands: [operand] });
  const type = typeNames[name];
  if (!type) throw notWellFormed('Expected type name');
  const operands = [operand, reader.refer({ S: type })];
  return negateIf(negated, { kind: 'function', name: 'attribute_type', operands });
}

function readOperand(reader: Reader): WrittenOperand {
  const token = reader.peek();
  if (token.kind === 'word' && reader.peek(1).text === '(') {
    const name = token.text.toLowerCase();
    if (!tests.has(name) && name !== 'size') {
      throw invalid(`Unrecognized function: ${name} at ${reader.place(token)}`);
    }
    reader.next();
    reader.expectSymbol('(');
    return { kind: 'function', name, operands: readMembers(reader, ')', () => readOperand(reader)) };
  }
  if (token.kind === 'quoted' || (token.kind === 'word' && !/^(?:true|false|null)$/i.test(token.text))) {
    return { kind: 'path', steps: readPath(reader) };
  }
  return reader.refer(readValue(reader));
}

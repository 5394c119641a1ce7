import { compareValues } from '../values/compare.ts';
import { type AttributeValue, type TypeName, typeOf } from '../values/types.ts';
import type { WrittenCondition } from './condition-syntax.ts';
import { describePath } from './paths.ts';
import { type Fail, type Placeholders, resolvePath, resolveValue } from './placeholders.ts';
import type { WrittenOperand } from './syntax.ts';
import type { Condition, Operand, Path } from './types.ts';

const maxCandidates = 100;
const types: readonly string[] = ['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M'] satisfies TypeName[];

/** The condition with what its placeholders stand for. Throws by `fail`, for the first comparison or test at fault. */
export function bindCondition(written: WrittenCondition, placeholders: Placeholders, fail: Fail): Condition {
  const bind = (operand: WrittenOperand) => bindOperand(operand, placeholders, fail);
  switch (written.kind) {
    case 'and':
    case 'or':
      return {
        kind: written.kind,
        conditions: written.conditions.map((condition) => bindCondition(condition, placeholders, fail)),
      };
    case 'not':
      return { kind: 'not', condition: bindCondition(written.condition, placeholders, fail) };
    case 'compare': {
      const { comparator } = written;
      const [left, right] = [bind(written.left), bind(written.right)];
      checkDistinct(comparator, left, right, fail);
      if (comparator !== '=' && comparator !== '<>') {
        for (const operand of [left, right]) checkOrdered(comparator, operand, fail);
      }
      return { kind: 'compare', comparator, left, right };
    }
    case 'between': {
      const [operand, low, high] = [bind(written.operand), bind(written.low), bind(written.high)];
      for (const each of [operand, low, high]) checkOrdered('BETWEEN', each, fail);
      checkBounds(low, high, fail);
      return { kind: 'between', operand, low, high };
    }
    case 'in': {
      const operand = bind(written.operand);
      const candidates = written.candidates.map(bind);
      if (candidates.length > maxCandidates) {
        throw fail(`The IN operator is provided with too many operands; number of operands: ${candidates.length}`);
      }
      return { kind: 'in', operand, candidates };
    }
    case 'function':
      return bindTest(written.name, written.operands.map(bind), fail);
  }
}

function bindOperand(written: WrittenOperand, placeholders: Placeholders, fail: Fail): Operand {
  switch (written.kind) {
    case 'path':
      return { kind: 'path', path: resolvePath(written.steps, placeholders, fail) };
    case 'value':
      return { kind: 'value', value: resolveValue(written.placeholder, placeholders, fail) };
    case 'function': {
      // The syntax lets no other function be an operand.
      const [of, ...more] = written.operands.map((operand) => bindOperand(operand, placeholders, fail));
      if (!of || more.length > 0) throw wrongCount('size', written.operands.length, fail);
      const type = knownType(of);
      if (type === 'N' || type === 'BOOL' || type === 'NULL') throw wrongType('size', type, fail);
      return { kind: 'size', of };
    }
    default:
      throw new Error(`${written.kind} in a condition`);
  }
}

function bindTest(name: string, operands: Operand[], fail: Fail): Condition {
  const [first, second] = operands;
  const wanted = name.startsWith('attribute_') && name !== 'attribute_type' ? 1 : 2;
  if (!first || operands.length !== wanted) throw wrongCount(name, operands.length, fail);
  if (!second) {
    if (first.kind !== 'path') {
      throw fail(`Operator or function requires a document path; operator or function: ${name}`);
    }
    return { kind: name === 'attribute_exists' ? 'exists' : 'not exists', path: first.path };
  }
  checkDistinct(name, first, second, fail);
  switch (name) {
    case 'attribute_type':
      return { kind: 'type', operand: first, type: typeNamed(second, fail) };
    case 'begins_with':
      for (const type of [first, second].map(knownType)) {
        if (type && type !== 'S' && type !== 'B') throw wrongType('begins_with', type, fail);
      }
      return { kind: 'begins with', operand: first, prefix: second };
    default:
      return { kind: 'contains', operand: first, member: second };
  }
}

function typeNamed(operand: Operand, fail: Fail): TypeName {
  const type = knownType(operand);
  if (operand.kind !== 'value' || !('S' in operand.value)) {
    throw wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}', fail);
  }
  const name = operand.value.S;
  if (!types.includes(name)) {
    throw fail(`Invalid attribute type name found; type: ${name}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`);
  }
  return name as TypeName;
}

/** The type that an operand has whatever the item. */
function knownType(operand: Operand): TypeName | undefined {
  if (operand.kind === 'value') return typeOf(operand.value);
  return operand.kind === 'size' ? 'N' : undefined;
}

function checkOrdered(operator: string, operand: Operand, fail: Fail): void {
  const type = knownType(operand);
  if (type && type !== 'S' && type !== 'N' && type !== 'B') throw wrongType(operator, type, fail);
}

function checkDistinct(operator: string, first: Operand, second: Operand, fail: Fail): void {
  if (first.kind !== 'path' || second.kind !== 'path' || !samePath(first.path, second.path)) return;
  throw fail(
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${describePath(first.path)}`,
  );
}

const samePath = (one: Path, other: Path) => one.length === other.length && one.every((step, at) => step === other[at]);

function checkBounds(low: Operand, high: Operand, fail: Fail): void {
  if (low.kind !== 'value' || high.kind !== 'value') return;
  const order = compareValues(low.value, high.value);
  if (order !== undefined && order <= 0) return;
  const rule =
    order === undefined
      ? 'same data type for lower and upper bounds'
      : 'upper bound to be greater than or equal to lower bound';
  throw fail(
    `The BETWEEN operator requires ${rule}; ` +
      `lower bound operand: AttributeValue: ${describe(low.value)}, upper bound operand: AttributeValue: ${describe(high.value)}`,
  );
}

function describe(value: AttributeValue): string {
  return `{${Object.entries(value)
    .map(([type, text]) => `${type}:${text}`)
    .join()}}`;
}

function wrongCount(name: string, count: number, fail: Fail) {
  return fail(
    `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
  );
}

function wrongType(operator: string, type: string, fail: Fail) {
  return fail(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );
}

import type { Spend } from './meter.ts';
import type { Operator } from './syntax.ts';
import { isEqual, numberOf, toText, type Value } from './values.ts';

/** Far more digits than a template needs, and few enough to reckon with at once. */
const largest = 2n ** 4_096n;

/** Velocity's arithmetic and comparisons; null where an operand is no number. Integers stay integers: 7/2 is 3. */
export function operate(operator: Exclude<Operator, '&&' | '||'>, [one, other]: [Value, Value], spend: Spend): Value {
  if (operator === '==') return isEqual(one, other, spend);
  if (operator === '!=') return !isEqual(one, other, spend);
  if (operator === '+' && (typeof one === 'string' || typeof other === 'string'))
    return toText(one, spend) + toText(other, spend);
  const [left, right] = [numberOf(one), numberOf(other)];
  const missing = left === undefined || right === undefined;
  switch (operator) {
    case '<':
      return !missing && left < right;
    case '<=':
      return !missing && left <= right;
    case '>':
      return !missing && left > right;
    case '>=':
      return !missing && left >= right;
  }
  if (missing) return undefined;
  if (typeof left === 'number' || typeof right === 'number') return ofDoubles(operator, Number(left), Number(right));
  return ofIntegers(operator, left, right);
}

type Arithmetic = '+' | '-' | '*' | '/' | '%';

function ofDoubles(operator: Arithmetic, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? undefined : left / right;
    case '%':
      return right === 0 ? undefined : left % right;
  }
}

function ofIntegers(operator: Arithmetic, left: bigint, right: bigint): bigint | undefined {
  if ((operator === '/' || operator === '%') && right === 0n) return undefined;
  const result = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '/': () => left / right,
    '%': () => left % right,
  }[operator]();
  if (result > largest || result < -largest) throw new RangeError('a number grew too large');
  return result;
}

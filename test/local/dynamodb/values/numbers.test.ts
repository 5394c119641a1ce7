import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNumbers,
  compareNumbers,
  normalizeNumber,
  subtractNumbers,
} from '../../../../src/local/dynamodb/values/numbers.ts';
import { refusal } from '../refusal.ts';

const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range';

// What AWS takes and refuses: ScyllaDB's alternator suite (run against AWS); messages: dynalite's tests (run against AWS).
describe('a number', () => {
  it.each([
    ['3', '3'],
    ['+3', '3'],
    ['-0', '0'],
    ['.123', '0.123'],
    ['5.', '5'],
    ['0001.2300', '1.23'],
    ['1e+5', '100000'],
    ['-17.4E3', '-17400'],
    ['12345E-7', '0.0012345'],
    ['0e125', '0'],
    ['-0.00e-128', '0'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['-1E-130', `-0.${'0'.repeat(129)}1`],
    ['9.9999999999999999999999999999999999999E125', `${'9'.repeat(38)}${'0'.repeat(88)}`],
    ['3.1415926535897932384626433832795028841', '3.1415926535897932384626433832795028841'],
  ])('%s is kept as %s', (given, kept) => {
    expect(normalizeNumber(given)).toBe(kept);
    expect(normalizeNumber(kept)).toBe(kept);
  });

  it.each([
    ['', 'The parameter cannot be converted to a numeric value: '],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['-Infinity', 'The parameter cannot be converted to a numeric value: -Infinity'],
    [' 1', 'The parameter cannot be converted to a numeric value:  1'],
    ['0x1', 'The parameter cannot be converted to a numeric value: 0x1'],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['1e126', overflow],
    ['-11e125', overflow],
    ['1e2147483648', overflow],
    ['1e-99999999999', underflow],
    // paritysuite/dynamodb-conformance (run against AWS in October 2026): zero by the exponent that it is written with,
    // and exponents of more than 64 bits.
    ['0e126', overflow],
    ['0e-131', underflow],
    ['1e9223372036854775808', 'The parameter cannot be converted to a numeric value: 1e9223372036854775808'],
    ['1e100000000000000000000', 'The parameter cannot be converted to a numeric value: 1e100000000000000000000'],
    ['1e-131', underflow],
    ['0.9e-130', underflow],
    ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
    ['3.14159265358979323846264338327950288419', 'Attempting to store more than 38 significant digits in a Number'],
  ])('%s is refused: %s', (given, message) => {
    expect(refusal(() => normalizeNumber(given))).toBe(message);
  });
});

describe('sums', () => {
  it.each([
    ['1', '10000000000000000000000', '10000000000000000000001'],
    ['0.1', '0.2', '0.3'],
    ['-5', '5', '0'],
    ['0', '-7.25', '-7.25'],
    ['99999999999999999999999999999999999999', '-0.5', undefined],
    ['9999999999999999999999999999999999999', '1', `1${'0'.repeat(37)}`],
  ])('%s + %s', (one, other, sum) => {
    if (sum === undefined) expect(refusal(() => addNumbers(one, other))).toBe(overflow);
    else expect(addNumbers(one, other)).toBe(sum);
  });

  // ScyllaDB's alternator suite: 9e125 + 9e125 overflows, and so is 1e50 ± 1 worded, which needs too many digits.
  it('beyond the range or 38 digits are refused', () => {
    const large = normalizeNumber('9e125');
    expect(refusal(() => addNumbers(large, large))).toBe(overflow);
    expect(refusal(() => subtractNumbers(large, `-${large}`))).toBe(overflow);
    expect(refusal(() => addNumbers(normalizeNumber('1e50'), '1'))).toBe(overflow);
    expect(refusal(() => subtractNumbers(normalizeNumber('1e50'), '1'))).toBe(overflow);
  });

  const whole = fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n });
  const places = fc.integer({ min: -40, max: 40 });
  const decimal = (digits: bigint, exponent: number) => normalizeNumber(`${digits}e${exponent}`);

  it('and order are those of whole numbers, at any scale', () => {
    fc.assert(
      fc.property(whole, whole, places, (one, other, exponent) => {
        const [a, b] = [decimal(one, exponent), decimal(other, exponent)];
        expect(addNumbers(a, b)).toBe(decimal(one + other, exponent));
        expect(subtractNumbers(a, b)).toBe(decimal(one - other, exponent));
        expect(Math.sign(compareNumbers(a, b))).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });

  it('order numbers of different scale', () => {
    const ascending = [
      '-1e125',
      '-10',
      '-9.99',
      '-0.001',
      '-1e-130',
      '0',
      '1e-130',
      '0.01',
      '0.1',
      '1',
      '9',
      '10',
      '1e2',
    ];
    const numbers = ascending.map(normalizeNumber);
    numbers.forEach((one, at) => {
      numbers.forEach((other, otherAt) => {
        expect(Math.sign(compareNumbers(one, other))).toBe(Math.sign(at - otherAt));
      });
    });
  });
});

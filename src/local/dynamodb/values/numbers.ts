import { invalid } from '../errors.ts';

/** ±0.d₁d₂… × 10^exponent: the digits without zeros at either end, none of them for zero. */
export interface Decimal {
  negative: boolean;
  digits: string;
  exponent: number;
}

/** The range that DynamoDB's numbers have (developer guide, "naming rules and data types"). */
const maxDigits = 38;
const maxExponent = 126;
const minExponent = -129;

const overflow = () =>
  invalid('Number overflow. Attempting to store a number with magnitude larger than supported range');
const underflow = () =>
  invalid('Number underflow. Attempting to store a number with magnitude smaller than supported range');

const unconvertible = (text: string) => invalid(`The parameter cannot be converted to a numeric value: ${text}`);

/** The canonical form of a number: plain decimals without superfluous zeros. Throws AwsError ValidationException. */
export function normalizeNumber(text: string): string {
  // Most numbers are short whole ones, and canonical already.
  if (/^(?:0|-?[1-9]\d{0,17})$/.test(text)) return text;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts ?? [];
  if (whole + fraction === '' || !fitsLong(power)) throw unconvertible(text);
  const decimal = trimmed(sign === '-', whole + fraction, whole.length + Number(power));
  if (decimal.digits === '') decimal.exponent = 1 - fraction.length + Number(power);
  if (decimal.exponent > maxExponent) throw overflow();
  if (decimal.exponent < minExponent) throw underflow();
  if (decimal.digits.length > maxDigits) {
    throw invalid('Attempting to store more than 38 significant digits in a Number');
  }
  return format(decimal);
}

/** Whether a whole number has 64 bits; of millions of digits the first tell. */
function fitsLong(whole: string): boolean {
  const digits = whole.replace(/^[+-]?0*/, '');
  return digits.length < 20 && BigInt.asIntN(64, BigInt(whole)) === BigInt(whole);
}

/** As normalizeNumber, but as Java's BigDecimal reads it, whose scale has 32 bits. */
export function normalizeBigDecimal(text: string): string {
  if (text === '') throw invalid('The parameter cannot be converted to a numeric value');
  const [, whole = '', fraction = '', power = '0'] = /^[+-]?(\d*)(?:\.(\d*))?[eE]([+-]?\d+)$/.exec(text) ?? [];
  const scale = fraction.length - Number(power);
  const fits = (number: number) => number === Math.trunc(number) && number >= -(2 ** 31) && number < 2 ** 31;
  if (!fits(scale) || !fits(Number(power))) throw unconvertible(text);
  if (!fits((whole + fraction).length - scale)) throw underflow();
  return normalizeNumber(text);
}

/** Negative, 0, positive. Of canonical numbers. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  const [a, b] = [parseDecimal(left), parseDecimal(right)];
  if (signOf(a) !== signOf(b)) return signOf(a) - signOf(b);
  const sign = a.negative ? -1 : 1;
  if (a.exponent !== b.exponent) return sign * (a.exponent - b.exponent);
  return a.digits < b.digits ? -sign : sign;
}

/** The sum of two canonical numbers, in canonical form. Throws AwsError ValidationException where it is not representable. */
export function addNumbers(left: string, right: string): string {
  const [a, b] = [parseDecimal(left), parseDecimal(right)];
  if (a.digits === '') return right;
  if (b.digits === '') return left;
  const unit = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length);
  const sum = scaled(a, unit) + scaled(b, unit);
  const digits = String(sum < 0n ? -sum : sum);
  const decimal = trimmed(sum < 0n, digits, digits.length + unit);
  // AWS words a sum of too many digits in the same way (ScyllaDB's alternator suite, run against AWS).
  if (decimal.exponent > maxExponent || decimal.digits.length > maxDigits) throw overflow();
  if (decimal.exponent < minExponent) throw underflow();
  return format(decimal);
}

/** As addNumbers. */
export function subtractNumbers(left: string, right: string): string {
  return addNumbers(left, negated(right));
}

/** Of a canonical number. */
export function parseDecimal(canonical: string): Decimal {
  const negative = canonical.startsWith('-');
  const point = canonical.indexOf('.');
  const whole = canonical.slice(negative ? 1 : 0, point < 0 ? undefined : point);
  return trimmed(negative, point < 0 ? whole : whole + canonical.slice(point + 1), whole.length);
}

function negated(canonical: string): string {
  if (canonical === '0') return canonical;
  return canonical.startsWith('-') ? canonical.slice(1) : `-${canonical}`;
}

function trimmed(negative: boolean, digits: string, exponent: number): Decimal {
  let start = 0;
  while (digits[start] === '0') start += 1;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end -= 1;
  if (start === end) return { negative: false, digits: '', exponent: 0 };
  return { negative, digits: digits.slice(start, end), exponent: exponent - start };
}

function scaled({ negative, digits, exponent }: Decimal, unit: number): bigint {
  const whole = BigInt(digits + '0'.repeat(exponent - digits.length - unit));
  return negative ? -whole : whole;
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

function format({ negative, digits, exponent }: Decimal): string {
  const sign = negative ? '-' : '';
  if (digits === '') return '0';
  if (exponent <= 0) return `${sign}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return sign + digits.padEnd(exponent, '0');
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

import { randomUUID } from 'node:crypto';
import { BadRequest } from './bad-request.ts';

// In the function's runtimes (Node 22, 24); the TypeScript library does not declare it yet.
declare global {
  interface JSON {
    rawJSON(text: string): object;
  }
}

/** As the runtime's own, before `keepSources` watches it. */
const parseJson = JSON.parse;
/** Stands before the digits of a number while the text is read again; no event can hold it by chance or on purpose. */
const mark = randomUUID();
const numberLiteral = /-?\d[\d.eE+-]*/y;
/** A double holds every decimal of so many digits: https://en.wikipedia.org/wiki/IEEE_754#Character_representation */
const exactDigits = 15;

const sources = new WeakMap<object, string>();
const texts = new WeakMap<object, string>();

/**
 * Keeps the text of every object that `JSON.parse` reads from now on. Lambda's runtime reads the event with it and hands
 * over nothing else, and a number has lost its digits by then.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/Runtime.js
 */
export function keepSources(): void {
  JSON.parse = (text, reviver) => {
    const value = parseJson(text, reviver);
    if (!reviver && typeof value === 'object' && value !== null) sources.set(value, String(text));
    return value;
  };
}

/**
 * The event with its numbers as they were sent: those that a double would change are what `JSON.rawJSON` makes of their
 * digits. Throws BadRequest where the text is not known and a number may have been rounded.
 */
export function withExactNumbers(event: Record<string, unknown>): Record<string, unknown> {
  const source = sources.get(event);
  if (source === undefined) {
    refuseRounded(event);
    return event;
  }
  const marked = markNumbers(source);
  if (marked === source) return event;
  return parseJson(marked, (_name, value) =>
    typeof value === 'string' && value.startsWith(mark) ? exactNumber(value.slice(mark.length)) : value,
  );
}

/** A number that is written with exactly these digits. */
export function exactNumber(text: string): object {
  const number = JSON.rawJSON(text);
  texts.set(number, text);
  return number;
}

/** The digits of a number, be it a double or an exact one; undefined for everything else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null ? texts.get(value) : undefined;
}

/** Each number that a double would change becomes a marked string. */
function markNumbers(source: string): string {
  let marked = '';
  let copied = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === '"') at = endOfString(source, at);
    else if (character === '-' || (character >= '0' && character <= '9')) {
      numberLiteral.lastIndex = at;
      const literal = numberLiteral.exec(source)?.[0] ?? character;
      if (decimal(literal) !== decimal(String(Number(literal)))) {
        marked += `${source.slice(copied, at)}"${mark}${literal}"`;
        copied = at + literal.length;
      }
      at += literal.length - 1;
    }
  }
  return marked + source.slice(copied);
}

function endOfString(source: string, start: number): number {
  let end = source.indexOf('"', start + 1);
  while (isEscaped(source, end)) end = source.indexOf('"', end + 1);
  return end;
}

function isEscaped(source: string, quote: number): boolean {
  let backslashes = 0;
  while (source[quote - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** The same text for every way to write a decimal: its digits and power of ten. */
function decimal(literal: string): string {
  const { sign, digits, exponent } = parts(literal);
  return digits === '' ? '0' : `${sign}${digits}e${exponent}`;
}

function parts(literal: string): { sign: string; digits: string; exponent: number } {
  const sign = literal.startsWith('-') ? '-' : '';
  const [mantissa = '', power = '0'] = literal.slice(sign.length).toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  let [first, last] = [0, all.length];
  while (all[first] === '0') first += 1;
  while (last > first && all[last - 1] === '0') last -= 1;
  return { sign, digits: all.slice(first, last), exponent: Number(power) - fraction.length + all.length - last };
}

function refuseRounded(value: unknown): void {
  if (typeof value === 'number' && !(Number.isFinite(value) && parts(String(value)).digits.length <= exactDigits)) {
    throw new BadRequest(
      `${value} may have been rounded before it came here: numbers of more than ${exactDigits} digits must be sent as strings.`,
    );
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseRounded);
}

import { describeChar, Fault, isDigit, JsonBytes, placeOf } from './json-bytes.ts';

/**
 * What is wrong with a payload, in the words of the parser that Lambda was seen to use: Jackson of 2.17 or later, reading bytes, as of
 * 2025-11. JSON.parse decides whether anything is wrong; this tells what.
 */
export function findJsonFault(bytes: Uint8Array): string | undefined {
  const reader = new JsonReader(bytes);
  try {
    reader.readAll();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return `${error.message}\n at ${placeOf(error.line, error.column)}`;
    throw error;
  }
}

const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const longestToken = 256;
const literals: Record<string, string> = { t: 'true', f: 'false', n: 'null', N: 'NaN', I: 'Infinity' };
/** What Java takes for the begin and for the rest of an identifier. */
const begins = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Java lets identifiers have them
const goesOn = /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}\p{Cf}\0-\x08\x0e-\x1b\x7f-\x9f]/u;

interface Scope {
  kind: 'Object' | 'Array';
  line: number;
  column: number;
  isEmpty: boolean;
}

class JsonReader extends JsonBytes {
  readonly #scopes: Scope[] = [];

  readAll(): void {
    let hasValue = false;
    for (;;) {
      const byte = this.nextOrEnd();
      const scope = this.#scopes.at(-1);
      if (byte === undefined) {
        if (!scope) return;
        const start = placeOf(scope.line, scope.column);
        throw this.fault(`Unexpected end-of-input: expected close marker for ${scope.kind} (start marker at ${start})`);
      }
      if (!scope && hasValue) throw this.unexpected(byte, 'Expected space separating root-level values');
      hasValue = true;
      if (byte === 0x5d || byte === 0x7d) this.#close(byte, scope);
      else if (scope) this.#entry(byte, scope);
      else this.#value(byte);
    }
  }

  #nextWithin(kind: string): number {
    const byte = this.nextOrEnd();
    if (byte === undefined) throw this.endsWithin(` within/between ${kind} entries`);
    return byte;
  }

  #close(byte: number, scope: Scope | undefined): void {
    const [kind, other] = byte === 0x5d ? (['Array', '}'] as const) : (['Object', ']'] as const);
    if (scope?.kind !== kind) {
      const opened = scope
        ? `${scope.kind} starting at ${placeOf(scope.line, scope.column)}`
        : `root starting at ${placeOf(1, 0)}`;
      throw this.fault(
        `Unexpected close marker '${String.fromCharCode(byte)}': expected '${other}' (for ${opened})`,
        1,
      );
    }
    this.#scopes.pop();
  }

  #entry(byte: number, scope: Scope): void {
    let first = byte;
    if (!scope.isEmpty) {
      if (byte !== 0x2c) throw this.unexpected(byte, `was expecting comma to separate ${scope.kind} entries`);
      first = this.#nextWithin(scope.kind);
    }
    scope.isEmpty = false;
    if (scope.kind === 'Object') {
      this.#name(first);
      const colon = this.#nextWithin('Object');
      if (colon !== 0x3a) throw this.unexpected(colon, 'was expecting a colon to separate field name and value');
      first = this.#nextWithin('Object');
    }
    this.#value(first);
  }

  #name(byte: number): void {
    if (byte !== 0x22) throw this.unexpected(this.charAt(byte), 'was expecting double-quote to start field name');
    const start = this.at;
    if (start === this.bytes.length) throw this.endsWithin(": was expecting closing '\"' for name");
    for (;;) {
      const next = this.take(' in field name');
      if (next === 0x22) break;
      if (next === 0x5c) this.#escape();
      else if (next < 0x20) throw this.#unquoted(next, 'name');
    }
    // Only whole names are decoded.
    const end = this.at;
    this.at = start;
    while (this.at < end) this.charAt(this.take(''), end);
  }

  #value(byte: number): void {
    if (byte === 0x22) this.#string();
    else if (byte === 0x7b || byte === 0x5b) {
      const kind = byte === 0x7b ? 'Object' : 'Array';
      this.#scopes.push({ kind, line: this.line, column: this.at - this.lineStart, isEmpty: true });
    } else if (byte === 0x2d || isDigit(byte)) this.#number(byte);
    else this.#other(byte);
  }

  #string(): void {
    for (;;) {
      const byte = this.take(' in VALUE_STRING');
      if (byte === 0x22) return;
      if (byte === 0x5c) this.#escape();
      else if (byte < 0x20) throw this.#unquoted(byte, 'string value');
      else if (byte > 0x7f) this.charAt(byte);
    }
  }

  #unquoted(byte: number, where: string): Fault {
    return this.fault(
      `Illegal unquoted character (${describeChar(byte)}): has to be escaped using backslash to be included in ${where}`,
      1,
    );
  }

  #escape(): void {
    const within = ' in character escape sequence';
    const byte = this.take(within);
    if ('bfnrt"/\\'.includes(String.fromCharCode(byte))) return;
    if (byte !== 0x75) throw this.fault(`Unrecognized character escape ${describeChar(this.charAt(byte))}`, 1);
    for (let digit = 0; digit < 4; digit += 1) {
      const hex = this.take(within);
      if (!/[\da-f]/i.test(String.fromCharCode(hex))) {
        throw this.unexpected(hex, 'expected a hex-digit for character escape sequence');
      }
    }
  }

  #number(first: number): void {
    const within = ' in a Number value';
    let byte: number | undefined = first;
    if (byte === 0x2d) {
      byte = this.take(within);
      if (byte === 0x2e) throw this.unexpected(byte, `expected a valid value ${values}`);
      if (!isDigit(byte)) {
        throw this.unexpectedInNumber(byte, 'expected digit (0-9) to follow minus sign, for valid numeric value');
      }
    }
    if (byte === 0x30 && isDigit(this.bytes[this.at] ?? 0)) {
      throw this.fault('Invalid numeric value: Leading zeroes not allowed');
    }
    byte = this.digits();
    if (byte === 0x2e) {
      const next = this.bytes[this.at];
      if (next === undefined || !isDigit(next)) {
        if (next !== undefined) this.at += 1;
        throw this.unexpectedInNumber(next ?? byte, 'Decimal point not followed by a digit');
      }
      byte = this.digits();
    }
    if (byte === 0x65 || byte === 0x45) {
      let next = this.take(within);
      if (next === 0x2b || next === 0x2d) next = this.take(within);
      if (!isDigit(next)) throw this.unexpectedInNumber(next, 'Exponent indicator not followed by a digit');
      byte = this.digits();
    }
    if (byte === undefined) return;
    if (this.#scopes.length === 0 && !' \t\r\n'.includes(String.fromCharCode(byte))) {
      throw this.unexpected(byte, 'Expected space separating root-level values');
    }
    this.at -= 1;
  }

  #other(byte: number): void {
    const char = String.fromCharCode(byte);
    const inArray = this.#scopes.at(-1)?.kind === 'Array';
    if (byte === 0x2c || byte === 0x7d || (byte === 0x5d && inArray)) throw this.unexpected(byte, 'expected a value');
    if (byte === 0x2b) {
      throw this.unexpectedInNumber(
        this.take(' in a Number value'),
        'JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow',
      );
    }
    const literal = literals[char];
    if (literal !== undefined) this.#literal(literal);
    else if (begins.test(char)) throw this.#unrecognized(char);
    else throw this.unexpected(byte, `expected a valid value ${values}`);
  }

  #literal(literal: string): void {
    for (let matched = 1; matched < literal.length; matched += 1) {
      if (this.bytes[this.at] !== literal.charCodeAt(matched)) throw this.#unrecognized(literal.slice(0, matched));
      this.at += 1;
    }
    const next = this.bytes[this.at];
    if (next !== undefined && next >= 0x30 && goesOn.test(String.fromCharCode(next))) throw this.#unrecognized(literal);
    if (literal !== 'NaN' && literal !== 'Infinity') return;
    throw this.fault(`Non-standard token '${literal}': enable \`JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS\` to allow`);
  }

  /** The whole of what seems to be a word. */
  #unrecognized(begin: string): Fault {
    let token = begin;
    while (this.at < this.bytes.length) {
      const char = String.fromCodePoint(this.charAt(this.take('')));
      if (!goesOn.test(char)) break;
      token += char;
      if (token.length >= longestToken) {
        token += '...';
        break;
      }
    }
    return this.fault(`Unrecognized token '${token}': was expecting ${values}`);
  }
}

export class Fault extends Error {
  line: number;
  column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** How Jackson names a place, its source withheld. */
export const placeOf = (line: number, column: number) =>
  `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;

export const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isControl = (code: number) => code < 0x20 || (code >= 0x7f && code < 0xa0);

export function describeChar(code: number): string {
  if (isControl(code)) return `(CTRL-CHAR, code ${code})`;
  const char = `'${String.fromCodePoint(code)}' (code ${code}`;
  return code > 255 ? `${char} / 0x${code.toString(16)})` : `${char})`;
}

/** The bytes of a JSON text, read in turn, with the place where the reader stands: lines and columns from 1, a column being a byte. */
export class JsonBytes {
  protected at = 0;
  protected line = 1;
  protected lineStart = 0;
  protected readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A fault where the reader stands, behind what it read last, or, as some are told, at that. */
  protected fault(message: string, back = 0): Fault {
    return new Fault(message, this.line, this.at - this.lineStart + 1 - back);
  }

  protected unexpected(code: number, expected: string): Fault {
    return this.fault(`Unexpected character (${describeChar(code)}): ${expected}`, 1);
  }

  protected unexpectedInNumber(code: number, expected: string): Fault {
    return this.fault(`Unexpected character (${describeChar(code)}) in numeric value: ${expected}`, 1);
  }

  protected endsWithin(what: string): Fault {
    return this.fault(`Unexpected end-of-input${what}`);
  }

  /** The next byte that is no white space. */
  protected nextOrEnd(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return undefined;
      this.at += 1;
      if (byte > 0x20) {
        if (byte !== 0x2f) return byte;
        throw this.unexpected(
          byte,
          "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)",
        );
      }
      if (byte === 0x0a || (byte === 0x0d && this.bytes[this.at] !== 0x0a)) {
        this.line += 1;
        this.lineStart = this.at;
      } else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) {
        throw this.fault(
          `Illegal character (${describeChar(byte)}): only regular white space (\\r, \\n, \\t) is allowed between tokens`,
        );
      }
    }
  }

  protected take(what: string): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw this.endsWithin(what);
    this.at += 1;
    return byte;
  }

  /** The character that begins with a byte, which was taken. */
  protected charAt(first: number, toldAt = 0): number {
    if (first < 0x80) return first;
    const fault = (message: string) => {
      this.at = Math.max(this.at, toldAt);
      return this.fault(message);
    };
    const more =
      first >= 0xc0 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf8 ? 3 : 0;
    if (more === 0) throw fault(`Invalid UTF-8 start byte 0x${first.toString(16)}`);
    let code = first & (0x3f >> more);
    for (let taken = 0; taken < more; taken += 1) {
      const byte = this.take(' in VALUE_STRING');
      if ((byte & 0xc0) !== 0x80) throw fault(`Invalid UTF-8 middle byte 0x${byte.toString(16)}`);
      code = (code << 6) | (byte & 0x3f);
    }
    return Math.min(code, 0x10ffff);
  }

  /** Takes digits and what follows them. */
  protected digits(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return undefined;
      this.at += 1;
      if (!isDigit(byte)) return byte;
    }
  }
}

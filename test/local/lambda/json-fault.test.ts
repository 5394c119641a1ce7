import { isUtf8 } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../../src/local/lambda/runtime/json-fault.ts';

const source = 'Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)';
const values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const at = (message: string, column: number, line = 1) =>
  `${message}\n at [${source}; line: ${line}, column: ${column}]`;
const faultOf = (text: string | Buffer) => findJsonFault(Buffer.from(text));
const latin = (text: string) => Buffer.from(text, 'latin1');

describe('what Lambda was seen to answer', () => {
  it.each([
    // LocalStack's test_lambda, recorded 2025-11-24: what base64 is taken for.
    [latin('n\x87\x1e'), at('Invalid UTF-8 start byte 0x87', 3)],
    [latin('\x99\xab'), at(`Unexpected character ((CTRL-CHAR, code 153)): expected a valid value ${values}`, 1)],
    // aws-cli#6433, torchlambda#13, aws-lambda-power-tuning#148, ballerina c2c#15: words of older versions, without the first column.
    [latin('z{\xec\xb5'), at(`Unrecognized token 'z': was expecting ${values}`, 3)],
    [latin("\xc2'm"), at(`Unrecognized token 'Â': was expecting ${values}`, 3)],
    ['test data', at(`Unrecognized token 'test': was expecting ${values}`, 6)],
    ['STRING_VALUE', at(`Unrecognized token 'STRING_VALUE': was expecting ${values}`, 13)],
    ['0D', at("Unexpected character ('D' (code 68)): Expected space separating root-level values", 2)],
    // hydrocron#64, and an upload through API Gateway.
    [
      '{"a": 1\n "b": 2}',
      at(`Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`, 2, 2),
    ],
    [
      '------WebKitFormBoundary',
      at(
        "Unexpected character ('-' (code 45)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
        2,
      ),
    ],
    // serverless#2270
    [
      '{"a":"b\r"}',
      at(
        'Illegal unquoted character ((CTRL-CHAR, code 13)): has to be escaped using backslash to be included in string value',
        8,
      ),
    ],
  ])('%j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });
});

describe('what the parser says beyond that', () => {
  it.each([
    ['{"a":', at('Unexpected end-of-input within/between Object entries', 6)],
    ['{\n {"a"', at("Unexpected character ('{' (code 123)): was expecting double-quote to start field name", 2, 2)],
    [
      '[{"a":1',
      at(
        `Unexpected end-of-input: expected close marker for Object (start marker at [${source}; line: 1, column: 2])`,
        8,
      ),
    ],
    [
      '{"a":1]',
      at(`Unexpected close marker ']': expected '}' (for Object starting at [${source}; line: 1, column: 1])`, 7),
    ],
    ['{"a":1,}', at("Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 8)],
    ["{'a':1}", at("Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2)],
    ['[1,]', at("Unexpected character (']' (code 93)): expected a value", 4)],
    ['{"a" 1}', at("Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 6)],
    ['"open', at('Unexpected end-of-input in VALUE_STRING', 6)],
    ['"\\x"', at("Unrecognized character escape 'x' (code 120)", 3)],
    ['"\\u00g0"', at("Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence", 6)],
    [latin('{"\xff":1}'), at('Invalid UTF-8 start byte 0xff', 5)],
    [latin('"\xc3-"'), at('Invalid UTF-8 middle byte 0x2d', 4)],
    ['01', at('Invalid numeric value: Leading zeroes not allowed', 2)],
    ['[1.]', at("Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit", 4)],
    ['NaN', at("Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 4)],
    ['trueish', at(`Unrecognized token 'trueish': was expecting ${values}`, 8)],
    [
      '{}\v',
      at(
        'Illegal character ((CTRL-CHAR, code 11)): only regular white space (\\r, \\n, \\t) is allowed between tokens',
        4,
      ),
    ],
    ['x'.repeat(300), at(`Unrecognized token '${'x'.repeat(256)}...': was expecting ${values}`, 257)],
  ])('%j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const parts = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      'u00e9',
      '1',
      '-',
      '0',
      '.5',
      'e+1',
      'true',
      'nul',
      ' ',
      '\n',
      'é',
      '\t',
    ];
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    for (let round = 0; round < 50_000; round += 1) {
      const text = Array.from({ length: 1 + random(7) }, () => parts[random(parts.length)]).join('');
      if (text.trim() !== '') expect([text, faultOf(text) === undefined]).toEqual([text, isJson(text)]);
    }
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(Array.from({ length: 3 }, () => 0x80 + random(128)));
      const text = Buffer.concat([Buffer.from('"'), bytes, Buffer.from('"')]);
      // Overlong forms and lone surrogates it takes.
      if (isUtf8(bytes)) expect(faultOf(text)).toBeUndefined();
    }
  });

  it('takes the time of one pass', () => {
    const deep = '['.repeat(2_000_000);
    expect(faultOf(deep)).toMatch(/^Unexpected end-of-input: expected close marker for Array/);
  });
});

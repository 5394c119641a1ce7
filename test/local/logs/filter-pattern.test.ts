import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from '../../../src/local/logs/filter-pattern.ts';

describe('filter patterns', () => {
  it.each([
    ['', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['ERROR Timeout', 'Timeout before ERROR', true],
    ['ERROR Timeout', 'ERROR only', false],
    ['"RequestId: 1"', 'START RequestId: 1 Version', true],
    ['"RequestId: 1"', 'RequestId 1', false],
    ['"a \\"quoted\\" word"', 'here is a "quoted" word', true],
    ['?ERROR ?WARN', 'WARN: low', true],
    ['?ERROR ?WARN', 'INFO: fine', false],
    ['ERROR -Timeout', 'ERROR Timeout', false],
    ['ERROR -"Task timed out"', 'ERROR Task failed', true],
    ['-START', 'END', true],
    ['?START ?END -REPORT', 'END REPORT', false],
    ['%4\\d\\d%', 'status 404', true],
    ['%4\\d\\d%', 'status 500', false],
  ])('%s on %j: %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected);
  });

  const message = JSON.stringify({
    level: 'ERROR',
    ms: 12.5,
    ok: true,
    none: null,
    user: { name: 'ann', roles: ['admin', 'dev'] },
    path: '/orders/42/items',
  });
  it.each([
    ['{ $.level = "ERROR" }', true],
    ['{ $.level = ERROR }', true],
    ['{ $.level != "ERROR" }', false],
    ['{ $.ms > 12 }', true],
    ['{ $.ms >= 13 }', false],
    ['{ $.ms = 12.5 && $.level = "ERROR" }', true],
    ['{ $.ms < 1 || $.user.name = "ann" }', true],
    ['{ ($.ms < 1 || $.ms > 2) && $.ok IS TRUE }', true],
    ['{ $.ok IS FALSE }', false],
    ['{ $.none IS NULL }', true],
    ['{ $.absent NOT EXISTS }', true],
    ['{ $.level NOT EXISTS }', false],
    ['{ $.user.roles[1] = "dev" }', true],
    ['{ $.user.roles[2] = * }', false],
    ['{ $.path = "/orders/*/items" }', true],
    ['{ $.path = "*items" }', true],
    ['{ $.path = "/orders/*/x" }', false],
    ['{ $.constructor = "x" }', false],
    ['{ $.level = %ERR% }', true],
    ['{ $.level = %^ERR$% }', false],
    ['{ $.level != %WARN|ERROR% }', false],
    ['{ $.path = %/orders/[0-9]+/% && $.ms = %^12% }', true],
    ['{ $.ok = %true% }', false],
  ])('%s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected);
    expect(parseFilterPattern(pattern)('START RequestId: not JSON')).toBe(false);
  });

  it('refuses one that is longer than CloudWatch takes', () => {
    expect(parseFilterPattern('x'.repeat(1024))('x')).toBe(false);
    expect(() => parseFilterPattern('x'.repeat(1025))).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException', message: expect.stringContaining('1024') }),
    );
  });

  it.each([
    '"open',
    '{ $.a }',
    '{ $.a = }',
    '{ a = 1 }',
    '{ $.a = 1',
    '{ $.a ~ 1 }',
    '[ip, user]',
    '%(%',
    '{ $.a IS MAYBE }',
    '{ $.a = %(b)% }',
  ])('refuses %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterException',
        message: expect.stringContaining('Invalid filter pattern'),
      }),
    );
  });
});

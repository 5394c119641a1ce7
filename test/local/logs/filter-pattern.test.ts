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
    ['{ $.ms > 1.2e1 }', true],
    ['{ $.ms > 0x1 }', false],
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

  // The user guide's own line, and one as Lambda writes them.
  const access = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  const report = 'REPORT RequestId: 8f5e\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB';
  it.each([
    ['[ip, user, username, timestamp, request, status_code, bytes]', access, true],
    ['[ip, user, username, timestamp, request, status_code]', access, false],
    ['[ip, user, username, timestamp, request, status_code, bytes, more]', access, false],
    ['[ip, user, username, timestamp, request = "GET*", status_code = 4*, bytes > 1000]', access, true],
    ['[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]', access, true],
    ['[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes > 2000]', access, false],
    ['[ip, ..., status_code = 404, bytes <= 1534]', access, true],
    ['[..., request, status_code = 5* || status_code = 404, bytes]', access, true],
    ['[..., status_code != 404 && status_code != 200, bytes]', access, false],
    ['[..., (status_code = 400 || status_code = 404) && status_code != 2*, bytes]', access, true],
    ['[ip = %127\\.0\\.0\\.[1-9]%, ...]', access, true],
    ['[ip = "127.0.0.1", ...]', access, true],
    ['[ip=10.*,...]', access, false],
    ['[..., timestamp = "10/Oct/2000*", request, status_code, bytes]', access, true],
    ['[..., request > 1]', 'a b', false],
    ['[..., request > 1]', 'a 0x10', false],
    ['[a, ..., b]', 'one', false],
    ['[a, ..., b]', 'one two', true],
    ['[type = REPORT, idLabel, id, durationLabel, duration > 10, unit = ms, ...]', report, true],
    ['[type = REPORT, idLabel, id, durationLabel, duration > 13, unit = ms, ...]', report, false],
    ['[..., label = "Size:", size >= 128, unit]', report, true],
    ['[w1 = ERROR, w2]', 'ERROR "all of it', false],
    ['[w1 = "say \\"it\\"", ...]', 'say it', false],
    ['[empty = "", w2]', '"" two', true],
    ['[empty < 1, w2]', '"" two', false],
  ])('%s on %j: %s', (pattern, line, expected) => {
    expect(parseFilterPattern(pattern)(line)).toBe(expected);
  });

  it.each([
    '"open',
    '{ $.a }',
    '{ $.a = }',
    '{ a = 1 }',
    '{ $.a = 1',
    '{ $.a ~ 1 }',
    '[]',
    '[ip, user',
    '[ip, user] more',
    '[ip user]',
    '[ip = ]',
    '[ip ~ 1]',
    '[..., ip, ...]',
    '[ip = 1 || user = 2]',
    '["ip"]',
    '[ip = %(b)%]',
    '%(%',
    '{ $.a IS MAYBE }',
    '{ $.a IS constructor }',
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

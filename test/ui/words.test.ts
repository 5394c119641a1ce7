import { describe, expect, it } from 'vitest';
import { columns, duration, wrapped } from '../../src/ui/words.ts';

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [999.6, '1.0 s'],
    [4_210, '4.2 s'],
    [59_990, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h 0 min'],
    [5_400_000, '1 h 30 min'],
  ])('%d ms: %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});

describe('columns', () => {
  it('stand under each other', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
  });

  it('wrap the last one behind its name, or under it where there is little room', () => {
    const rows = [
      ['errors', '3 of 1,000 requests, all with HTTP 500'],
      ['url', 'none'],
    ];
    expect(columns(rows, 35)).toEqual(['errors  3 of 1,000 requests,', '        all with HTTP 500', 'url     none']);
    expect(columns(rows, 26)).toEqual(['errors', '    3 of 1,000 requests,', '    all with HTTP 500', 'url     none']);
  });
});

describe('wrapped', () => {
  it('keeps what is there to be copied whole', () => {
    expect(wrapped('open https://example.com/a/long/path now', 12)).toEqual([
      'open',
      'https://example.com/a/long/path',
      'now',
    ]);
    expect(wrapped('', 12)).toEqual(['']);
  });
});

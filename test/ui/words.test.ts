import { describe, expect, it } from 'vitest';
import { columns, duration } from '../../src/ui/words.ts';

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
});

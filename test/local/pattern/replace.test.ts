import { describe, expect, it } from 'vitest';
import { PatternError } from '../../../src/local/pattern/parse.ts';
import { compileReplacement } from '../../../src/local/pattern/replace.ts';

const free = () => undefined;

describe('replacing as Java does', () => {
  it.each([
    ["it\\'s", "\\\\'", "'", "it's"],
    ['abc', 'x*', '-', '-a-b-c-'],
    ['aaa', 'a{2}', 'b', 'ba'],
    ['<a><b>', '<.*?>', 'x', 'xx'],
    ['<a><b>', '<.*>', 'x', 'x'],
    ['2026-11-28', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1', '28.11.2026'],
    ['ab', '(a)|(b)', '[$1|$2]', '[a|][|b]'],
    ['foobar', 'foo|foobar', 'x', 'xbar'],
    ['a b', '\\s', '\\$\\\\', 'a$\\b'],
    ['A-b', '(?i)B', 'x', 'A-x'],
    ['line\nline', '(?m)^l', 'L', 'Line\nLine'],
    ['😀x😀', '😀', 'y', 'yxy'],
  ])('%j: %j by %j is %j', (text, pattern, by, expected) => {
    expect(compileReplacement(pattern, free).replace(text, { by })).toBe(expected);
  });

  it('once', () => {
    expect(compileReplacement('o', free).replace('foo', { by: '0', most: 1 })).toBe('f0o');
  });

  it.each([
    ['a1b2c', '\\d', 0, ['a', 'b', 'c']],
    ['a,b,,', ',', 0, ['a', 'b']],
    ['a,b,,', ',', -1, ['a', 'b', '', '']],
    ['a,b,c', ',', 2, ['a', 'b,c']],
    ['abc', '', 0, ['a', 'b', 'c']],
    ['', ',', 0, ['']],
    [',,', ',', 0, []],
    [',,', ',', -1, ['', '', '']],
    [',a', ',', 0, ['', 'a']],
  ])('%j parted by %j (%j) is %j', (text, pattern, limit, expected) => {
    expect(compileReplacement(pattern, free).split(text, limit)).toEqual(expected);
  });

  it('refuses what needs backtracking, and bad replacements', () => {
    for (const pattern of ['(a)\\1', 'a(?=b)', 'a++', '(']) {
      expect(() => compileReplacement(pattern, free)).toThrow(PatternError);
    }
    for (const by of ['$1', '$x', '\\'])
      expect(() => compileReplacement('a', free).replace('a', { by })).toThrow(PatternError);
  });

  it('takes no more steps than are paid for, whoever chose the pattern', () => {
    let left = 10_000_000;
    const slow = compileReplacement('a{1,2000}b', (steps) => {
      left -= steps;
      if (left < 0) throw new Error('too many steps');
    });
    expect(() => slow.replace('a'.repeat(20_000), { by: '' })).toThrow('too many steps');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileForeign } from '../../../src/local/pattern/bounded-match.ts';
import { PatternError } from '../../../src/local/pattern/parse.ts';

const matches = (pattern: string, text: string) => compileForeign(pattern).matches(text);

/** Expressions that JavaScript and Java read alike. */
const expression = fc.letrec((tie) => ({
  atom: fc.oneof(
    fc.constantFrom('a', 'b', 'ä', '.', '\\d', '\\W', '\\s', '[ab]', '[^a]', '[a-z0]', '\\b', '\\B', '^', '$', '😀'),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'), tie('choice'))
      .map(([open, of]) => `${open}${of})`),
  ),
  repeated: fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{1,3}', '{0,2}?', '{1,}')).map(
    // JavaScript has no repetition of a place.
    ([atom, times]) => (/^(\\[bB]|\^|\$|\(\?(<?[=!]))/.test(String(atom)) ? atom : `${atom}${times}`),
  ),
  sequence: fc.array(tie('repeated'), { maxLength: 4 }).map((parts) => parts.join('')),
  choice: fc.oneof(
    { depthSize: 'small' },
    tie('sequence'),
    fc.tuple(tie('sequence'), tie('sequence')).map((of) => of.join('|')),
  ),
})).choice as fc.Arbitrary<string>;
const text = fc
  .array(fc.constantFrom('a', 'b', 'ä', ' ', '0', '\n', '😀'), { maxLength: 8 })
  .map((parts) => parts.join(''));

describe('compileForeign', () => {
  it('agrees with JavaScript wherever the languages do', () => {
    fc.assert(
      fc.property(expression, text, (pattern, subject) => {
        expect(matches(pattern, subject)).toBe(new RegExp(`^(?:${pattern})$`, 'u').test(subject));
        // V8 also looks for a match in the middle of a surrogate pair.
        if (subject.includes('😀')) return;
        expect(compileForeign(pattern).isFoundIn(subject)).toBe(new RegExp(pattern, 'u').test(subject));
      }),
      { numRuns: 1_500 },
    );
  });

  it.each([
    ['(?i)error', 'ERROR', true],
    ['a(?i:b)c', 'aBC', false],
    ['(?s).*', 'a\nb', true],
    ['.*', 'a\nb', false],
    ['(\n|.)+', 'a\nb', true],
    ['.*', 'a\u2028b', false],
    ['\\Q[Bad](\\E.*', '[Bad](x', true],
    ['\\p{Alpha}+', 'aZ', true],
    ['\\p{Alpha}', 'ä', false],
    ['\\p{L}+\\P{L}', 'äZ9', true],
    ['\\p{IsLatin}', 'é', true],
    ['[a-z&&[^m-p]]+', 'abq', true],
    ['[a-z&&[^m-p]]+', 'mop', false],
    ['[]a]+', ']a', true],
    ['[\\w-]+', 'a-b', true],
    ['[^\\x{1F600}]', '😀', false],
    ['\\uD83D\\uDE00', '😀', true],
    ['(?<code>\\d{3}).*', '404 x', true],
    ['\\Aab\\z', 'ab', true],
    ['a++'.slice(0, 2), 'aaa', true],
    ['^(?!Success).*', 'Failure', true],
    ['^(?!Success).*', 'Successful', false],
    ['(.|\\n)*\\[BadRequest\\](.|\\n)*', 'x\n[BadRequest] y', true],
    ['(?m)^b$', 'b', true],
  ])('reads %j as Java does: %j', (pattern, subject, expected) => {
    expect(matches(pattern, subject)).toBe(expected);
  });

  it.each([
    '(a',
    'a)',
    '[a',
    '*a',
    'a{2,1}',
    'a{x}',
    '\\',
    '\\q',
    '(?z)a',
    '\\p{Nonsense}',
    '[z-a]',
    '(a)\\1',
    'a*+',
    'a**',
    'a+*',
    'a*??',
    `a${'*'.repeat(10_000)}`,
    '(?>a)',
  ])('refuses %j', (pattern) => {
    expect(() => compileForeign(pattern)).toThrow(PatternError);
  });

  it.each([
    ['(a+)+$', `${'a'.repeat(100_000)}b`],
    ['(a|a)*c', 'a'.repeat(100_000)],
    ['.*.*.*.*.*x', 'a'.repeat(100_000)],
    ['(?=(a*)*b)a*', 'a'.repeat(50_000)],
    ['(\\w*\\W*)*!', 'ab '.repeat(30_000)],
    ['(.*a){25}', 'a'.repeat(20_000).slice(0, 24)],
  ])('answers %s without trying again', (pattern, subject) => {
    const startedAt = performance.now();
    expect(matches(pattern, subject)).toBe(false);
    // A backtracking matcher would take years; this is a bound for a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each(['((a{99}){99}){99}', '(((){9999}){9999}){9999}', `${'('.repeat(200)}a${')'.repeat(200)}`])(
    'refuses %s, which is too large',
    (pattern) => {
      expect(() => compileForeign(pattern)).toThrow(PatternError);
    },
  );

  it('takes a match that is out of its budget for none', () => {
    const pattern = compileForeign('(?=a)a*b', { budget: 1_000 });
    expect(pattern.matches(`${'a'.repeat(10)}b`)).toBe(true);
    expect(pattern.matches(`${'a'.repeat(10_000)}b`)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { columns, duration, flowing, hanging, wrapped } from '../../src/ui/words.ts';

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

it('a text of any number of words stands behind its name', () => {
  expect(hanging('name  ', 'a '.repeat(300_000), 80).length).toBeGreaterThan(1_000);
});

describe('flowing', () => {
  it.each([
    ['Bringing up stack "default" here.', ['Bringing up stack', '"default" here.']],
    ['Run `dynops trace list --failed` then.', ['Run', '`dynops trace list --failed`', 'then.']],
    ['It took all in all 4.2 s here.', ['It took all in all', '4.2 s here.']],
    ['  dynops call list --limit 3', ['  dynops call list --limit 3']],
    ['a lone ` is no command at all', ['a lone ` is no', 'command at all']],
    ['', ['']],
  ])('breaks %j at blanks, and no command and no number from its unit', (text, lines) => {
    expect(flowing(`${text}\nNext.`, 20).split('\n')).toEqual([...lines, 'Next.']);
  });

  it('counts no colours', () => {
    const coloured = '\u001b[31merror:\u001b[39m that failed';
    expect(flowing(coloured, 18)).toBe(coloured);
    expect(flowing(coloured, 17)).toBe('\u001b[31merror:\u001b[39m that\nfailed');
  });
});

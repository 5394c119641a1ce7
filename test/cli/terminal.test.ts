import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { noTerminal, onTerminal, screenOf } from './terminal.ts';

const frames = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;
const widths = [40, 80, 120];

it('a screen breaks lines, goes up and erases', () => {
  expect(screenOf('abcdef\r\n', 4)).toEqual(['abcd', 'ef']);
  expect(screenOf('a\r\nb\r\n\u001b[2A\u001b[0Jc', 10)).toEqual(['c']);
  expect(screenOf('abc\r\u001b[2K\u001b[1Gd\u001b[32me\u001b[0m', 10)).toEqual(['de']);
});

describe.skipIf(noTerminal !== '')(`what moves on a terminal${noTerminal}`, () => {
  let dynops: Installation;
  beforeAll(async () => {
    dynops = await install();
    await dynops.json(['up']);
  });
  afterAll(() => dynops.remove());

  /** What is left on the screen; the cursor is seen again, and nothing that moved is left. */
  async function leftOf(words: string[], options: { columns: number; type?: (shown: string) => string | undefined }) {
    const { raw, status } = await onTerminal(dynops, words, options);
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(raw.lastIndexOf('\u001b[?25l'));
    const screen = screenOf(raw, options.columns);
    expect(screen.filter((line) => frames.test(line))).toEqual([]);
    return { screen, status };
  }

  /** Ctrl-C, once that is shown. */
  function interruptAt(wanted: RegExp): (shown: string) => string | undefined {
    let isTyped = false;
    return (shown) => {
      if (isTyped || !wanted.test(shown)) return undefined;
      isTyped = true;
      return '\x03';
    };
  }

  it.each(widths)('%i columns: up and status leave nothing of it', async (columns) => {
    const { screen, status } = await leftOf(['up', '--memory', String(128 + columns)], { columns });
    expect(status).toBe(0);
    expect(screen.filter((line) => line.includes('updated    function'))).toHaveLength(1);
    expect((await leftOf(['status'], { columns })).status).toBe(0);
  });

  it.each(widths)('%i columns: a load draws over itself, also when it is interrupted', async (columns) => {
    const load = ['load', '--users', '1', '--duration', '5m'];
    const { screen, status } = await leftOf(load, { columns, type: interruptAt(/[2-9]\.\d s of 5 min/) });
    expect(status).toBe(130);
    for (const begins of [/^\d\.\d s of 5/, /^requests\/s {2}[▁-█]/, /^errors {6}\d/, /^latency {5}mean/]) {
      expect(screen.filter((line) => begins.test(line)).length).toBeLessThanOrEqual(1);
    }
    expect(screen).toContainEqual(expect.stringMatching(/^load {6}1 virtual user/));
    expect(screen).toContainEqual(expect.stringMatching(/^requests {2}[\d,]+, \d/));
  });

  it.each(widths)('%i columns: a tune that is interrupted says that the function is as it was', async (columns) => {
    const tune = ['tune', '--users', '1', '--duration', '5m', '--memory', '512'];
    const { screen, status } = await leftOf(tune, { columns, type: interruptAt(/\d\.\d s of 5 min/) });
    expect(status).toBe(130);
    expect(screen.join('')).toContain('The function is as it was');
    expect(screen.filter((line) => /^\d\.\d s of 5/.test(line)).length).toBeLessThanOrEqual(1);
  });

  it.each(widths)('%i columns: Ctrl-C is the way out of logs --follow', async (columns) => {
    const follow = ['logs', '--follow', '--since', '1h'];
    const { screen, status } = await leftOf(follow, { columns, type: interruptAt(/./) });
    expect(status).toBe(130);
    expect(screen.join('\n')).not.toMatch(/error|Interrupted/);
  });
});

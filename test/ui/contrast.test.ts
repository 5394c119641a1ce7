import { expect, it } from 'vitest';
import { style } from '../../src/local/login/style.ts';
import { tutorialService } from '../../src/stack/service.ts';
import { diagramSvg } from '../../src/ui/stack-diagram.ts';
import { waterfallPage } from '../../src/ui/trace-html.ts';
import { sampleTrace } from './reports.ts';

/** The colours of a style sheet by their names, in light and, after the media query, in dark. */
function colours(sheet: string): { light: Record<string, string>; dark: Record<string, string> } {
  const [before = '', after = ''] = sheet.split(/@media ?\(prefers-color-scheme: ?dark\)/);
  const named = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--(\w+): ?#([\da-f]{3,6})\b/g)].map(([, name = '', hex = '']) => [name, hex]),
    );
  return { light: named(before), dark: named(after) };
}

/** Relative luminance and contrast as WCAG 2 counts them (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
function luminance(hex: string): number {
  const long = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(long.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const sheets = {
  reports: {
    sheet: waterfallPage(sampleTrace),
    text: ['text', 'soft', 'bad', 'a', 'b', 'c', 'd'].flatMap((name) => [`${name}/page`, `${name}/box`]),
    graphics: [],
  },
  diagram: {
    sheet: diagramSvg([], tutorialService, 'stack'),
    text: ['text/page', 'soft/page', ...['text', 'soft', 'good', 'warn', 'bad'].map((name) => `${name}/box`)],
    graphics: [],
  },
  'sign-in': {
    sheet: style,
    text: [...['text', 'soft', 'accent'].map((name) => `${name}/card`), 'bad/badpage', 'on/accent'],
    // What shows where a field is, and which has the focus or is refused.
    graphics: ['line/card', 'accent/card', 'bad/card'],
  },
};

const pairs = Object.entries(sheets).flatMap(([name, { sheet, text, graphics }]) =>
  Object.entries(colours(sheet)).flatMap(([scheme, found]) => [
    ...text.map((pair) => ({ name, scheme, found, pair, least: 4.5 })),
    ...graphics.map((pair) => ({ name, scheme, found, pair, least: 3 })),
  ]),
);

it.each(pairs)('$name in $scheme: $pair has a contrast of $least', ({ found, pair, least }) => {
  const [one = '', other = ''] = pair.split('/').map((name) => found[name] ?? '');
  expect([one, other].every(Boolean)).toBe(true);
  expect(contrast(one, other)).toBeGreaterThanOrEqual(least);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { held } from './effects/held.ts';

/** `test/…/file.test.ts "title"` */
const isThere = (place: string): boolean => {
  const [, file = '', title = ''] = /^(\S+) "(.+)"$/.exec(place) ?? [];
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => text.includes(quoted));
};

it.each(held)('%s has its effect held by a test that is there', (_member, _effect, test) => {
  expect(isThere(test)).toBe(true);
});

import { expect, it } from 'vitest';
import { rememberedText, textTags } from '../../src/aws/tag-text.ts';

it.each(['', 'plain', 'https://a.example/?b=c&d="e"', '日本 é=41', 'x'.repeat(256), `${'ü,'.repeat(300)}end`])(
  'a text comes back from tags, however long and whatever is in it: %j',
  (text) => {
    const tags = textTags('dynops:urls', text);
    for (const value of Object.values(tags)) expect(value).toMatch(/^[\p{L}\p{N} _.:/=+@-]{0,256}$/u);
    expect(rememberedText({ ...tags, other: 'x', 'dynops:urls-x': 'y' }, 'dynops:urls')).toBe(text);
  },
);

it('what was not written is not there', () => {
  expect(rememberedText({ 'dynops:urls-2': 'x' }, 'dynops:urls')).toBeUndefined();
});

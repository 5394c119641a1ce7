import type { Tags } from './resource.ts';

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const longestTagValue = 256;
const notInTags = /[^\p{L}\p{N} _.:/+@-]/gu;

/** A text as tags: what tag values may not hold is written `=XX`, byte by byte, and what is longer than one goes on in KEY-2, … */
export function textTags(key: string, text: string): Tags {
  const bytes = (character: string) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  const written = text.replace(notInTags, bytes);
  const tags: Tags = {};
  for (let part = 1; (part - 1) * longestTagValue < Math.max(1, written.length); part += 1) {
    tags[partKey(key, part)] = written.slice((part - 1) * longestTagValue, part * longestTagValue);
  }
  return tags;
}

/** What was written by `textTags`. */
export function rememberedText(tags: Tags, key: string): string | undefined {
  if (tags[key] === undefined) return undefined;
  let written = '';
  for (let part = 1; tags[partKey(key, part)] !== undefined; part += 1) written += tags[partKey(key, part)];
  return written.replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}

const partKey = (key: string, part: number) => (part === 1 ? key : `${key}-${part}`);

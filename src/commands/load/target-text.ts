import { variablePattern } from '../../measure/load/template.ts';

/** What is outside variables, percent-encoded where it must be; a path or a query that is encoded already stays as it is. */
function encodedAround(text: string, encode: (text: string) => string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part, index) => (index % 2 === 0 ? encode(part) : part))
    .join('');
}

const unsafe = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@%/?]/gu;

/** For a path, or a whole query. */
export const encodedPath = (text: string) => encodedAround(text, (part) => part.replace(unsafe, encodeURIComponent));

/** For a name or value of a query. */
export const encodedValue = (text: string) => encodedAround(text, encodeURIComponent);

/** A path as one of its requests may have it, without its query: a variable fills a part of one segment. */
export const samplePath = (path: string) => (path.split('?')[0] ?? '').replace(new RegExp(variablePattern, 'g'), 'x');

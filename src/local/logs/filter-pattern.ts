import { parseDelimitedPattern } from './delimited-pattern.ts';
import { parseJsonPattern } from './json-pattern.ts';
import { invalidPattern, regexTest } from './regex-pattern.ts';

/**
 * A CloudWatch Logs filter pattern → a test of messages: words that must all occur, `"exact phrases"`, `-excluded` words,
 * `?one ?of ?these` (heeded where nothing is required), `{ $.field = value }` for JSON messages, and `[first, second = value]`
 * for messages of fields.
 * Throws AwsError InvalidParameterException. Source: user guide, "Filter pattern syntax".
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) return parseDelimitedPattern(text);
  if (/^%.*%$/s.test(text)) return regexTest(text.slice(1, -1));
  const terms = readTerms(text);
  const required = terms.filter(({ sign }) => sign === '');
  const optional = terms.filter(({ sign }) => sign === '?');
  const excluded = terms.filter(({ sign }) => sign === '-');
  return (message) => {
    const has = ({ word }: Term) => message.includes(word);
    if (excluded.some(has)) return false;
    return required.length > 0 || optional.length === 0 ? required.every(has) : optional.some(has);
  };
}

interface Term {
  sign: string;
  word: string;
}

function readTerms(text: string): Term[] {
  const terms: Term[] = [];
  const term = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))/y;
  while (term.lastIndex < text.length) {
    const match = term.exec(text);
    if (!match) throw invalidPattern('unbalanced quotation marks');
    const [, sign = '', quoted, plain] = match;
    terms.push({ sign, word: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '' });
  }
  return terms;
}

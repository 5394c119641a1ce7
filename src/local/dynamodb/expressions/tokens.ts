/** A word of an expression. `start` and `end` are its place in the text. */
export interface Token {
  kind: 'name' | 'name placeholder' | 'value placeholder' | 'number' | 'symbol' | 'unknown' | 'end';
  text: string;
  start: number;
  end: number;
}

const kinds: readonly [RegExp, Token['kind']][] = [
  [/^[a-zA-Z]/, 'name'],
  [/^#./, 'name placeholder'],
  [/^:./, 'value placeholder'],
  [/^\d/, 'number'],
  [/^[<>=+\-()[\].,]/, 'symbol'],
];

/** The words of an expression, and an end. What is no word at all is a token of one character, which no rule takes. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/[a-zA-Z]\w*|[#:]\w+|\d+|<>|<=|>=|[^ \t\r\n]/g)) {
    const [word] = match;
    const kind = kinds.find(([start]) => start.test(word))?.[1] ?? 'unknown';
    tokens.push({ kind, text: word, start: match.index, end: match.index + word.length });
  }
  const end = tokens.at(-1)?.end ?? 0;
  tokens.push({ kind: 'end', text: '<EOF>', start: end, end });
  return tokens;
}

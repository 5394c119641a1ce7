/**
 * Finds a value in JSON text and answers its own characters: parsing and printing again would change numbers that a
 * double cannot hold. Paths are `$`, `.name`, `['name']` and `[index]`.
 */
export function findJson(text: string, path: string): string | undefined {
  const steps = parsePath(path);
  if (!steps) return undefined;
  let at = skipBlanks(text, 0);
  for (const step of steps) {
    const found = typeof step === 'number' ? findItem(text, at, step) : findMember(text, at, step);
    if (found === undefined) return undefined;
    at = found;
  }
  return text.slice(at, skipValue(text, at));
}

function parsePath(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  const step = /\.([\w-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d{1,9})\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match) return undefined;
    const [, dotted, single, double, index] = match;
    steps.push(index === undefined ? (dotted ?? single ?? double ?? '') : Number(index));
  }
  return steps;
}

function findMember(text: string, at: number, name: string): number | undefined {
  if (text[at] !== '{') return undefined;
  let found: number | undefined;
  for (let here = skipBlanks(text, at + 1); text[here] === '"'; ) {
    const keyEnd = skipValue(text, here);
    const key = JSON.parse(text.slice(here, keyEnd)) as string;
    const value = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    // Of two members of one name the last counts, as for a parser.
    if (key === name) found = value;
    here = skipBlanks(text, skipValue(text, value));
    if (text[here] === ',') here = skipBlanks(text, here + 1);
  }
  return found;
}

function findItem(text: string, at: number, index: number): number | undefined {
  if (text[at] !== '[') return undefined;
  let here = skipBlanks(text, at + 1);
  for (let left = index; text[here] !== ']' && here < text.length; left -= 1) {
    if (left === 0) return here;
    here = skipBlanks(text, skipValue(text, here));
    if (text[here] === ',') here = skipBlanks(text, here + 1);
  }
  return undefined;
}

/** The text has been parsed before, so it is known to be JSON: brackets match and strings end. */
function skipValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') {
    let here = at + 1;
    while (text[here] !== '"' && here < text.length) here += text[here] === '\\' ? 2 : 1;
    return here + 1;
  }
  if (first === '{' || first === '[') {
    let depth = 0;
    for (let here = at; here < text.length; here += 1) {
      const character = text[here];
      if (character === '"') here = skipValue(text, here) - 1;
      else if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') {
        depth -= 1;
        if (depth === 0) return here + 1;
      }
    }
    return text.length;
  }
  let here = at;
  while (here < text.length && !/[\s,\]}]/.test(text[here] ?? '')) here += 1;
  return here;
}

function skipBlanks(text: string, at: number): number {
  let here = at;
  while (/\s/.test(text[here] ?? '')) here += 1;
  return here;
}

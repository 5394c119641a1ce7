import { usageError } from '../../errors.ts';

/*
 * DynamoDB's numbers have up to 38 digits and JSON.parse keeps about 16, so JSON that only passes through
 * is cut and joined as text. Everything here expects text that JSON.parse has accepted.
 */

const tokenPattern = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

/** A user's JSON, checked and otherwise unchanged. `source` names it in errors (`--item`). */
export function checkedJson(text: string, source: string): string {
  try {
    JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usageError(`${source} is not valid JSON: ${reason}.`, 'Quote it for the shell: \'{"id": "1"}\'.');
  }
  return text.trim();
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** As `checkedJson`, for a place where only an object makes sense. */
export function checkedObject(text: string, source: string): string {
  const checked = checkedJson(text, source);
  if (checked.startsWith('{')) return checked;
  throw usageError(`${source} must be a JSON object.`, 'For example \'{"id": "1"}\'.');
}

/** An object's members, their values as text. */
export function membersOf(objectText: string): Map<string, string> {
  return new Map(
    partsOf(objectText).map((part) => {
      const name = /^\s*"[^"\\]*(?:\\.[^"\\]*)*"/.exec(part)?.[0] ?? '""';
      return [String(JSON.parse(name)), part.slice(part.indexOf(':', name.length) + 1).trim()];
    }),
  );
}

/** An array's elements as text. */
export function elementsOf(arrayText: string): string[] {
  return partsOf(arrayText).map((part) => part.trim());
}

/** An object's text from its members' texts. */
export function objectText(members: Iterable<readonly [name: string, valueText: string]>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** What is between the outermost brackets, cut at the outermost commas. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    if (token === '{' || token === '[') {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (token === '}' || token === ']') {
      depth -= 1;
      if (depth === 0 && text.slice(start, index).trim() !== '') parts.push(text.slice(start, index));
    } else if (token === ',' && depth === 1) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return parts;
}

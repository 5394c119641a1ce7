import { usageError } from '../../errors.ts';
import { parseLogLine } from '../../measure/report-line.ts';

/** A member's way through a document: `user.id`, `items[0]`, `["a.b"].c`. */
export type Path = readonly (string | number)[];

const step = /\.?(?:([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\])/y;

/** Throws a usage error. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  for (step.lastIndex = 0; step.lastIndex < text.length; ) {
    const [, name, index, quoted] = step.exec(text) ?? refuse(text);
    path.push(name ?? (index === undefined ? String(JSON.parse(`"${quoted}"`)) : Number(index)));
  }
  return path.length > 0 ? path : refuse(text);
}

function refuse(text: string): never {
  throw usageError(
    `--field: "${text.slice(0, 100)}" is not a path.`,
    `For example user.id, items[0], or ["a name with dots."].id`,
  );
}

/** What a log line that is JSON has there; undefined where it has nothing, or is not JSON. */
export function fieldOf(text: string, path: Path): unknown {
  const { message } = parseLogLine(text);
  let at: unknown;
  try {
    at = JSON.parse(message.startsWith('{') || message.startsWith('[') ? message : text);
  } catch {
    return undefined;
  }
  for (const name of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string | number, unknown>)[name];
  }
  return at;
}

import type { Place } from './places.ts';

/** One word for bash and zsh, and for fish where it holds no single quote. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Shell patterns of every place but the root. */
export function placePatterns(places: readonly Place[], separator: string): string {
  return places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(separator);
}

/** Patterns of bash and zsh, in which a quoted `*` would be that character. */
export function casesOf(patterns: readonly string[]): string {
  return patterns
    .map((pattern) => (pattern.startsWith('*') ? `*${quoted(pattern.slice(1))}` : quoted(pattern)))
    .join('|');
}

/** The first header of a name, given in lower case, of headers in any case. */
export function headerOf(
  headers: readonly (readonly [name: string, value: string])[],
  wanted: string,
): string | undefined {
  for (const [name, value] of headers) if (isHeader(name, wanted)) return value;
  return undefined;
}

/** Most names have another length, so few are compared. */
export const isHeader = (name: string, wanted: string) =>
  name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);

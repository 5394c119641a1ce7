import { invalidParameter } from './constraints.ts';

/**
 * One page of a list in its own order. The token is the key of the last item given, so items that come and go between pages
 * neither repeat nor hide others. `keyOf` must be unique. Throws InvalidParameterException for a token that is not ours.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: { limit: number; token: string | undefined },
): { items: T[]; next: string | undefined } {
  const after = request.token === undefined ? undefined : decode(request.token);
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const chosen = rest.slice(0, request.limit);
  const last = chosen.at(-1);
  return {
    items: chosen,
    next: last !== undefined && rest.length > chosen.length ? encode(keyOf(last)) : undefined,
  };
}

const mark = 'after:';
const encode = (key: string) => Buffer.from(mark + key).toString('base64');

function decode(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith(mark)) throw invalidParameter('Invalid pagination token.');
  return text.slice(mark.length);
}

export interface PageRequest {
  limit: number;
  /** What the page before answered as `next`; undefined: the first page. */
  token: string | undefined;
  descending?: boolean;
  /** The service's error for a token that is not ours. */
  invalidToken: () => Error;
}

/**
 * One page of a list, in the order of its keys, which must be unique. The token names the last item given and not a
 * place in the list, so items that come and go between pages (a caller that deletes what it lists) neither repeat nor
 * hide others. Throws `invalidToken`.
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, token, descending = false, invalidToken }: PageRequest,
): { items: Item[]; next: string | undefined } {
  const sign = descending ? -1 : 1;
  const compare = (one: string, other: string) => (one < other ? -sign : one > other ? sign : 0);
  const sorted = items.map((item) => ({ item, key: keyOf(item) })).sort((one, other) => compare(one.key, other.key));
  const after = token === undefined ? undefined : decode(token);
  if (token !== undefined && after === undefined) throw invalidToken();
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => compare(key, after) > 0);
  const chosen = rest.slice(0, limit);
  const last = chosen.at(-1);
  return {
    items: chosen.map(({ item }) => item),
    next: last !== undefined && rest.length > chosen.length ? tokenAfter(last.key) : undefined,
  };
}

/** A number from 0 as a key that sorts as the number does. */
export const textOrderOf = (value: number): string => value.toFixed(6).padStart(24, '0');

const mark = 'after:';
/** What says that the items up to this key were given. */
export const tokenAfter = (key: string) => Buffer.from(mark + key).toString('base64url');

function decode(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  return text.startsWith(mark) && tokenAfter(text.slice(mark.length)) === token ? text.slice(mark.length) : undefined;
}

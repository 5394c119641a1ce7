/** IAM's paging: a marker and at most `MaxItems`, 100 where not said. */
export function pageOf<T>(
  all: T[],
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: T[]; IsTruncated: boolean; Marker?: string } {
  const from = Number(input.Marker ?? 0) || 0;
  const to = from + (input.MaxItems ?? 100);
  const more = to < all.length;
  return { items: all.slice(from, to), IsTruncated: more, ...(more && { Marker: String(to) }) };
}

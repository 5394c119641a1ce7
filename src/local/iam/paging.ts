import { pageOf as anyPageOf } from '../paging.ts';
import { AwsError } from '../service.ts';

/** IAM's paging: a marker and at most `MaxItems`, 100 where not said. */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  input: { Marker?: string | undefined; MaxItems?: number | undefined; descending?: boolean },
): { items: Item[]; IsTruncated: boolean; Marker?: string } {
  const { items, next } = anyPageOf(all, keyOf, {
    limit: input.MaxItems ?? 100,
    token: input.Marker,
    descending: input.descending ?? false,
    invalidToken: () => new AwsError('ValidationError', 'Invalid Marker.', { statusCode: 400 }),
  });
  return { items, IsTruncated: next !== undefined, ...(next !== undefined && { Marker: next }) };
}

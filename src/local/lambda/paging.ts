import { pageOf } from '../paging.ts';
import { AwsError } from '../service.ts';

/** One page of a list by unique keys. Throws InvalidParameterValueException for a marker that is not ours. */
export const page = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { Marker: token, MaxItems = 50 }: { Marker?: string | undefined; MaxItems?: number | undefined },
) =>
  pageOf(items, keyOf, {
    // Lambda answers 50 at most, whatever is asked for.
    limit: Math.min(50, MaxItems),
    token,
    invalidToken: () => new AwsError('InvalidParameterValueException', 'Invalid Marker'),
  });

import { pageOf } from '../paging.ts';
import { invalidParameter } from './constraints.ts';

/** One page of a list by unique keys. Throws InvalidParameterException for a token that is not ours. */
export const page = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  request: { limit: number; token: string | undefined },
) => pageOf(items, keyOf, { ...request, invalidToken: () => invalidParameter('Invalid pagination token.') });

import type { Item } from '../values/types.ts';
import type { Path, Projection } from './types.ts';

/** The item with nothing but what the paths lead to; members of lists close up. */
export function project(projection: Projection | readonly Path[], item: Item): Item {
  throw new Error(`not there yet: ${projection} ${item}`);
}

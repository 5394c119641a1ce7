import type { Item } from '../values/types.ts';
import type { Condition } from './types.ts';

/** Whether the item, or its absence, fulfils the condition. */
export function matches(condition: Condition, item: Item | undefined): boolean {
  throw new Error(`not there yet: ${condition} ${item}`);
}

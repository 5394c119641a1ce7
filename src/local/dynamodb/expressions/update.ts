import type { Item } from '../values/types.ts';
import type { Update, Updated } from './types.ts';

/** A new item, the given one (or what a new one starts with: its key) changed as the update says. Throws AwsError ValidationException. */
export function applyUpdate(update: Update, item: Item | undefined, key: Item): Updated {
  throw new Error(`not there yet: ${update} ${item} ${key}`);
}

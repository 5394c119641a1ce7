import { isWorthAnotherLook } from './failures.ts';

/**
 * Visits each once, when what it waits for has been visited; independent ones side by side. All come to an end before
 * an error is thrown, so that nothing goes on behind it: the first that another look would not help.
 */
export async function walk<Item>(
  items: readonly Item[],
  waitsFor: (item: Item) => readonly Item[],
  visit: (item: Item) => Promise<void>,
): Promise<void> {
  const started = new Map<Item, Promise<void>>();
  const start = (item: Item): Promise<void> => {
    const running = started.get(item) ?? Promise.all(waitsFor(item).map(start)).then(() => visit(item));
    started.set(item, running);
    return running;
  };
  const results = await Promise.allSettled(items.map(start));
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !isWorthAnotherLook(reason)) ?? reasons[0];
}

/** Does a piece of work when its turn has come. Throws what `refuse` makes where too many wait already. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets `atOnce` pieces of work go on at the same time; the others wait, in order. */
export function createTurns(options: { atOnce: number; mostWaiting: number; refuse: () => Error }): Turns {
  const { atOnce, mostWaiting, refuse } = options;
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy < atOnce) busy += 1;
    else if (waiting.length >= mostWaiting) throw refuse();
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever is next takes this turn over.
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}

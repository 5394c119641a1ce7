/** Choices that are the same for the same seed. */
export interface Random {
  /** 0 ≤ n < below */
  integer(below: number): number;
  /** True in one of so many cases. */
  oneIn(cases: number): boolean;
  pick<T>(choices: readonly T[]): T;
  list<T>(length: number, make: () => T): T[];
}

/** mulberry32: 32 bits of state, and even enough for this. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (below: number) => Math.floor(next() * below);
  return {
    integer,
    oneIn: (cases) => integer(cases) === 0,
    pick(choices) {
      const choice = choices[integer(choices.length)];
      if (choice === undefined) throw new Error('nothing to choose from');
      return choice;
    },
    list: (length, make) => Array.from({ length }, make),
  };
}

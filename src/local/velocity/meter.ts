/** Pays for work that is about to be done. Throws where it was too much. */
export type Spend = (cost: number) => void;

/** About a second: AWS says nothing of loops in loops and of what grows in them, and the engine serves nobody else meanwhile. */
const budget = 150_000_000;

/** What one template, or one mapping by a path, may take with all that it calls. */
export function createMeter(most = budget): Spend {
  let left = most;
  return (cost) => {
    left -= cost;
    if (left < 0) throw new Error('the template has too many iterations or takes too long');
  };
}

/** Of looking at one member of a list or a map, of comparing two values, or of a step of a regular expression. */
export const stepCost = 10;

export const perStep =
  (spend: Spend): Spend =>
  (steps) =>
    spend(stepCost * steps);

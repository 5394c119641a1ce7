import type { Engine } from './engine.ts';

/** What need not outlive the process, kept apart per engine so that two engines in one process share nothing. */
export function perEngine<T>(make: (engine: Engine) => T): (engine: Engine) => T {
  const kept = new WeakMap<Engine, T>();
  return (engine) => {
    const known = kept.get(engine);
    if (known !== undefined) return known;
    const made = make(engine);
    kept.set(engine, made);
    return made;
  };
}

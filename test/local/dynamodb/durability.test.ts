import { it } from 'vitest';
import { killRounds } from './kill-rounds.ts';
import { killedEngine } from './killed-engine.ts';

// The exhaustive suite kills it 200 times.
it('DynamoDB keeps every acknowledged write of every kind, whole, when the engine is killed', async () => {
  const engine = await killedEngine();
  try {
    await killRounds(engine, { rounds: 2 });
  } finally {
    await engine.remove();
  }
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { engineCredentials, stopEngine } from './engine.ts';
import { ensureEngine } from './engine-start.ts';
import type { Target } from './target.ts';

/** Gives an empty engine of its own, in a temporary folder; both are gone afterwards, however it ended, by a kill too. */
export async function withScratchEngine<Result>(
  { env, region }: { env: Environment; region: string },
  use: (target: Target) => Promise<Result>,
): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), 'dynops-scratch-'));
  try {
    const { endpoint } = await ensureEngine({ home, env, port: 0, ephemeral: true, note: () => undefined });
    return await use({
      kind: 'local',
      endpoint,
      region,
      credentials: await engineCredentials(home),
      profile: undefined,
    });
  } finally {
    await stopEngine(home);
    await rm(home, { recursive: true, force: true });
  }
}

import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { makeKeys } from '../src/local/cognito/keys.ts';
import type { PoolRecord } from '../src/local/cognito/records.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** For the user pools of engines inside the tests' processes: making them takes longer than all else that `up` does. */
    poolKeys: PoolRecord['keys'][];
  }
}

/** As many as a test's pools that must not have each other's keys. */
const pools = 4;

/** Builds dist/ once before the tests: what crosses files is tested on what users run. */
export default async function build({ provide }: TestProject): Promise<void> {
  execFileSync(process.execPath, ['build.mjs'], { stdio: 'inherit' });
  provide('poolKeys', await Promise.all(Array.from({ length: pools }, makeKeys)));
}

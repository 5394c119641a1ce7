import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Engine } from '../src/local/engine.ts';
import { startEngine as start } from '../src/local/start.ts';

let takenKeys = 0;

/** Of scrypt: users' engines take 70 ms for each password, the least of it none. */
const cheapCost = 2 ** 4;

/** Pools get the prepared keys in turn, so that those made one after another have different ones. */
async function preparedKeys(): ReturnType<Engine['makePoolKeys']> {
  const prepared = inject('poolKeys');
  const keys = prepared[takenKeys++ % prepared.length];
  if (keys === undefined) throw new Error('No keys were prepared.');
  return keys;
}

/** The SDK's own defaults, which each client would otherwise look for in the environment and in files. */
const sdkDefaults = {
  defaultsMode: 'legacy',
  retryMode: 'standard',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  authSchemePreference: [],
} as const;

export interface TestEngine {
  engine: Engine;
  endpoint: string;
  dataDir: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  region: 'us-east-1';
  /** For any SDK client. */
  clientConfig: {
    endpoint: string;
    region: 'us-east-1';
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  stop(): Promise<void>;
}

/** The real engine inside the test's process, on a free port, with a data folder that goes with it unless one is given. */
export async function startEngine(
  options: {
    scale?: number;
    dataDir?: string;
    clock?: () => number;
    log?: (line: string) => void;
    makePoolKeys?: Engine['makePoolKeys'];
    /** Hashed as slowly as in users' engines, for those who judge the time of it. */
    slowPasswords?: boolean;
    /** Python takes seconds to start on a busy machine. */
    initLimitMs?: number;
  } = {},
): Promise<TestEngine> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'dynops-engine-')));
  const credentials = { accessKeyId: 'LKIATESTTESTTESTTEST', secretAccessKey: randomBytes(20).toString('hex') };
  const running = await start({
    dataDir,
    port: 0,
    scale: options.scale ?? 0,
    credentials,
    makePoolKeys: options.makePoolKeys ?? preparedKeys,
    passwordCost: options.slowPasswords ? undefined : cheapCost,
    initLimitMs: options.initLimitMs,
    ...(options.clock && { clock: options.clock }),
    log: options.log ?? ((line) => process.stderr.write(`engine: ${line}\n`)),
  });
  return {
    engine: running.engine,
    endpoint: running.endpoint,
    dataDir,
    credentials,
    region: 'us-east-1',
    clientConfig: { ...sdkDefaults, endpoint: running.endpoint, region: 'us-east-1', credentials },
    async stop() {
      await running.close();
      // Processes of functions end, and take their folders along, a moment after the engine.
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

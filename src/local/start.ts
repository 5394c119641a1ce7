import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeKeys, prepareKeys } from './cognito/keys.ts';
import { listPools } from './cognito/pools.ts';
import { createSessionCredentials } from './credentials.ts';
import { startHousekeeping } from './dynamodb/housekeeping.ts';
import { openItems } from './dynamodb/items.ts';
import { migrateTables } from './dynamodb/migration.ts';
import type { Engine } from './engine.ts';
import { createEngineServer } from './http/server.ts';
import type { Secret } from './http/signature.ts';
import { denialOf, findRole } from './iam/roles.ts';
import { openCodeKeeper } from './lambda/code-keeper.ts';
import { allVersions, functionsOf } from './lambda/functions.ts';
import { openFunctionRuntime } from './lambda/runtime/runtime.ts';
import { openLogStore } from './logs/log-store.ts';
import { createSimulation } from './simulation/simulation.ts';
import { openStore } from './storage/records.ts';
import { openDaemon } from './xray/daemon.ts';
import { createSampler } from './xray/sampling.ts';
import { createTraces } from './xray/traces.ts';

export interface StartOptions {
  /** Made where missing, mode 0700. */
  dataDir: string;
  /** 0: any free one. */
  port: number;
  /** 0: plain; otherwise AWS's own times multiplied by it. */
  scale: number;
  credentials: Secret;
  /** Signing keys for each new user pool; RSA keys of 2048 bits where not given. */
  makePoolKeys?: Engine['makePoolKeys'];
  passwordCost?: Engine['passwordCost'];
  initLimitMs?: Engine['initLimitMs'];
  clock?: () => number;
  log?: (line: string) => void;
}

export interface RunningEngine {
  engine: Engine;
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  close(): Promise<void>;
}

/** Opens the data folder and listens on loopback. Throws EADDRINUSE, or StorageError, as when another engine holds the folder. */
export async function startEngine(options: StartOptions): Promise<RunningEngine> {
  const { dataDir, port, credentials, log = () => undefined } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // The port first: where it is taken, nothing has been opened yet. Requests that come early wait for the rest.
  let isReady: (engine: Engine) => void = () => undefined;
  let isLost: (reason: unknown) => void = () => undefined;
  const ready = new Promise<Engine>((resolve, reject) => {
    isReady = resolve;
    isLost = reject;
  });
  ready.catch(() => undefined);
  const server = createEngineServer({ engine: () => ready, credentials, log });
  await listen(server, port);
  try {
    const running = await open(options, server);
    isReady(running.engine);
    return running;
  } catch (error) {
    isLost(error);
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

async function open(options: StartOptions, server: Server): Promise<RunningEngine> {
  const { dataDir, scale, credentials, clock = Date.now, log = () => undefined } = options;
  const store = await openStore(join(dataDir, 'control'), { log });
  const simulation = createSimulation({ scale, clock, sleep: (ms) => sleep(ms) });
  const [items, logs] = await Promise.all([
    openItems(join(dataDir, 'items'), { clock, log }),
    openLogStore(join(dataDir, 'logs'), { clock, log }),
  ]);

  await migrateTables(items);
  const traces = createTraces(clock);
  const traceDaemon = await openDaemon(traces);

  const usedHashes = () => [
    ...[...functionsOf(engine).values(), ...allVersions(engine)].map(({ codeSha256 }) => codeSha256),
    ...functions.usedHashes(),
  ];
  const code = openCodeKeeper(dataDir, { usedHashes, clock, log });
  const functions = openFunctionRuntime(() => engine, { dataDir, log });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine: Engine = {
    accountId: '000000000000',
    dataDir,
    baseUrl: endpoint,
    clock,
    store,
    watchRecords() {
      const watches = [store.watch(), items.watch(), logs.watch()];
      return async () => {
        for (const watch of watches) await watch();
      };
    },
    async holdWrites() {
      const holds = await Promise.allSettled([store.hold(), items.hold(), logs.hold()]);
      const goOn = () => {
        for (const hold of holds) if (hold.status === 'fulfilled') hold.value();
      };
      const refused = holds.find((hold) => hold.status === 'rejected');
      if (refused === undefined) return goOn;
      goOn();
      throw refused.reason;
    },
    simulation,
    items,
    code,
    functions,
    logs,
    makePoolKeys: options.makePoolKeys ?? makeKeys,
    passwordCost: options.passwordCost,
    initLimitMs: options.initLimitMs,
    traces,
    sampler: createSampler({ scale, clock }),
    traceDaemonAddress: traceDaemon.address,
    sessionCredentials: createSessionCredentials({
      sealingKey: credentials.secretAccessKey,
      clock,
      roleIdOf: (arn) => findRole(engine, arn)?.id,
    }),
    denialOf: (request) => denialOf(engine, request),
    log,
  };

  const housekeeping = startHousekeeping(engine, {
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
  });
  code.removeUnused();
  functions.resume();
  if (listPools(engine).length === 0) prepareKeys(engine);
  return {
    engine,
    endpoint,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await functions.close();
      await housekeeping.stop();
      await Promise.all([code.close(), logs.close(), items.close(), traceDaemon.close()]);
      await store.close();
    },
  };
}

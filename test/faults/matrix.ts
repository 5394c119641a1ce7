import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connect } from '../../src/aws/aws.ts';
import { down, plan, type UpOptions, up } from '../../src/stack/stack.ts';
import { code, fourFunctions, fourFunctionsLater } from '../stack/four-functions.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { listAccount } from './account.ts';
import { type Fault, faultKinds, type SeenCall, startFaultProxy } from './fault-proxy.ts';
import { breakService, breakStack, plantForeignThings } from './scenes.ts';

interface Scene {
  command: 'up' | 'down';
  /** What is brought up or down; nothing: the tutorial. */
  wanted?: Pick<UpOptions, 'service' | 'code' | 'removeTables'>;
  before(engine: TestEngine): Promise<void>;
}

const own = { service: fourFunctions, code };
const later = { service: fourFunctionsLater, code, removeTables: ['customers'] };

/** Where a command starts from. */
const scenes = {
  'up from nothing': { command: 'up', before: async () => undefined },
  'up with drift': {
    command: 'up',
    before: async (engine) => {
      await run(await connected(engine), { command: 'up' });
      await breakStack(engine.clientConfig);
    },
  },
  down: { command: 'down', before: async (engine) => run(await connected(engine), { command: 'up' }) },
  'a service from nothing': { command: 'up', wanted: own, before: async () => undefined },
  'a service with drift': {
    command: 'up',
    wanted: own,
    before: async (engine) => {
      await run(await connected(engine), { command: 'up', wanted: own });
      await breakService(engine.clientConfig);
    },
  },
  'a service with additions and removals': {
    command: 'up',
    wanted: later,
    before: async (engine) => run(await connected(engine), { command: 'up', wanted: own }),
  },
  'a service down': {
    command: 'down',
    wanted: own,
    before: async (engine) => run(await connected(engine), { command: 'up', wanted: own }),
  },
} satisfies Record<string, Scene>;

/** AWS-like, made short: the states, conflicts and limits are all there, the waiting is not. */
const simulations = { plain: 0, 'AWS-like': 0.001 };

const longestPauseMs = 5;

/** Cases that run side by side; each has an engine of its own. */
const lanes = availableParallelism();

async function connected(engine: TestEngine, endpoint = engine.endpoint, signal = new AbortController().signal) {
  const target = { kind: 'endpoint' as const, endpoint, region: engine.region, credentials: engine.credentials };
  // Waits keep their order and their conditions; only the time between two looks is short.
  const brief = (ms: number) => sleep(Math.min(ms, longestPauseMs));
  const aws = await connect({ target: { ...target, profile: undefined }, signal, sleep: brief });
  return { aws, common: { settings: { stack: 'default' }, onEvent: () => undefined, signal } };
}

async function run(
  { aws, common }: Awaited<ReturnType<typeof connected>>,
  { command, wanted }: Pick<Scene, 'command' | 'wanted'>,
): Promise<void> {
  const options = { ...common, ...wanted };
  if (command === 'up') await up(aws, { ...options, password: async () => 'secret-1', adopt: false, replace: [] });
  else await down(aws, { ...options, keepData: false });
}

/** Runs the scene with one fault, then the same command again; answers what is wrong with what then stands. */
async function runCase(options: {
  scene: Scene;
  scale: number;
  /** Data folder of an engine in which the scene is set. */
  stage: string;
  fault: Fault | undefined;
  expected: string[] | undefined;
}): Promise<{ wrong: string[]; seen: SeenCall[]; account: string[]; struck: boolean }> {
  const { scene, scale, stage, fault, expected } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'dynops-fault-'));
  // Some small files: in turn with other work, each of them would take five times as long.
  cpSync(stage, dataDir, { recursive: true });
  const engine = await startEngine({ scale, dataDir });
  try {
    // A killed process makes no more calls; the proxy lets none through, and this spares it from being asked.
    const killed = new AbortController();
    const proxy = await startFaultProxy(engine.endpoint, { fault, onKill: () => killed.abort() });
    const first = await connected(engine, proxy.endpoint, killed.signal)
      .then((faulty) => run(faulty, scene))
      .then(
        () => 'done' as const,
        (error: unknown) => error,
      );
    await proxy.close();
    if (!fault && first !== 'done') throw first;

    const wrong: string[] = [];
    const session = await connected(engine);
    if (fault) {
      await run(session, scene).catch((error: unknown) => {
        wrong.push(`run again: ${error instanceof Error ? error.message : String(error)}`);
      });
    }
    const account = await listAccount(engine.clientConfig);
    for (const line of expected ?? []) if (!account.includes(line)) wrong.push(`missing: ${line}`);
    if (expected) {
      const unwanted = [...account];
      for (const line of expected) {
        const at = unwanted.indexOf(line);
        if (at >= 0) unwanted.splice(at, 1);
      }
      for (const line of unwanted) wrong.push(`unwanted: ${line}`);
    }
    if (scene.command === 'up') {
      const report = await plan(session.aws, { ...session.common, ...scene.wanted });
      for (const { type, action, changes } of report.resources) {
        if (action !== 'unchanged') wrong.push(`${type} would be ${action}: ${JSON.stringify(changes)}`);
      }
    }
    return { wrong, seen: proxy.seen, account, struck: proxy.struck() };
  } finally {
    await engine.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Sets a scene once; the cases begin with copies of it. */
async function setStage(scene: Scene): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dynops-scene-'));
  const engine = await startEngine({ dataDir });
  await plantForeignThings(engine.clientConfig);
  await scene.before(engine);
  await engine.stop();
  return dataDir;
}

/**
 * Every call that the scene's command makes, met by every fault, or about `cases` of them, spread evenly; says on stderr how
 * many it ran and how many held.
 */
export function matrixOf(
  simulation: keyof typeof simulations,
  name: keyof typeof scenes,
  { cases = Number.POSITIVE_INFINITY } = {},
): void {
  it(`the fault matrix: ${name}, ${simulation}`, async () => {
    const scene: Scene = scenes[name];
    const scale = simulations[simulation];
    const stage = await setStage(scene);
    const clean = await runCase({ scene, scale, stage, fault: undefined, expected: undefined });
    const calls = clean.seen.filter(({ operation }) => !operation.startsWith('data-plane'));
    const every = calls.flatMap(({ operation, nth }) => faultKinds.map((kind): Fault => ({ operation, nth, kind })));
    expect(every.length).toBeGreaterThan(100);
    const step = stepFor(every.length, cases);
    const faults = every.filter((_fault, index) => index % step === 0);

    const failures: string[] = [];
    let ran = 0;
    let next = 0;
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let fault = faults[next++]; fault; fault = faults[next++]) {
          const { wrong, struck } = await runCase({ scene, scale, stage, fault, expected: clean.account });
          // How often a poll is repeated is up to time, so its last repetitions may not come about.
          if (!struck && fault.nth === 0) wrong.push('the fault never struck');
          if (struck || fault.nth === 0) ran += 1;
          if (wrong.length > 0) failures.push(`${fault.operation} #${fault.nth}, ${fault.kind}: ${wrong.join('; ')}`);
        }
      }),
    );
    await rm(stage, { recursive: true, force: true });
    process.stderr.write(`fault matrix: ${name}, ${simulation}: ${ran - failures.length} of ${ran} cases held\n`);
    expect(failures).toEqual([]);
  }, 1_800_000);
}

/** No multiple of the number of kinds, so that each kind of fault is among the cases. */
function stepFor(count: number, cases: number): number {
  const step = Math.max(1, Math.floor(count / cases));
  return step % faultKinds.length === 0 ? step - 1 : step;
}

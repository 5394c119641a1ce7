import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { AwsError } from '../service.ts';

interface Attempts {
  failures: number;
  lastMs: number;
  lockedUntilMs: number;
}

interface Ledger {
  attempts: Map<string, Attempts>;
  /** The last check under way for a name; the next one waits for it. */
  queues: Map<string, Promise<unknown>>;
}

const ledgers = perEngine((): Ledger => ({ attempts: new Map(), queues: new Map() }));
const freeFailures = 5;
const maxLockMs = 15 * 60_000;
const forgetAfterMs = 15 * 60_000;
const maxNames = 20_000;

const tooMany = () => new AwsError('NotAuthorizedException', 'Password attempts exceeded');

/**
 * Cognito's back-off (docs/aws-facts.md#fact-4-10): after five failures a name is locked for 1 s, then twice as long after each further failure,
 * up to 15 minutes; refused attempts do not count; 15 minutes without any attempt, or a success, forget it all.
 */
function requireUnlocked(engine: Engine, name: string): Attempts {
  const nowMs = engine.clock();
  const known = ledgers(engine).attempts.get(name);
  const current =
    known && nowMs - known.lastMs < forgetAfterMs ? known : { failures: 0, lastMs: nowMs, lockedUntilMs: 0 };
  current.lastMs = nowMs;
  if (nowMs < current.lockedUntilMs) throw tooMany();
  return current;
}

/** Throws NotAuthorizedException while `name` (pool and username) is locked. */
export function checkAttempts(engine: Engine, name: string): void {
  requireUnlocked(engine, name);
}

/** Milliseconds until `name` may try again; 0 when it may now. */
export function lockedForMs(engine: Engine, name: string): number {
  return Math.max(0, (ledgers(engine).attempts.get(name)?.lockedUntilMs ?? 0) - engine.clock());
}

/** Records the outcome of one check that `checkAttempts` let through; nothing may be awaited between that and the check itself. */
export function recordAttempt(engine: Engine, name: string, succeeded: boolean): void {
  const { attempts } = ledgers(engine);
  const current = requireUnlocked(engine, name);
  attempts.delete(name);
  if (succeeded) return;
  current.failures += 1;
  const over = current.failures - freeFailures;
  if (over >= 0) current.lockedUntilMs = engine.clock() + Math.min(1000 * 2 ** over, maxLockMs);
  attempts.set(name, current);
  if (attempts.size > maxNames) forgetOldest(engine);
}

function forgetOldest(engine: Engine): void {
  const { attempts } = ledgers(engine);
  const nowMs = engine.clock();
  for (const [name, { lastMs, lockedUntilMs }] of attempts) {
    // A flood of made-up names must not unlock a real one.
    if (nowMs >= lockedUntilMs || nowMs - lastMs >= forgetAfterMs) attempts.delete(name);
    if (attempts.size <= maxNames / 2) return;
  }
}

/**
 * Runs a password check under the back-off. Checks of one name run one after another: side by side,
 * a hundred guesses would all be let in before the first had failed.
 */
export async function guarded(engine: Engine, name: string, check: () => Promise<boolean>): Promise<boolean> {
  const { queues } = ledgers(engine);
  const run = async () => {
    checkAttempts(engine, name);
    const succeeded = await check();
    recordAttempt(engine, name, succeeded);
    return succeeded;
  };
  const turn = (queues.get(name) ?? Promise.resolve()).then(run, run);
  queues.set(name, turn);
  try {
    return await turn;
  } finally {
    if (queues.get(name) === turn) queues.delete(name);
  }
}

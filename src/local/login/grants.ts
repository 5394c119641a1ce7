import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';

/** What an authorization code stands for. */
export interface Grant {
  poolId: string;
  clientId: string;
  redirectUri: string;
  username: string;
  sub: string;
  scopes: string[];
  nonce: string | undefined;
  challenge: string | undefined;
  authTimeS: number;
  /** Made with the code: the tokens date from there, for a sign-out everywhere and for a second use. */
  originJti: string;
}

interface Kept {
  grant: Grant;
  expiresAtMs: number;
  isUsed?: true;
}

/** Codes live five minutes (docs/aws-facts.md#fact-4-7), so they live in memory: after a restart the browser signs in again. */
const codes = perEngine(() => new Map<string, Kept>());
const lifeMs = 5 * 60_000;

export function issueCode(engine: Engine, grant: Grant): string {
  const kept = codes(engine);
  const nowMs = engine.clock();
  // All live as long: behind the first that is alive are no others.
  for (const [code, { expiresAtMs }] of kept) {
    if (expiresAtMs > nowMs) break;
    kept.delete(code);
  }
  const code = randomUUID();
  kept.set(code, { grant, expiresAtMs: nowMs + lifeMs });
  return code;
}

/**
 * Takes a code: the first caller gets the grant, whatever comes of it. Each later one learns that it was used before, and that its
 * tokens are to be revoked (RFC 6749 §4.1.2): one of the two had stolen the code. Another pool does not know it.
 */
export function takeCode(
  engine: Engine,
  poolId: string,
  code: string,
): { grant: Grant; isStolen: boolean } | undefined {
  const kept = codes(engine).get(code);
  if (kept?.grant.poolId !== poolId || kept.expiresAtMs <= engine.clock()) return undefined;
  const isStolen = kept.isUsed === true;
  kept.isUsed = true;
  return { grant: kept.grant, isStolen };
}

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
}

interface Kept {
  grant: Grant;
  expiresAtMs: number;
  /** Set at the first use: the authentication whose tokens a second use revokes. */
  originJti?: string;
}

/** Codes live five minutes (aws-facts 4.7), so they live in memory: after a restart the browser signs in again. */
const codes = perEngine(() => new Map<string, Kept>());
const lifeMs = 5 * 60_000;

export function issueCode(engine: Engine, grant: Grant): string {
  const kept = codes(engine);
  for (const [code, { expiresAtMs }] of kept) if (expiresAtMs <= engine.clock()) kept.delete(code);
  const code = randomUUID();
  kept.set(code, { grant, expiresAtMs: engine.clock() + lifeMs });
  return code;
}

/**
 * Takes a code for `originJti`: the first caller gets the grant, whatever comes of it. A second gets the first one's origin_jti,
 * to be revoked (RFC 6749 §4.1.2): one of the two had stolen the code.
 */
export function takeCode(
  engine: Engine,
  code: string,
  originJti: string,
): { grant: Grant; stolenFrom?: never } | { grant: Grant; stolenFrom: string } | undefined {
  const kept = codes(engine).get(code);
  if (!kept || kept.expiresAtMs <= engine.clock()) return undefined;
  if (kept.originJti !== undefined) return { grant: kept.grant, stolenFrom: kept.originJti };
  kept.originJti = originJti;
  return { grant: kept.grant };
}

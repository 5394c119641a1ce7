import { createPrivateKey, createSign, type KeyObject, sign } from 'node:crypto';
import type { PoolRecord } from '../../../src/local/cognito/records.ts';
import type { TestEngine } from '../../start-engine.ts';

/** A pool's private keys, which no attacker has: for tokens that are wrong in their content alone. */
export function poolKeys(
  engine: TestEngine,
  poolId: string,
): Record<'id' | 'access', { kid: string; key: KeyObject; record: PoolRecord }> {
  const record = engine.engine.store.collection<PoolRecord>('cognito/pools').get(poolId);
  if (!record) throw new Error(`no pool ${poolId}`);
  const { id, access } = record.keys;
  return {
    id: { kid: id.kid, key: createPrivateKey(id.privatePem), record },
    access: { kid: access.kid, key: createPrivateKey(access.privatePem), record },
  };
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token with any header and payload, signed as `alg` says by `key`; `payload` may be raw text. */
export function forge(header: Record<string, unknown>, payload: unknown, key: KeyObject): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${signature(String(header.alg), text, key).toString('base64url')}`;
}

function signature(alg: string, text: string, key: KeyObject): Buffer {
  const hash = `SHA${/\d{3}$/.exec(alg)?.[0] ?? '256'}`;
  if (alg.startsWith('PS')) return createSign(`RSA-${hash}`).update(text).sign({ key, padding: 6, saltLength: 32 });
  return sign(hash, Buffer.from(text), alg.startsWith('ES') ? { key, dsaEncoding: 'ieee-p1363' } : key);
}

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import type { PoolRecord, SigningKey } from './records.ts';

const generate = promisify(generateKeyPair);

/** A new RSA key, made in the thread pool so that other requests are served meanwhile. */
async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  return {
    kid: randomBytes(32).toString('base64'),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    n,
    e,
  };
}

export async function makeKeys(): Promise<PoolRecord['keys']> {
  const [id, access] = await Promise.all([makeKey(), makeKey()]);
  return { id, access };
}

const spares = perEngine((): { keys?: Promise<PoolRecord['keys']> | undefined } => ({}));

/** Starts making the keys of the first pool: they take some 200 ms, and who starts an engine or finds no pool often makes one next. */
export function prepareKeys(engine: Engine): void {
  const spare = spares(engine);
  if (spare.keys) return;
  spare.keys = engine.makePoolKeys();
  spare.keys.catch((error: unknown) => {
    spare.keys = undefined;
    engine.log(`making signing keys failed: ${String(error)}`);
  });
}

/** Two keys that no other pool has. */
export function takeKeys(engine: Engine): Promise<PoolRecord['keys']> {
  const spare = spares(engine);
  const keys = spare.keys ?? engine.makePoolKeys();
  spare.keys = undefined;
  return keys;
}

import { createDiffieHellman, createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Cognito's SRP-6a: the 3072-bit group of RFC 3526, g = 2, SHA-256, integers hashed in their shortest two's complement form, and a key
 * derived with HKDF. Source: aws-amplify's amazon-cognito-identity-js (AuthenticationHelper), which is what clients run.
 *
 * The user's verifier is kept, because SRP cannot do without it. It lets a thief of the store try passwords at the price of one
 * modular exponentiation each instead of one scrypt. That is accepted: the store is readable to its owner alone and also
 * holds the pools' signing keys, and encrypting the verifier with a key that lies beside it would only look safer.
 */
const prime = getDiffieHellman('modp15').getPrime();
const N = BigInt(`0x${prime.toString('hex')}`);
const g = 2n;

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

/** Bytes of a non-negative integer with a leading zero where the first bit is set. */
function padded(value: bigint): Buffer {
  const bytes = bytesOf(value);
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

const k = toBigInt(sha256(padded(N), padded(g)));

/** By OpenSSL: six times as fast as with BigInt, and in a time that tells nothing of the exponent. */
function power(base: bigint, exponent: bigint): bigint {
  const factor = base % N;
  // What OpenSSL takes for no public value.
  if (factor <= 1n) return factor;
  if (factor === N - 1n) return exponent % 2n === 0n ? 1n : factor;
  const group = createDiffieHellman(prime, 2);
  group.setPrivateKey(bytesOf(exponent));
  return toBigInt(group.computeSecret(bytesOf(factor)));
}

function bytesOf(value: bigint): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

/** `user`: pool name (the part after `_`) and username, joined without a separator. */
export function makeVerifier(user: string, password: string): { salt: string; verifier: string } {
  const salt = randomBytes(16);
  const x = toBigInt(sha256(padded(toBigInt(salt)), sha256(user, ':', password)));
  return { salt: toBigInt(salt).toString(16), verifier: power(g, x).toString(16) };
}

/** The server's half of one sign-in. `B` goes to the client, `b` stays. All hex. */
export function makeServerKey(verifier: string): { b: string; B: string } {
  const b = toBigInt(randomBytes(32));
  return { b: b.toString(16), B: ((k * BigInt(`0x${verifier}`) + power(g, b)) % N).toString(16) };
}

/** True for a client's public value that is hex, of the group's size and not a multiple of N (which would fix the key). */
export function isPublicValue(value: string | undefined): value is string {
  return value !== undefined && /^[0-9a-f]{1,770}$/i.test(value) && BigInt(`0x${value}`) % N !== 0n;
}

/** The signature that a client with the right password sends; `exchange` in hex, `secretBlock` in base64. */
export function expectedSignature(
  exchange: { A: string; B: string; b: string; verifier: string },
  proof: { poolName: string; userId: string; secretBlock: string; timestamp: string },
): Buffer {
  const A = BigInt(`0x${exchange.A}`);
  const u = toBigInt(sha256(padded(A), padded(BigInt(`0x${exchange.B}`))));
  const S = power((A * power(BigInt(`0x${exchange.verifier}`), u)) % N, BigInt(`0x${exchange.b}`));
  const key = Buffer.from(hkdfSync('sha256', padded(S), padded(u), 'Caldera Derived Key', 16));
  return createHmac('sha256', key)
    .update(proof.poolName)
    .update(proof.userId)
    .update(Buffer.from(proof.secretBlock, 'base64'))
    .update(proof.timestamp)
    .digest();
}

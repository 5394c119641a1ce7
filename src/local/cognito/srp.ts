import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Cognito's SRP-6a: the 3072-bit group, g = 2, SHA-256, integers hashed in their shortest two's complement form, and a key
 * derived with HKDF. Source: aws-amplify's amazon-cognito-identity-js (AuthenticationHelper), which is what clients run.
 *
 * The user's verifier is kept, because SRP cannot do without it. It lets a thief of the store try passwords at the price of one
 * modular exponentiation each instead of one scrypt. That is accepted: the store is readable to its owner alone and also
 * holds the pools' signing keys, and encrypting the verifier with a key that lies beside it would only look safer.
 */
const nHex =
  'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD' +
  'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED' +
  'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F' +
  '83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B' +
  'E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510' +
  '15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7' +
  'ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C' +
  'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF';
const N = BigInt(`0x${nHex}`);
const g = 2n;

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const toBigInt = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

/** Bytes of a non-negative integer with a leading zero where the first bit is set. */
function padded(value: bigint): Buffer {
  const digits = value.toString(16);
  const even = digits.length % 2 === 1 ? `0${digits}` : digits;
  return Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, 'hex');
}

const k = toBigInt(sha256(padded(N), padded(g)));

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
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

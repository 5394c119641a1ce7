import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * The client's half of Cognito's SRP-6a: 3072-bit group of RFC 5054, SHA-256, a key derived with HKDF.
 * Source: amazon-cognito-identity-js, AuthenticationHelper.
 */
const primeHex =
  'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD' +
  'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED' +
  'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F' +
  '83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B' +
  'E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510' +
  '15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7' +
  'ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C' +
  'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF';
const prime = BigInt(`0x${primeHex}`);
const generator = 2n;

export interface SrpClient {
  /** `SRP_A`, in hex. */
  publicValue: string;
  /** The answers to a PASSWORD_VERIFIER challenge. */
  prove(challenge: { parameters: Record<string, string>; password: string; now: Date }): Record<string, string>;
}

export function createSrpClient(userPoolId: string): SrpClient {
  // 256 bits, the least that RFC 5054 asks for: the exponentiations take a quarter of what 1,024 bits take.
  const secret = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const publicNumber = power(generator, secret);
  const poolName = userPoolId.slice(userPoolId.indexOf('_') + 1);
  return {
    publicValue: publicNumber.toString(16),
    prove({ parameters, password, now }) {
      const { USER_ID_FOR_SRP: userId = '', SRP_B = '0', SALT = '0', SECRET_BLOCK: secretBlock = '' } = parameters;
      const serverNumber = BigInt(`0x${SRP_B}`);
      const u = number(sha256(padded(publicNumber), padded(serverNumber)));
      if (serverNumber % prime === 0n || u === 0n) throw new Error('the server sent an SRP value that proves nothing');
      const x = number(sha256(padded(BigInt(`0x${SALT}`)), sha256(`${poolName}${userId}:${password}`)));
      const k = number(sha256(padded(prime), padded(generator)));
      const base = (serverNumber - ((k * power(generator, x)) % prime) + prime) % prime;
      const shared = power(base, secret + u * x);
      const key = Buffer.from(hkdfSync('sha256', padded(shared), padded(u), 'Caldera Derived Key', 16));
      const timestamp = timestampOf(now);
      const signature = createHmac('sha256', key)
        .update(poolName)
        .update(userId)
        .update(Buffer.from(secretBlock, 'base64'))
        .update(timestamp)
        .digest('base64');
      return {
        // The same at AWS, but not everywhere: moto looks for the user by the one, and signs by the other.
        USERNAME: parameters.USERNAME ?? userId,
        PASSWORD_CLAIM_SECRET_BLOCK: secretBlock,
        TIMESTAMP: timestamp,
        PASSWORD_CLAIM_SIGNATURE: signature,
      };
    },
  };
}

/** `Mon Nov 3 09:05:07 UTC 2026`: the day of the month without a leading zero. */
function timestampOf(now: Date): string {
  const [weekday = '', day = '', month, year, time] = now.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

/** Bytes of a non-negative integer, with a leading zero where the first bit is set. */
function padded(value: bigint): Buffer {
  const digits = value.toString(16);
  const even = digits.length % 2 === 1 ? `0${digits}` : digits;
  return Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, 'hex');
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const number = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);

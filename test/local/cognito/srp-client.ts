import { createHash, createHmac, randomBytes } from 'node:crypto';
import type {
  CognitoIdentityProvider,
  RespondToAuthChallengeResponse,
} from '@aws-sdk/client-cognito-identity-provider';

/** The client's side of Cognito's SRP, written from amazon-cognito-identity-js and in its terms (hex texts). */
const nHex = `FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F
83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510
15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7
ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C
BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF`.replace(/\s/g, '');
export const N = BigInt(`0x${nHex}`);

const hexHash = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
const int = (hex: string) => BigInt(`0x${hex}`);

function padHex(value: bigint): string {
  const hex = value.toString(16);
  if (hex.length % 2 === 1) return `0${hex}`;
  return '89ABCDEFabcdef'.includes(hex.charAt(0)) ? `00${hex}` : hex;
}

function modPow(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = modPow(base, exponent / 2n);
  const square = (half * half) % N;
  return exponent % 2n === 1n ? (square * base) % N : square;
}

function timestamp(): string {
  const [, day, date, month, year, time] = /^(...), (\d\d) (...) (\d{4}) ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
  return `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
}

export interface SrpAttempt {
  clientId: string;
  poolId: string;
  username: string;
  password: string;
  /** Changes the answer before it is sent. */
  tamper?: (responses: Record<string, string>) => Record<string, string>;
  /** Sent in place of a fresh public value. */
  srpA?: string;
  /** Begins with USER_AUTH, where SRP is what is preferred. */
  byChoice?: boolean;
  /** For USER_ID_FOR_SRP; added to both requests. */
  secretHash?: (username: string) => string;
}

/** Signs in by USER_SRP_AUTH: the password itself is never sent. */
export async function srpSignIn(
  cognito: CognitoIdentityProvider,
  attempt: SrpAttempt,
): Promise<RespondToAuthChallengeResponse> {
  const { clientId, poolId, username, password, tamper = (responses) => responses, secretHash } = attempt;
  const hash = (name: string) => (secretHash ? { SECRET_HASH: secretHash(name) } : {});
  const a = int(randomBytes(128).toString('hex'));
  const A = modPow(2n, a);
  const { ChallengeName: name, ChallengeParameters: given = {} } = await cognito.initiateAuth({
    ClientId: clientId,
    AuthFlow: attempt.byChoice ? 'USER_AUTH' : 'USER_SRP_AUTH',
    AuthParameters: {
      ...(attempt.byChoice && { PREFERRED_CHALLENGE: 'PASSWORD_SRP' }),
      USERNAME: username,
      SRP_A: attempt.srpA ?? A.toString(16),
      ...hash(username),
    },
  });
  const { USER_ID_FOR_SRP: userId = '', SALT: salt = '', SRP_B: srpB = '', SECRET_BLOCK: block = '' } = given;
  const [B, s] = [int(srpB), int(salt)];
  const poolName = poolId.split('_')[1] ?? '';
  const u = int(hexHash(padHex(A) + padHex(B)));
  const identity = createHash('sha256').update(`${poolName}${userId}:${password}`).digest('hex');
  const x = int(hexHash(padHex(s) + identity));
  const k = int(hexHash(`00${nHex}02`));
  const base = (((B - k * modPow(2n, x)) % N) + N) % N;
  const S = modPow(base, a + u * x);
  const prk = createHmac('sha256', Buffer.from(padHex(u), 'hex'))
    .update(Buffer.from(padHex(S), 'hex'))
    .digest();
  const key = createHmac('sha256', prk).update('Caldera Derived Key\u0001').digest().subarray(0, 16);
  const now = timestamp();
  const message = Buffer.concat([Buffer.from(poolName + userId), Buffer.from(block, 'base64'), Buffer.from(now)]);
  return cognito.respondToAuthChallenge({
    ClientId: clientId,
    ChallengeName: name,
    ChallengeResponses: tamper({
      USERNAME: userId,
      PASSWORD_CLAIM_SECRET_BLOCK: block,
      PASSWORD_CLAIM_SIGNATURE: createHmac('sha256', key).update(message).digest('base64'),
      TIMESTAMP: now,
      ...hash(userId),
    }),
  });
}

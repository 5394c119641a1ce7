import { createHash, createHmac, getDiffieHellman, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSrpClient } from '../../src/aws/srp.ts';

/**
 * The server's half, which the client never computes: from the verifier instead of the password. Its group is Node's own
 * (RFC 3526, 15); k, and x and u of the examples below, are what other implementations of Cognito's SRP publish.
 */
const prime = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`);
const k = BigInt('0x538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6');

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % prime;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

/** As Java's BigInteger gives bytes: a leading zero where the first bit is set. */
function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.padStart(hex.length + (hex.length % 2), '0');
  const whole = Buffer.from(even, 'hex');
  return whole.readUInt8(0) > 127 ? Buffer.concat([Buffer.from([0]), whole]) : whole;
}

const hash = (...parts: (Buffer | string)[]) => {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest();
};
const number = (hex: Buffer | string) => BigInt(`0x${Buffer.isBuffer(hex) ? hex.toString('hex') : hex}`);
const privateKey = (who: { pool: string; user: string; password: string; salt: string }) =>
  number(hash(bytes(number(who.salt)), hash(`${who.pool}${who.user}:${who.password}`)));
const scramble = (a: bigint, b: bigint) => number(hash(bytes(a), bytes(b)));

const who = { pool: 'test_pool', user: 'test_user', password: 'test_password', salt: 'deadbeef' };

it('the server’s half is the published one', () => {
  expect(privateKey(who).toString(16)).toBe('66aa0a061312b2a5f776bd7eda83e0063a4a32b0f9c32ce46e48b0794ef3f574');
  expect(scramble(0xdeadbeefn, 0xcafebaben).toString(16)).toBe(
    '80170b1141a80ddfbc94afe0102b0765bb133f6c844772bf0cf2932d98219cee',
  );
});

describe('the client proves the password', () => {
  // Leading zeros of a salt are lost in a number, for both halves alike.
  it.each([
    ['deadbeef', 'test_password', true],
    ['0deadbee', 'pässwörd: with everything', true],
    ['00001234', 'test_password', true],
    ['deadbeef', 'another password', false],
  ])('salt %s, %s: %s', (salt, password, expected) => {
    const known = { ...who, salt, password: expected ? password : who.password };
    const verifier = power(2n, privateKey(known));
    const secret = number(hash('the server’s secret', salt, password));
    const serverNumber = (k * verifier + power(2n, secret)) % prime;
    const client = createSrpClient(`eu-central-1_${who.pool}`);
    const block = Buffer.from('secret block').toString('base64');
    const proof = client.prove({
      parameters: {
        USER_ID_FOR_SRP: who.user,
        SRP_B: serverNumber.toString(16),
        SALT: salt,
        SECRET_BLOCK: block,
      },
      password,
      now: new Date('2026-11-03T09:05:07Z'),
    });
    const clientNumber = number(client.publicValue);
    const u = scramble(clientNumber, serverNumber);
    const shared = power(clientNumber * power(verifier, u), secret);
    const key = Buffer.from(hkdfSync('sha256', bytes(shared), bytes(u), 'Caldera Derived Key', 16));
    const timestamp = 'Tue Nov 3 09:05:07 UTC 2026';
    const message = Buffer.concat([
      Buffer.from(who.pool + who.user),
      Buffer.from(block, 'base64'),
      Buffer.from(timestamp),
    ]);
    const signature = createHmac('sha256', key).update(message).digest('base64');
    expect(proof).toMatchObject({
      USERNAME: who.user,
      TIMESTAMP: timestamp,
      PASSWORD_CLAIM_SECRET_BLOCK: block,
    });
    expect(proof.PASSWORD_CLAIM_SIGNATURE === signature).toBe(expected);
  });

  it('to no server that would accept any', () => {
    const client = createSrpClient('eu-central-1_pool');
    for (const SRP_B of ['0', prime.toString(16), (prime * 2n).toString(16)]) {
      const parameters = { USER_ID_FOR_SRP: 'ada', SRP_B, SALT: '1', SECRET_BLOCK: '' };
      expect(() => client.prove({ parameters, password: 'x', now: new Date(0) })).toThrow();
    }
  });

  it('with another secret each time', () => {
    expect(createSrpClient('a_b').publicValue).not.toBe(createSrpClient('a_b').publicValue);
  });
});

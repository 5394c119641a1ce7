import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { encode, forge, poolKeys } from './forge.ts';
import { claimsOf, type PoolFixture } from './pool-fixture.ts';

export interface TokenAttack {
  name: string;
  token: string;
  reason?: 'expired';
}

const flip = (text: string, at: number) => {
  const next = text.charAt(at) === 'A' ? 'B' : 'A';
  return text.slice(0, at) + next + text.slice(at + 1);
};

/**
 * Tokens that must open nothing. `good` and `another` are genuine id tokens of the pool, `foreign` one of another pool,
 * `refresh` a refresh token.
 */
export function tokenAttacks(
  fixture: PoolFixture,
  given: { good: string; another: string; foreign: string; refresh: string; otherPoolId: string },
): TokenAttack[] {
  const { good, another, foreign, refresh, otherPoolId } = given;
  const { id, access } = poolKeys(fixture.engine, fixture.poolId);
  const other = poolKeys(fixture.engine, otherPoolId).id;
  const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const claims = claimsOf(good);
  const nowS = Math.floor(fixture.engine.engine.clock() / 1000);
  const header = { kid: id.kid, alg: 'RS256' };
  const [head = '', body = '', mark = ''] = good.split('.');
  const [, otherBody = '', otherMark = ''] = another.split('.');

  /** Right key, wrong content. */
  const signed = (change: Record<string, unknown>) => forge(header, { ...claims, ...change }, id.key);
  const without = (name: string) => {
    const { [name]: _, ...rest } = claims;
    return forge(header, rest, id.key);
  };
  /** Right key and content, another header. */
  const headed = (change: Record<string, unknown>) => forge({ ...header, ...change }, claims, id.key);
  const unsigned = (change: Record<string, unknown>) => `${encode({ ...header, ...change })}.${body}`;
  const publicKey = createPublicKey(id.key);
  const hmac = (secret: string | Buffer) => {
    const text = unsigned({ alg: 'HS256' });
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const byAttacker = (change: Record<string, unknown>) => forge({ ...header, ...change }, claims, attacker.privateKey);
  const attackerJwk = attacker.publicKey.export({ format: 'jwk' });

  const attacks: [name: string, token: string, reason?: 'expired'][] = [
    ['alg none, no signature', `${unsigned({ alg: 'none' })}.`],
    ['alg None, no signature', `${unsigned({ alg: 'None' })}.`],
    ['alg NONE, no signature', `${unsigned({ alg: 'NONE' })}.`],
    ['alg nOnE, no signature', `${unsigned({ alg: 'nOnE' })}.`],
    ['alg none with the genuine signature', `${unsigned({ alg: 'none' })}.${mark}`],
    ['alg none without the last dot', unsigned({ alg: 'none' })],
    ['alg empty', `${unsigned({ alg: '' })}.`],
    ['alg absent', forge({ kid: id.kid }, claims, id.key)],
    ['alg in a list', `${unsigned({ alg: ['RS256'] })}.${mark}`],
    ['HS256 with the public key as PEM', hmac(publicKey.export({ type: 'spki', format: 'pem' }))],
    ['HS256 with the public key as PKCS#1', hmac(publicKey.export({ type: 'pkcs1', format: 'pem' }))],
    ['HS256 with the public key as DER', hmac(publicKey.export({ type: 'spki', format: 'der' }))],
    ['HS256 with the modulus', hmac(id.record.keys.id.n)],
    ['HS256 with an empty secret', hmac('')],
    ['RS384 by the right key', headed({ alg: 'RS384' })],
    ['RS512 by the right key', headed({ alg: 'RS512' })],
    ['PS256 by the right key', headed({ alg: 'PS256' })],
    ['ES256 by a key of the attacker', forge({ ...header, alg: 'ES256' }, claims, curve.privateKey)],
    ['kid absent', forge({ alg: 'RS256' }, claims, id.key)],
    ['kid unknown', headed({ kid: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' })],
    ['kid empty', headed({ kid: '' })],
    ['kid null', headed({ kid: null })],
    ['kid a path', headed({ kid: '../../../../dev/null' })],
    ['kid __proto__', headed({ kid: '__proto__' })],
    ['kid of the access key', headed({ kid: access.kid })],
    ['kid in lower case', headed({ kid: id.kid.toLowerCase() })],
    ['kid of another pool, by its key', forge({ ...header, kid: other.kid }, claims, other.key)],
    ['an access key signing an id token', forge({ ...header, kid: access.kid }, claims, access.key)],
    ['an id key signing an access token', signed({ token_use: 'access' })],
    ['an attacker key under the right kid', byAttacker({})],
    ['an attacker key in the header as jwk', byAttacker({ jwk: attackerJwk })],
    ['an attacker key in the header as jwk, kid absent', byAttacker({ jwk: attackerJwk, kid: undefined })],
    ['an attacker key set in the header as jku', byAttacker({ jku: 'http://127.0.0.1:9/jwks.json' })],
    ['an attacker certificate in the header as x5u', byAttacker({ x5u: 'http://127.0.0.1:9/x.pem' })],
    ['an attacker certificate in the header as x5c', byAttacker({ x5c: ['MIIB'] })],
    ['an unknown critical extension', headed({ crit: ['exp'] })],
    ['an unencoded payload (b64 false)', headed({ crit: ['b64'], b64: false })],
    ['a changed payload', `${head}.${encode({ ...claims, 'cognito:username': 'admin' })}.${mark}`],
    ['a payload that expires later', `${head}.${encode({ ...claims, exp: nowS + 1e9 })}.${mark}`],
    ['the payload of another genuine token', `${head}.${otherBody}.${mark}`],
    ['the signature of another genuine token', `${head}.${body}.${otherMark}`],
    ['one bit of the signature changed', `${head}.${body}.${flip(mark, 20)}`],
    ['another spelling of the signature', `${good.slice(0, -1)}${good.endsWith('h') ? 'g' : 'h'}`],
    ['a padded signature', `${good}==`],
    ['half the signature', `${head}.${body}.${mark.slice(0, 171)}`],
    ['no signature', `${head}.${body}.`],
    ['no last part', `${head}.${body}`],
    ['a fourth part', `${good}.${mark}`],
    ['a line break at the end', `${good}\n`],
    ['a line break inside', `${head}.${body}\n.${mark}`],
    ['a NUL inside', `${head}.${body}\u0000.${mark}`],
    ['full-width dots', good.replaceAll('.', '．')],
    ['standard base64', `${head}.${body}.${Buffer.from(mark, 'base64url').toString('base64')}`],
    ['expired by a second', signed({ exp: nowS - 1, iat: nowS - 3601 }), 'expired'],
    ['expiring this very second', signed({ exp: nowS, iat: nowS - 3600 }), 'expired'],
    ['without exp', without('exp')],
    ['exp as text', signed({ exp: String(nowS + 3600) })],
    ['exp null', signed({ exp: null })],
    ['not valid for a minute (nbf)', signed({ nbf: nowS + 60 })],
    ['nbf as text', signed({ nbf: '0' })],
    ['issued in an hour (iat)', signed({ iat: nowS + 3600, exp: nowS + 7200 })],
    ['without iat', without('iat')],
    ['without sub', without('sub')],
    ['without token_use', without('token_use')],
    ['token_use refresh', signed({ token_use: 'refresh' })],
    ['token_use in a list', signed({ token_use: ['id'] })],
    ['without iss', without('iss')],
    ['iss of another pool', signed({ iss: String(claims.iss).replace(fixture.poolId, otherPoolId) })],
    ['iss on another host', signed({ iss: `https://evil.example/${fixture.poolId}` })],
    ['iss with a loopback look-alike', signed({ iss: `http://127.0.0.1.evil.example/${fixture.poolId}` })],
    ['iss with the pool as user name', signed({ iss: `http://evil.example/#http://127.0.0.1/${fixture.poolId}` })],
    ['iss with more path', signed({ iss: `${claims.iss}/x` })],
    ['iss in a list', signed({ iss: [claims.iss] })],
    ['a genuine token of another pool', foreign],
    ['a genuine token of another pool under this kid', forge(header, claimsOf(foreign), other.key)],
    ['a refresh token', refresh],
    ['an empty text', ''],
    ['a space', ' '],
    ['two dots', '..'],
    ['the word null', 'null'],
    ['JSON serialization', JSON.stringify({ payload: body, protected: head, signature: mark })],
    ['five parts, as an encrypted token', `${head}.${head}.${head}.${head}.${head}`],
    ['letters of other alphabets', 'ключ.токен.подпись'],
    ['emoji', '🔑.🔑.🔑'],
    ['a payload that is no JSON', forge(header, 'hello', id.key)],
    ['a payload that is a list', forge(header, [claims], id.key)],
    ['a payload that is a number', forge(header, 7, id.key)],
    ['a payload that is null', forge(header, 'null', id.key)],
    ['a header that is no JSON', `${encode('hello')}.${body}.${mark}`],
    ['a header that is null', `${encode('null')}.${body}.${mark}`],
    ['a prototype in the payload', `${head}.${encode('{"__proto__":{"exp":9e9}}')}.${mark}`],
    ['ten thousand dots', '.'.repeat(10_000)],
    ['a payload nested ten thousand deep', `${head}.${encode('['.repeat(5_000) + ']'.repeat(5_000))}.${mark}`],
    ['a megabyte of letters', 'a'.repeat(1_048_576)],
    ['a genuine token with a megabyte behind it', `${good}${'A'.repeat(1_048_576)}`],
  ];
  return attacks.map(([name, token, reason]) => ({ name, token, ...(reason && { reason }) }));
}

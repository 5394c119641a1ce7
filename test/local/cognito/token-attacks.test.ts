import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PoolTokenError, verifyPoolToken } from '../../../src/local/cognito/pools.ts';
import { addPool, addUser, type PoolFixture, signIn, startPool } from './pool-fixture.ts';
import { type TokenAttack, tokenAttacks } from './token-attacks.ts';

let fixture: PoolFixture;
let good: Awaited<ReturnType<typeof signIn>>;
let attacks: TokenAttack[];
let otherArn: string;

beforeAll(async () => {
  fixture = await startPool();
  const { cognito } = fixture;
  const other = await addPool(cognito);
  otherArn = other.poolArn;
  await addUser(cognito, other.poolId, 'testuser');
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: other.poolId,
    ClientName: 'other',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
  });
  good = await signIn(fixture);
  const another = await signIn(fixture);
  const foreign = await signIn({ ...fixture, clientId: client?.ClientId ?? '' });
  attacks = tokenAttacks(fixture, {
    good: good.idToken,
    another: another.idToken,
    foreign: foreign.idToken,
    refresh: good.refreshToken,
    otherPoolId: other.poolId,
  });
});
afterAll(() => fixture?.engine.stop());

const verify = (token: string, poolArns = [fixture.poolArn]) =>
  verifyPoolToken(fixture.engine.engine, { token, poolArns });

async function refusal(token: string): Promise<unknown> {
  return verify(token).then(
    () => 'let through',
    (error: unknown) => (error instanceof PoolTokenError ? error.reason : error),
  );
}

describe('the verifier of the gateway', () => {
  it('lets genuine tokens through, first and second time', async () => {
    for (const token of [good.idToken, good.accessToken, good.idToken]) {
      expect(await verify(token)).toMatchObject({ sub: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    }
    expect((await verify(good.idToken)).token_use).toBe('id');
    expect((await verify(good.accessToken)).token_use).toBe('access');
    expect((await verify(good.idToken, [otherArn, fixture.poolArn])).aud).toBe(fixture.clientId);
  });

  it('refuses every forged, broken, stale or foreign token, twice', async () => {
    expect(attacks.length).toBeGreaterThanOrEqual(40);
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
    for (const { name, token, reason = 'invalid' } of [...attacks, ...attacks]) {
      expect([name, await refusal(token)]).toEqual([name, reason]);
    }
  });

  it('forgets a token that it let through when its time is over', async () => {
    const { idToken } = await signIn(fixture);
    await verify(idToken);
    fixture.advance(3_600_000);
    expect(await refusal(idToken)).toBe('expired');
    fixture.advance(-3_600_000);
    expect((await verify(idToken)).token_use).toBe('id');
    fixture.advance(-120_000);
    expect(await refusal(idToken)).toBe('invalid');
    fixture.advance(120_000);
  });

  it('matches the whole client id against the authorizer’s expression', async () => {
    const { engine, poolArn, clientId } = fixture;
    const check = (clientIdPattern: string, token = good.idToken) =>
      verifyPoolToken(engine.engine, { token, poolArns: [poolArn], clientIdPattern }).then(
        () => true,
        () => false,
      );
    expect(await check(clientId)).toBe(true);
    expect(await check('[a-z0-9]+')).toBe(true);
    expect(await check(clientId, good.accessToken)).toBe(true);
    expect(await check(clientId.slice(0, 5))).toBe(false);
    expect(await check(`x|${clientId}y`)).toBe(false);
    expect(await check('(')).toBe(false);
  });

  it('goes on taking tokens of disabled and signed-out users until they expire, as AWS does', async () => {
    const { cognito, poolId } = fixture;
    await addUser(cognito, poolId, 'leaving');
    const { idToken } = await signIn(fixture, { username: 'leaving' });
    const who = { UserPoolId: poolId, Username: 'leaving' };
    await cognito.adminUserGlobalSignOut(who);
    await cognito.adminDisableUser(who);
    expect((await verify(idToken)).token_use).toBe('id');
    await cognito.adminDeleteUser(who);
    expect((await verify(idToken)).token_use).toBe('id');
  });

  it('takes no token of a deleted pool, even one it knew', async () => {
    const { cognito } = fixture;
    const gone = await addPool(cognito);
    await addUser(cognito, gone.poolId, 'testuser');
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: gone.poolId,
      ClientName: 'gone',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    });
    const { idToken } = await signIn({ ...fixture, clientId: client?.ClientId ?? '' });
    expect((await verify(idToken, [gone.poolArn])).token_use).toBe('id');
    await cognito.deleteUserPool({ UserPoolId: gone.poolId });
    await expect(verify(idToken, [gone.poolArn])).rejects.toMatchObject({ reason: 'invalid' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, type PoolFixture, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;
beforeAll(async () => {
  fixture = await startPool({ slowPasswords: true });
});
afterAll(() => fixture?.engine.stop());

const wrong = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };

describe('the time that a refusal takes', () => {
  it('does not tell a name that exists from one that does not', async () => {
    const { cognito, poolId } = fixture;
    const { UserPoolClient: client } = await cognito.createUserPoolClient({
      UserPoolId: poolId,
      ClientName: 'timed',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    });
    const names = ['timed-0', 'timed-1', 'timed-2'];
    for (const name of names) await addUser(cognito, poolId, name);
    async function medianMs(suffix: string): Promise<number> {
      const times: number[] = [];
      for (const name of names.flatMap((known) => [known, known, known])) {
        const parameters = { USERNAME: `${name}${suffix}`, PASSWORD: 'wrong-1' };
        const attempt = { ClientId: client?.ClientId ?? '', AuthFlow: 'USER_PASSWORD_AUTH' as const };
        const beganMs = performance.now();
        await expect(cognito.initiateAuth({ ...attempt, AuthParameters: parameters })).rejects.toMatchObject(wrong);
        times.push(performance.now() - beganMs);
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    }
    const ratio = (await medianMs('')) / (await medianMs('-unknown'));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});

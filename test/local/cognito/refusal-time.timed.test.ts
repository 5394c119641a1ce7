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
    async function timed(name: string): Promise<number> {
      const parameters = { USERNAME: name, PASSWORD: 'wrong-1' };
      const attempt = { ClientId: client?.ClientId ?? '', AuthFlow: 'USER_PASSWORD_AUTH' as const };
      const beganMs = performance.now();
      await expect(cognito.initiateAuth({ ...attempt, AuthParameters: parameters })).rejects.toMatchObject(wrong);
      return performance.now() - beganMs;
    }
    const [known, unknown]: [number[], number[]] = [[], []];
    // In turns, so that what else the machine does concerns both.
    for (const name of names.flatMap((each) => [each, each, each])) {
      known.push(await timed(name));
      unknown.push(await timed(`${name}-unknown`));
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    const ratio = median(known) / median(unknown);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});

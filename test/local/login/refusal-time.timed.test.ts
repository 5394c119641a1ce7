import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { type HostedFixture, startHosted, submitLogin } from './hosted-fixture.ts';

let hosted: HostedFixture;
beforeAll(async () => {
  hosted = await startHosted({ slowPasswords: true });
});
afterAll(() => hosted?.engine.stop());

describe('the time that a refusal takes', () => {
  it.each(['LEGACY', 'ENABLED'] as const)('tells no known name from an unknown one, with %s', async (setting) => {
    const { cognito, poolId, clientId } = hosted;
    const { UserPoolClient: client = {} } = await cognito.describeUserPoolClient({
      UserPoolId: poolId,
      ClientId: clientId,
    });
    const {
      CreationDate: _,
      LastModifiedDate: __,
      ClientSecret: ___,
      UserPoolId: ____,
      ClientId: _____,
      ...rest
    } = client;
    await cognito.updateUserPoolClient({
      ...rest,
      UserPoolId: poolId,
      ClientId: clientId,
      PreventUserExistenceErrors: setting,
    });
    const timed = async (username: string) => {
      const beganAt = performance.now();
      const answer = await submitLogin(openBrowser(), hosted.url('/login'), { username, password: 'wrong1' });
      expect(answer.status).toBe(401);
      return performance.now() - beganAt;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    // In turns, so that what else the machine does concerns both; few, so that the back-off does not begin.
    for (let turn = 0; turn < 4; turn += 1) {
      unknown.push(await timed(`nobody-${setting}`));
      known.push(await timed('testuser'));
    }
    // Without the same work for both, it was a tenth.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 2);
    expect(Math.min(...known)).toBeGreaterThan(Math.min(...unknown) / 2);
    hosted.advance(3_600_000);
  });
});

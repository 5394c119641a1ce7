import { expect, it } from 'vitest';
import { spendSession } from '../../../src/local/cognito/sessions.ts';
import type { Engine } from '../../../src/local/engine.ts';
import { type Grant, issueCode, takeCode } from '../../../src/local/login/grants.ts';

/** An engine's clock, and how often it was asked. */
function clocked(): { engine: Engine; nowMs: number; asked: number } {
  const clock = { nowMs: 0, asked: 0 };
  const engine = {
    clock: () => {
      clock.asked += 1;
      return clock.nowMs;
    },
  };
  return Object.assign(clock, { engine: engine as unknown as Engine });
}

const grant = { poolId: 'p', clientId: 'c' } as Grant;

it('a new code does not look at all that live, and those that ended are forgotten', () => {
  const clock = clocked();
  const first = issueCode(clock.engine, grant);
  for (let count = 0; count < 1_000; count += 1) issueCode(clock.engine, grant);
  expect(clock.asked).toBeLessThan(3_000);
  clock.nowMs = 5 * 60_000;
  issueCode(clock.engine, grant);
  clock.nowMs = 0;
  expect(takeCode(clock.engine, 'p', first)).toBeUndefined();
});

it('a spent session does not look at all that were spent', () => {
  const clock = clocked();
  for (let count = 0; count < 1_000; count += 1) spendSession(clock.engine, { id: `${count}`, expiresAtMs: 1 });
  expect(clock.asked).toBeLessThan(3_000);
});

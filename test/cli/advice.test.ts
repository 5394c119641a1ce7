import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/cli/advice.ts';
import { noGlobals } from '../../src/cli/declare.ts';
import type { ErrorCode } from '../../src/error-codes.ts';
import { DynopsError, type DynopsErrorDetails, type ErrorFacts } from '../../src/errors.ts';

function advice(details: Partial<DynopsErrorDetails>, where: { stack?: string; isLocal?: boolean } = {}) {
  const { isLocal = false, ...options } = where;
  const error = new DynopsError({ foreignCode: 'Some', message: 'It failed.', ...details });
  return adviceFor(error, { options: { ...noGlobals, ...options }, isLocal });
}

const about = (facts: ErrorFacts, isLocal = false) => advice({ facts }, { isLocal });

describe('advice', () => {
  it.each<[ErrorCode, ErrorFacts, string]>([
    ['StackAbsent', {}, 'Run `dynops up --stack blue` to create it.'],
    ['StackAbsent', { begun: true }, '`dynops api deploy --stack blue`'],
    ['StepMissing', { step: 'role' }, 'Run `dynops role create --stack blue` first'],
    ['NeedsReplace', { resourceType: 'table' }, '`--replace table`'],
    ['Protected', { endsProtection: 'aws dynamodb update-table', canBeKept: true }, '--keep-data'],
    ['UnsupportedChallenge', {}, '`dynops token --hosted-ui --stack blue`'],
    ['DomainTaken', {}, '--domain-prefix'],
    ['PasswordNeeded', {}, 'with --password-stdin or DYNOPS_PASSWORD'],
    ['PasswordNeeded', { username: 'ada' }, '`dynops token --for ada --password-stdin --stack blue`'],
    [
      'NewPasswordNeeded',
      { username: 'ada' },
      '`dynops token --for ada --password-stdin --new-password-stdin --stack blue`',
    ],
    ['AnswerLost', {}, 'Run the same command again'],
    ['AnswerLost', { mayHaveRun: true }, '`dynops logs --stack blue`'],
  ])('on %s %j', (code, facts, expected) => {
    expect(advice({ code, facts }, { stack: 'blue' })).toContain(expected);
  });

  it.each<[ErrorFacts, string]>([
    [{ problem: 'session-expired', profile: 'work' }, 'aws sso login --profile work'],
    [{ problem: 'sso-session', profile: 'work' }, 'aws sso login --profile work'],
    [{ problem: 'rejected-credentials', profile: 'work' }, 'get-caller-identity --profile work'],
    [{ problem: 'no-credentials', profile: 'work' }, 'aws configure --profile work'],
    [{ problem: 'denied', action: 'iam:PassRole', resource: 'arn:1' }, 'iam:PassRole on arn:1'],
    [{ problem: 'user-disabled', username: 'Ada' }, '`dynops user enable Ada`'],
    [{ problem: 'wrong-password', username: 'Ada' }, '`dynops user set-password Ada`'],
    [{ problem: 'wrong-password', username: 'Ada' }, '`dynops token --for Ada --password-stdin`'],
    [{ problem: 'wrong-password', username: "O'Neill;$x" }, "`dynops user set-password 'O'\\''Neill;$x'`"],
    [{ problem: 'too-many-attempts' }, 'Wait'],
    [{ attempts: 6 }, 'does not answer'],
    [{ goesOn: true }, 'it continues from what exists'],
  ])('on %j', (facts, expected) => {
    expect(about(facts)).toContain(expected);
  });

  it('on an endpoint that does not answer depends on what the target is', () => {
    const gone: ErrorFacts = { problem: 'unreachable', endpoint: 'http://127.0.0.1:1', region: 'eu-west-1' };
    expect(about({ ...gone, problem: 'engine-stopped' }, true)).toContain('embedded engine');
    expect(about(gone)).toContain('Nothing answers at http://127.0.0.1:1');
    expect(about({ ...gone, endpoint: undefined })).toContain('region eu-west-1');
  });

  it.each([
    ["Value 'nodejs99.x' at 'runtime' failed to satisfy constraint", { runtime: 'nodejs99.x' }, '--runtime'],
    ['This endpoint runs nodejs24.x, not nodejs99.x.', { runtime: 'nodejs99.x', memoryMb: 128 }, '--runtime'],
    ['MemorySize 3012 is too much', { memoryMb: 301, runtime: 'nodejs24.x' }, 'a value that AWS accepts'],
    ['https://x.example is not allowed', { callbackUrls: ['https://x.example'] }, '--callback-url'],
  ])('on a refused value names the option that gives another: %s', (message, settings, expected) => {
    expect(advice({ message, facts: { problem: 'refused-value', settings } })).toContain(expected);
  });

  it('that who throws knows better is kept, and there is none on what nothing is known of', () => {
    expect(advice({ code: 'StackAbsent', hint: 'Look there.' })).toBe('Look there.');
    expect(advice({})).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { noGlobals } from '../../src/cli/declare.ts';
import { ownCommand } from '../../src/session/own-command.ts';

describe('a command that advice names acts on the stack that this one was about', () => {
  it.each([
    ['up', {}, '`dynops up`'],
    ['up', { stack: 'blue' }, '`dynops up --stack blue`'],
    [
      'api deploy',
      { aws: true, profile: 'my dev', region: 'eu-west-1' },
      "`dynops api deploy --aws --profile 'my dev' --region eu-west-1`",
    ],
    ['logs', { endpointUrl: 'http://127.0.0.1:4566' }, '`dynops logs --endpoint-url http://127.0.0.1:4566`'],
    ['up', { json: true, quiet: true, yes: true, timeoutSeconds: 3 }, '`dynops up`'],
  ])('%s %j', (words, options, expected) => {
    expect(ownCommand({ ...noGlobals, ...options })(words)).toBe(expected);
  });
});

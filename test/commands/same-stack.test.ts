import { describe, expect, it } from 'vitest';
import { forSameStack } from '../../src/commands/same-stack.ts';
import type { GlobalOptions } from '../../src/session/command.ts';

const plain: GlobalOptions = {
  aws: false,
  json: false,
  quiet: false,
  debug: false,
  color: true,
  input: true,
  yes: false,
};

describe('advice is about the stack that the command was about', () => {
  it.each([
    ['Run `dynops up`.', { stack: 'blue' }, 'Run `dynops up --stack blue`.'],
    [
      '`dynops plan` shows what `dynops up` would repair.',
      { aws: true, profile: 'my dev', region: 'eu-west-1' },
      "`dynops plan --aws --profile 'my dev' --region eu-west-1` shows what `dynops up --aws --profile 'my dev' --region eu-west-1` would repair.",
    ],
    ['Run `dynops up`.', {}, 'Run `dynops up`.'],
    ['Run `dynops local start --port 0` or `aws configure`.', { stack: 'blue' }, undefined],
    ['`dynops --help` lists them.', { stack: 'blue' }, undefined],
  ])('%s %j', (advice, options, expected) => {
    expect(forSameStack(advice, { ...plain, ...options })).toBe(expected ?? advice);
  });
});

import { describe, expect, it } from 'vitest';
import { terminalHabits } from '../../src/cli/running.ts';

describe('what the environment says of terminals', () => {
  const plain = { color: true, forceColor: false, still: false, input: true };

  it.each([
    [{}, {}],
    [{ TERM: 'xterm-256color', CI: '', NO_COLOR: '', FORCE_COLOR: '' }, {}],
    [{ NO_COLOR: '1' }, { color: false }],
    [{ TERM: 'dumb' }, { color: false, still: true }],
    [{ FORCE_COLOR: '1' }, { forceColor: true }],
    [
      { FORCE_COLOR: 'true', TERM: 'dumb' },
      { forceColor: true, still: true },
    ],
    [{ FORCE_COLOR: '0' }, { color: false }],
    [{ FORCE_COLOR: 'false' }, { color: false }],
    [
      { FORCE_COLOR: '3', NO_COLOR: '1' },
      { color: false, forceColor: true },
    ],
    [{ CI: 'true' }, { still: true, input: false }],
    [{ CI: 'false' }, {}],
  ])('%j', (env, expected) => {
    expect(terminalHabits(env, { color: true, input: true })).toEqual({ ...plain, ...expected });
  });

  it.each([{}, { FORCE_COLOR: '1' }, { CI: '0' }])('is weaker than the options: %j', (env) => {
    expect(terminalHabits(env, { color: false, input: false })).toMatchObject({ color: false, input: false });
  });
});

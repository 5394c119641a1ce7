import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { noGlobals } from '../../src/cli/declare.ts';
import { choosePassword } from '../../src/session/password.ts';
import { createUi } from '../../src/ui/ui.ts';

it('several commands that choose a password for one user at once choose one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'dynops-password-'));
  const context = async () =>
    createContext({
      options: { ...noGlobals, quiet: true, input: false },
      env: { HOME: home, DYNOPS_HOME: home },
      cwd: home,
      ui: createUi({ json: true, quiet: true, color: false, input: false }, process),
      signal: new AbortController().signal,
      onTimeout: () => undefined,
    });
  const choose = async () => choosePassword(await context(), { account: '000000000000', fromStdin: false });
  try {
    const chosen = await Promise.all([choose(), choose(), choose(), choose(), choose()]);
    expect(chosen[0]).toMatch(/^Aa1-[\w-]{24}$/);
    expect(new Set(chosen).size).toBe(1);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

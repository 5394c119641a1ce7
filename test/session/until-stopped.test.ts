import { describe, expect, it } from 'vitest';
import { DynopsError } from '../../src/errors.ts';
import { untilStopped } from '../../src/session/until-stopped.ts';
import { createUi } from '../../src/ui/ui.ts';

const toPerson = ({ signal }: AbortController) => ({
  signal,
  ui: createUi({ json: false, quiet: true, color: false, input: false }, process),
});

async function stoppedBy(reason: DynopsError) {
  const stop = new AbortController();
  return untilStopped(toPerson(stop), async () => {
    stop.abort(reason);
    throw reason;
  });
}

describe('what goes on until Ctrl-C', () => {
  it('ends by it with its status, and without an error', async () => {
    const interrupted = new DynopsError({ code: 'Interrupted', message: '' });
    expect(await stoppedBy(interrupted)).toEqual({ json: undefined, exitStatus: 130 });
  });

  it('fails by anything else', async () => {
    const timedOut = new DynopsError({ code: 'Timeout', message: '' });
    await expect(stoppedBy(timedOut)).rejects.toBe(timedOut);
    const failed = new DynopsError({ code: 'NoTokens', message: '' });
    await expect(untilStopped(toPerson(new AbortController()), () => Promise.reject(failed))).rejects.toBe(failed);
  });
});

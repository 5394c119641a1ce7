import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { StackEvent } from '../../src/stack/types.ts';
import { showStackProgress } from '../../src/ui/stack-progress.ts';
import { createUi, type UiOptions } from '../../src/ui/ui.ts';

const events: StackEvent[] = [
  { kind: 'started', type: 'role', name: 'the-role', doing: 'creating' },
  { kind: 'finished', type: 'role', name: 'the-role', action: 'created', ms: 12 },
  { kind: 'waiting', type: 'function', name: 'F', reason: 'role not yet assumable by Lambda', elapsedMs: 500 },
  { kind: 'waiting', type: 'function', name: 'F', reason: 'role not yet assumable by Lambda', elapsedMs: 900 },
  { kind: 'failed', type: 'function', name: 'F', message: 'no' },
  { kind: 'note', message: 'a note' },
];

async function shown(
  options: Partial<UiOptions>,
  isTTY: boolean,
  changesOnly = false,
  given = events,
): Promise<string> {
  const stderr = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  const ui = createUi(
    { json: false, quiet: false, color: false, input: false, ...options },
    { stdin: new PassThrough(), stdout: new PassThrough(), stderr },
  );
  const progress = await showStackProgress(ui, { changesOnly });
  for (const event of given) progress.onEvent(event);
  progress.close();
  return String(stderr.read() ?? '');
}

describe('progress of a stack command', () => {
  it('is plain lines off a terminal, each said once', async () => {
    const lines = (await shown({}, false)).trimEnd().split('\n');
    expect(lines).toEqual([
      '✔ created    role the-role  12 ms',
      '  waiting    function F: role not yet assumable by Lambda',
      '✖ failed     function F: no',
      'a note',
    ]);
  });

  it('moves on a terminal, and leaves the finished lines', async () => {
    const text = await shown({}, true);
    expect(text).toContain('✔ created    role the-role  12 ms\n');
    expect(text).toContain('✖ failed     function F: no\n');
    expect(text).toContain('role not yet assumable by Lambda (900 ms)');
  });

  it.each([true, false])('leaves out what stays as it is where only changes are asked for: %s', async (isTTY) => {
    const unchanged: StackEvent = { kind: 'finished', type: 'table', name: 'T', action: 'unchanged', ms: 0 };
    const changing = await shown({}, isTTY, true, [...events, unchanged]);
    expect(changing).toContain('✔ created    role the-role');
    expect(changing).not.toContain('unchanged');
    expect(await shown({}, isTTY, false, [...events, unchanged])).toContain('· unchanged  table T');
  });

  it.each([[{ json: true }], [{ quiet: true }]])('is silent with %j', async (options) => {
    await expect(shown(options, true)).resolves.toBe('');
  });
});

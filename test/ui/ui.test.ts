import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUi, type Ui, type UiOptions } from '../../src/ui/ui.ts';

const plain: UiOptions = { json: false, quiet: false, color: true, input: true };

function stream(isTTY: boolean): PassThrough & { isTTY: boolean } {
  return Object.assign(new PassThrough(), { isTTY });
}

function make(options: Partial<UiOptions>, terminals: { stdin?: boolean; stdout?: boolean; stderr?: boolean } = {}) {
  const { stdin = false, stdout = false, stderr = false } = terminals;
  const streams = { stdin: stream(stdin), stdout: stream(stdout), stderr: stream(stderr) };
  return { ui: createUi({ ...plain, ...options }, streams), ...streams };
}

const all = { stdin: true, stdout: true, stderr: true };

describe('colours', () => {
  it.each([
    ['on terminals', {}, all, true, true],
    ['not with --no-color or NO_COLOR', { color: false }, all, false, false],
    ['not on a stdout that is a pipe', {}, { stderr: true }, true, false],
    ['not on a stderr that is a file', {}, { stdout: true }, false, true],
  ])('%s', (_case, options, terminals, onStderr, onStdout) => {
    const { ui } = make(options, terminals);
    expect(ui.style('red', 'x') !== 'x').toBe(onStderr);
    expect(ui.style('red', 'x', 'stdout') !== 'x').toBe(onStdout);
  });
});

const hostile = 'a\u001b[2Jb\u001b]0;owned\u0007c\u009bd\u007fe\rf\u0000g\n\th';
const harmless = 'a\ufffd[2Jb\ufffd]0;owned\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\n\th';

describe('what a terminal would take as orders', () => {
  const written = (options: Partial<UiOptions>, terminals: Parameters<typeof make>[1], say: (ui: Ui) => void) => {
    const { ui, stdout, stderr } = make(options, terminals);
    say(ui);
    return `${stdout.read() ?? ''}${stderr.read() ?? ''}`;
  };

  it.each([
    ['a note', (ui: Ui) => ui.note(hostile), `${harmless}\n`],
    ['a warning', (ui: Ui) => ui.warn(hostile), `${harmless}\n`],
    ['data', (ui: Ui) => ui.print(hostile), harmless],
  ])('does not reach it in %s, nor a pipe', (_case, say, expected) => {
    for (const terminals of [all, {}]) expect(written({}, terminals, say)).toBe(expected);
    expect(written({ color: false }, all, say)).toBe(expected);
  });

  it('reaches another program in data that is for one', () => {
    const say = (ui: Ui) => ui.print(hostile, { verbatim: true });
    expect(written({}, {}, say)).toBe(hostile);
    expect(written({}, all, say)).toBe(harmless);
  });

  it('is no colour of our own', () => {
    const say = (ui: Ui) => ui.note(`${ui.style('red', hostile)} ${ui.style('bold', 'b')}`);
    expect(written({}, all, say)).toBe(`\u001b[31m${harmless}\u001b[39m \u001b[1mb\u001b[22m\n`);
  });
});

it('sentences on stderr are as wide as the terminal, and whole where there is none', () => {
  const said = (terminals: Parameters<typeof make>[1], columns: number) => {
    const { ui, stderr } = make({}, terminals);
    Object.assign(stderr, { columns });
    ui.note('Tracing is on. Call the API.');
    return String(stderr.read());
  };
  expect(said(all, 20)).toBe('Tracing is on. Call\nthe API.\n');
  expect(said(all, 0)).toBe('Tracing is on. Call the API.\n');
  expect(said({}, 20)).toBe('Tracing is on. Call the API.\n');
});

it('a terminal that is resized has its new width', () => {
  const { ui, stderr } = make({}, all);
  const widths = [100, 60].map((columns) => {
    Object.assign(stderr, { columns });
    return ui.columns;
  });
  expect(widths).toEqual([100, 60]);
});

describe('movement', () => {
  it.each([
    ['on a terminal', {}, all, true],
    ['not elsewhere', {}, { stdout: true }, false],
    ['not with --quiet', { quiet: true }, all, false],
    ['not with --json', { json: true }, all, false],
  ])('%s', (_case, options, terminals, live) => {
    expect(make(options, terminals).ui.live).toBe(live);
  });

  it('not on a terminal that has no size', () => {
    const streams = { stdin: stream(true), stdout: stream(true), stderr: Object.assign(stream(true), { columns: 0 }) };
    expect(createUi(plain, streams)).toMatchObject({ live: false, columns: 80, interactive: true });
  });
});

describe('the waiting line', () => {
  const erased = '\r\u001b[2K';

  it.each([
    ['a note', (ui: Ui) => ui.note('x')],
    ['a warning', (ui: Ui) => ui.warn('x')],
    ['data', (ui: Ui) => ui.print('x')],
    ['what moves', (ui: Ui) => ui.stderr.write('x')],
    ['the end', (ui: Ui) => void ui.clear()],
  ])('is there at once, and goes before %s, for good', (_what, show) => {
    const { ui, stderr } = make({}, all);
    ui.waiting('AWS, us-east-1…');
    expect(String(stderr.read())).toBe(`${erased}⠋ AWS, us-east-1…`);
    show(ui);
    expect(String(stderr.read()).startsWith(erased)).toBe(true);
    ui.waiting('it again');
    expect(String(stderr.read() ?? '')).not.toContain('it again');
  });

  it('is one line on a narrow terminal, so that it can be erased', () => {
    const { ui, stderr } = make({}, all);
    Object.assign(stderr, { columns: 20 });
    ui.waiting('http://a-long-name-of-an-endpoint.example.com:4566…');
    const shown = String(stderr.read()).replace(erased, '');
    expect(shown.length).toBeLessThan(20);
    expect(shown).toContain('…');
  });

  it.each([
    ['off a terminal', {}, { stdout: true }],
    ['with --json', { json: true }, all],
    ['with --quiet', { quiet: true }, all],
    ['where nothing may move', { still: true }, all],
  ])('is not there %s', (_case, options, terminals) => {
    const { ui, stderr } = make(options, terminals);
    ui.waiting('AWS');
    expect(ui.clear()).toBe(false);
    expect(stderr.read()).toBeNull();
  });
});

describe('questions', () => {
  it.each([
    ['with somebody there', {}, all, true],
    ['not with --no-input', { input: false }, all, false],
    ['not when stdin is a pipe', {}, { stdout: true, stderr: true }, false],
    ['not when stderr is a file', {}, { stdin: true, stdout: true }, false],
  ])('%s', (_case, options, terminals, interactive) => {
    expect(make(options, terminals).ui.interactive).toBe(interactive);
  });

  it('on stdin are read from a pipe, and nobody types them where nobody is to be asked', async () => {
    const piped = make({ input: false });
    piped.stdin.end('from a pipe');
    await expect(piped.ui.readStdin()).resolves.toBe('from a pipe');
    const endless = make({}, {});
    for (let megabytes = 0; megabytes <= 100; megabytes += 1) endless.stdin.write(Buffer.alloc(1024 * 1024));
    await expect(endless.ui.readStdin()).rejects.toMatchObject({
      code: 'Usage',
      message: expect.stringMatching(/stdin.* 100 MB/),
    });
    await expect(make({ input: false }, all).ui.readStdin()).rejects.toMatchObject({ code: 'Usage' });
  });

  it('are answered on stderr, and nothing is shown of a secret', async () => {
    const { ui, stdin, stdout, stderr } = make({}, all);
    Object.assign(stdin, { setRawMode: () => stdin });
    const answer = ui.ask('Password of ada', { secret: true });
    stdin.write('s3cret\r');
    await expect(answer).resolves.toBe('s3cret');
    const shown = String(stderr.read());
    expect(shown).toContain('Password of ada');
    expect(shown).not.toContain('s3cret');
    expect(stdout.read()).toBeNull();
  });

  describe('where nothing may be drawn (TERM=dumb)', () => {
    beforeEach(() => void vi.stubEnv('TERM', 'dumb'));
    afterEach(() => void vi.unstubAllEnvs());
    const plainly = () => {
      const made = make({ still: true }, all);
      Object.assign(made.stdin, { setRawMode: () => made.stdin });
      return made;
    };

    it.each([
      ['y', true],
      ['Yes', true],
      ['n', false],
      ['', false],
      ['yesterday', false],
    ])('are plain lines, answered with %j', async (typed, expected) => {
      const { ui, stdin, stderr } = plainly();
      const answer = ui.confirm('Delete it?');
      stdin.write(`${typed}\r`);
      await expect(answer).resolves.toBe(expected);
      const shown = String(stderr.read());
      expect(shown).toMatch(/^Delete it\? \[y\/N\] .*\r?\n$/);
      expect(shown).not.toContain('\u001b');
    });

    it('echo nothing of a secret', async () => {
      const { ui, stdin, stderr } = plainly();
      const answer = ui.ask('Password of ada', { secret: true });
      stdin.write('s3cret\r');
      await expect(answer).resolves.toBe('s3cret');
      expect(String(stderr.read())).toBe('Password of ada \n');
    });

    it.each(['\x03', '\x04'])('are cancelled by %j', async (key) => {
      const { ui, stdin } = plainly();
      const answer = ui.confirm('Delete it?');
      stdin.write(key);
      await expect(answer).rejects.toMatchObject({ code: 'Interrupted', exitStatus: 130 });
    });
  });

  it.each([
    ['Ctrl-C', (stdin: PassThrough) => stdin.write('\x03')],
    ['Ctrl-D', (stdin: PassThrough) => stdin.write('\x04')],
    ['a terminal that goes away', (stdin: PassThrough) => stdin.end()],
  ])('are cancelled by %s', async (_what, leave) => {
    const { ui, stdin } = make({}, all);
    Object.assign(stdin, { setRawMode: () => stdin });
    const answer = ui.confirm('Delete it?');
    leave(stdin);
    await expect(answer).rejects.toMatchObject({ code: 'Interrupted', exitStatus: 130 });
  });
});

describe('what waits for a person or for stdin', () => {
  it.each([
    ['a question', {}, all, (ui: Ui) => ui.confirm('Delete it?')],
    ['a secret', {}, all, (ui: Ui) => ui.ask('Password of ada', { secret: true })],
    ['a plain question', { still: true }, all, (ui: Ui) => ui.confirm('Delete it?')],
    ['data', {}, {}, (ui: Ui) => ui.readStdin()],
  ])('ends at once when the command is to stop: %s', async (_what, options, terminals, wait) => {
    const stop = new AbortController();
    const { ui, stdin, stderr } = make({ ...options, stop: stop.signal }, terminals);
    Object.assign(stdin, { setRawMode: () => stdin });
    const waiting = wait(ui);
    // Whatever it loads first.
    if (terminals === all) await vi.waitFor(() => expect(stderr.readableLength).toBeGreaterThan(0));
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    // The cursor, where it was hidden.
    const shown = String(stderr.read() ?? '');
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(shown.lastIndexOf('\u001b[?25l'));
  });
});

describe('lines', () => {
  it('go to stderr, and with --quiet only the important ones', () => {
    const loud = make({});
    loud.ui.note('a note');
    loud.ui.warn('a warning');
    loud.ui.print('data\n');
    expect(String(loud.stderr.read())).toBe('a note\na warning\n');
    expect(String(loud.stdout.read())).toBe('data\n');

    const quiet = make({ quiet: true });
    quiet.ui.note('a note');
    quiet.ui.warn('a warning');
    expect(String(quiet.stderr.read())).toBe('a warning\n');
  });

  it('come whole from stdin', async () => {
    const { ui, stdin } = make({});
    stdin.end(Buffer.from('{"name": "Ünï"}\n'));
    await expect(ui.readStdin()).resolves.toBe('{"name": "Ünï"}\n');
  });
});

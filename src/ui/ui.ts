import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { boundedText } from '../bounded.ts';
import { DynopsError, usageError } from '../errors.ts';
import { printable } from './printable.ts';
import { createWaitingLine } from './waiting-line.ts';
import { flowing, shortened } from './words.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A command's only way to the person in front of it. stdout carries data, stderr everything else. */
export interface Ui {
  /** One JSON document on stdout at the end, and nothing moving before it. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** stderr is a terminal with a size: lines may move. */
  readonly live: boolean;
  /** Somebody may be waited for: `--no-input` was not given. */
  readonly attended: boolean;
  /** Somebody can be asked: stdin and stderr are terminals, and `--no-input` was not given. */
  readonly interactive: boolean;
  /** Width of the terminal in columns; 80 where there is none, or it does not tell. */
  readonly columns: number;
  /** Width of stdout's terminal in columns; Infinity where it is none: another program wants whole lines. */
  readonly width: number;
  /** For what moves: the spinner draws on it itself. */
  readonly stderr: Writable;
  /** Says on a terminal, at once, what is awaited; it goes when anything else is shown. */
  waiting(what: string): void;
  /** How to take away what moves on `stderr`; undefined: nothing does any more. */
  clearBy(clear: (() => void) | undefined): void;
  /** Takes away what moves, and tells whether anything did: it is over, or another line is written. */
  clear(): boolean;
  /**
   * Data for stdout while a command runs (`logs --follow`); a Result's text is the usual way. `verbatim`: for another
   * program, so that it is changed only where the stream is a terminal.
   */
  print(text: string, options?: { verbatim: boolean }): void;
  /** Resolves when stdout's reader has kept up: what is printed without waiting for it is held in memory. */
  drained(): Promise<void>;
  /** A line for a person on stderr; silent with `--quiet`. */
  note(line: string): void;
  /** A line on stderr that `--quiet` does not silence. */
  warn(line: string): void;
  /** Colours text for stderr, or for stdout; unchanged where that stream takes no colour. */
  style(style: Style, text: string, stream?: 'stdout'): string;
  /** Yes or no; `false` on Enter. Only where `interactive`. */
  confirm(question: string): Promise<boolean>;
  /** A line typed in, hidden when `secret`. Only where `interactive`. */
  ask(question: string, options?: { secret?: boolean }): Promise<string>;
  /** stdin as data, until `stop`. Throws a usage error for a terminal at which nobody may be waited for. */
  stdin(): Readable;
  /** All of it as UTF-8 text. Throws a usage error where it is too long. */
  readStdin(): Promise<string>;
}

export interface UiOptions {
  json: boolean;
  quiet: boolean;
  color: boolean;
  /** Also where the stream is no terminal. */
  forceColor?: boolean;
  /** Nothing moves, terminal or not. */
  still?: boolean;
  input: boolean;
  /** Default: true. */
  attended?: boolean;
  /** Ends what waits for a person or for stdin, where no call is in flight that could be finished first. */
  stop?: AbortSignal;
}

export interface Streams {
  stdin: Readable & Partial<Pick<ReadStream, 'isTTY'>>;
  stdout: Writable & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  stderr: Writable & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
}

/** `options.color` is what flags and NO_COLOR allow; each stream must be a terminal besides. */
export function createUi(options: UiOptions, streams: Streams): Ui {
  // stdin is asked for late: Node makes it at the first asking, which takes milliseconds.
  const { stdout, stderr } = streams;
  const { stop = new AbortController().signal } = options;
  // A terminal that nobody has given a size, as that of a container, has 0 columns: nothing can be drawn on it.
  const live = stderr.isTTY === true && stderr.columns !== 0 && !options.json && !options.quiet && !options.still;
  const takesColor = ({ isTTY }: { isTTY?: boolean }) =>
    options.color && (isTTY === true || options.forceColor === true);
  const line = createWaitingLine(stderr);
  let clearMoving: (() => void) | undefined;
  const clear = (): boolean => {
    clearMoving?.();
    return line.end() || clearMoving !== undefined;
  };
  const say = (text: string): void => {
    clear();
    const shown = printable(text, { styled: takesColor(stderr) });
    stderr.write(`${stderr.isTTY === true ? flowing(shown, stderr.columns || Infinity) : shown}\n`);
  };

  // The mark before a question, and two columns in which clack would break it once more.
  const questionText = (text: string) => flowing(printable(text), (stderr.columns || Infinity) - 5);

  const plainly = async (question: string, secret = false): Promise<string> => {
    const { askPlainly } = await import('./plain-question.ts');
    const answer = await askPlainly(printable(question), {
      stdin: streams.stdin,
      stderr,
      secret,
      signal: stop,
      write: (text) => void stderr.write(text),
    });
    if (answer === undefined) throw cancelled(stop);
    return answer;
  };
  const openStdin = (): Readable => {
    const { stdin } = streams;
    if (!options.input && stdin.isTTY === true) {
      throw usageError('stdin is a terminal, and --no-input was given.', 'Pass it through a pipe or from a file.');
    }
    stop.throwIfAborted();
    stop.addEventListener('abort', () => stdin.destroy(stop.reason));
    // Whoever reads is told; where nobody does yet, it is no failure.
    return stdin.on('error', () => undefined);
  };

  return {
    json: options.json,
    quiet: options.quiet,
    live,
    attended: options.attended ?? true,
    get interactive() {
      return options.input && stderr.isTTY === true && streams.stdin.isTTY === true;
    },
    // Asked each time: a terminal can be resized.
    get columns() {
      return stderr.columns || 80;
    },
    get width() {
      return stdout.isTTY === true ? stdout.columns || 80 : Infinity;
    },
    get stderr() {
      line.end();
      return stderr;
    },
    waiting: (what) => {
      // A line that wraps could not be erased.
      if (live) line.show(shortened(printable(what), (stderr.columns || 80) - 3));
    },
    clearBy: (clear) => {
      clearMoving = clear;
    },
    clear,
    print: (text, { verbatim } = { verbatim: false }) => {
      line.end();
      stdout.write(verbatim && stdout.isTTY !== true ? text : printable(text, { styled: takesColor(stdout) }));
    },
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    },
    note: (text) => {
      if (!options.quiet) say(text);
    },
    warn: say,
    style: (style, text, stream) =>
      // Left to itself, styleText asks stdout, whichever stream the text is for.
      takesColor(stream === 'stdout' ? stdout : stderr) ? styleText(style, text, { validateStream: false }) : text,
    confirm: async (question) => {
      line.end();
      if (options.still) return /^y(es)?$/i.test((await plainly(`${question} [y/N] `)).trim());
      const { stdin } = streams;
      const { confirm } = await import('@clack/prompts');
      return answered<boolean>({ stdin, stop }, (signal) =>
        confirm({
          message: questionText(question),
          initialValue: false,
          input: stdin,
          output: stderr,
          withGuide: false,
          signal,
        }),
      );
    },
    ask: async (question, { secret = false } = {}) => {
      line.end();
      if (options.still) return plainly(`${question} `, secret);
      const { stdin } = streams;
      const prompts = await import('@clack/prompts');
      const prompt = { message: questionText(question), input: stdin, output: stderr, withGuide: false };
      return answered<string>({ stdin, stop }, (signal) =>
        (secret ? prompts.password : prompts.text)({ ...prompt, signal }),
      );
    },
    stdin: openStdin,
    readStdin: async () => boundedText(openStdin(), 'What comes on stdin'),
  };
}

/** Clack answers Ctrl-C and Escape with a symbol; of Ctrl-D, and of a terminal that goes away, it answers nothing. */
async function answered<Answer extends string | boolean>(
  { stdin, stop }: Pick<Streams, 'stdin'> & { stop: AbortSignal },
  ask: (signal: AbortSignal) => Promise<Answer | symbol>,
): Promise<Answer> {
  const ended = new AbortController();
  const onEnd = () => ended.abort();
  const onKey = (_text: string | undefined, key: { name?: string; ctrl?: boolean } | undefined) => {
    if (key?.ctrl && key.name === 'd') onEnd();
  };
  stdin.on('keypress', onKey).on('end', onEnd);
  try {
    const answer = await ask(AbortSignal.any([ended.signal, stop]));
    if (typeof answer === 'symbol') throw cancelled(stop);
    return answer;
  } finally {
    stdin.off('keypress', onKey).off('end', onEnd);
  }
}

function cancelled(stop: AbortSignal): unknown {
  if (stop.aborted) return stop.reason;
  return new DynopsError({
    code: 'Interrupted',
    message: 'Cancelled at the question.',
  });
}

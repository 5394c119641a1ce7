import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/**
 * A line typed on a terminal where nothing can be drawn (TERM=dumb), as an editor's shell is; nothing of it is shown when
 * `secret`. Resolves undefined at Ctrl-C, Ctrl-D, at `signal`, or when the terminal goes away.
 */
export function askPlainly(
  question: string,
  {
    stdin,
    stderr,
    secret,
    signal,
    write,
  }: {
    stdin: Readable;
    stderr: Writable;
    secret: boolean;
    signal: AbortSignal;
    write(text: string): void;
  },
): Promise<string | undefined> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // As a terminal: it takes Ctrl-C itself, and a secret is not echoed.
  const lines = createInterface({ input: stdin, output: secret ? nowhere : stderr, terminal: true, signal });
  // Not before the terminal echoes nothing by itself.
  write(question);
  return new Promise((resolve) => {
    lines.on('SIGINT', () => lines.close());
    let answer: string | undefined;
    lines.on('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.on('close', () => {
      // A line that is echoed ends by itself.
      if (secret || answer === undefined) write('\n');
      resolve(answer);
    });
  });
}

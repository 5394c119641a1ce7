import { appendFile, rename, stat } from 'node:fs/promises';

/** The engine's own log: never in the way of what it tells about. */
export interface EngineLog {
  /** Never throws, and waits for nothing. */
  line(text: string): void;
  /** Resolves when every line is on disk, or could not be written. */
  flushed(): Promise<void>;
}

/** The log, and one older file of the same size beside it. */
const maxFileBytes = 4 * 1024 * 1024;
/** Of lines that wait for a slow disk. */
const maxWaitingBytes = 1024 * 1024;

/** Appends to `file`, mode 0600; the file before it is `file`.1. Lines that cannot be written are counted, and said once they can be. */
export function openEngineLog(file: string, clock: () => number): EngineLog {
  let waiting = '';
  let lost = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting !== '') {
      const said = lost === 0 ? '' : stamped(`${lost} lines were lost`);
      const text = said + waiting;
      waiting = '';
      try {
        await rotate(file, Buffer.byteLength(text));
        await appendFile(file, text, { mode: 0o600 });
        if (said) lost = 0;
      } catch {
        // A full disk has no place for why it is full.
        lost += countLines(text) - (said ? 1 : 0);
      }
    }
    writing = undefined;
  }

  const stamped = (text: string) => `${new Date(clock()).toISOString()} ${text}\n`;

  return {
    line(text) {
      if (waiting.length > maxWaitingBytes) {
        lost += 1;
        return;
      }
      waiting += stamped(text);
      writing ??= Promise.resolve().then(write);
    },
    async flushed() {
      await writing;
    },
  };
}

async function rotate(file: string, addedBytes: number): Promise<void> {
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (bytes > 0 && bytes + addedBytes > maxFileBytes) await rename(file, `${file}.1`);
}

const countLines = (text: string) => text.split('\n').length - 1;

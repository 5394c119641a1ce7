import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** CloudWatch Logs' limit on one event; a longer line becomes several. */
export const maxLineLength = 256 * 1024;
/** What one process may write before it has to wait, and then in each second: no output keeps the engine from others. */
const burstBytes = 8 * 1024 * 1024;
/** What handling a line costs, in bytes of a long one. */
const lineCost = 24;
const pauseMs = 20;

/** Where a process's output is counted; both its streams and its pipe draw on one. */
export interface OutputBudget {
  /** Counts bytes and lines; a source that has to wait is paused, and goes on by itself. */
  spend(source: Pick<Readable, 'pause' | 'resume'>, cost: number): void;
}

export function createOutputBudget(clock: () => number): OutputBudget {
  let left = burstBytes;
  let atMs = clock();
  return {
    spend(source, cost) {
      const now = clock();
      left = Math.min(burstBytes, left + ((now - atMs) / 1000) * burstBytes) - cost;
      atMs = now;
      if (left > 0) return;
      source.pause();
      setTimeout(() => source.resume(), Math.max(pauseMs, (-left / burstBytes) * 1000));
    },
  };
}

/** Hands on a stream's lines as they end; of what has no end yet, no more than one event's worth is held. */
export function readLines(stream: Readable, on: { budget: OutputBudget; line: (text: string) => void }): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    let from = 0;
    let lines = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      emit(rest + text.slice(from, end));
      rest = '';
      from = end + 1;
      lines += 1;
    }
    rest += text.slice(from);
    for (; rest.length > maxLineLength; rest = rest.slice(maxLineLength)) on.line(rest.slice(0, maxLineLength));
    return lines;
  };
  const emit = (line: string) => {
    for (let at = 0; at < line.length; at += maxLineLength) on.line(line.slice(at, at + maxLineLength));
  };
  stream.on('data', (chunk: Buffer) => {
    const lines = take(decoder.write(chunk));
    on.budget.spend(stream, chunk.length + lines * lineCost);
  });
  stream.on('end', () => {
    emit(rest + decoder.end());
    rest = '';
  });
}

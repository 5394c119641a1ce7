import { appendFile, mkdir, readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** One file of a log group: lines in the order they arrived. */
export interface Segment {
  number: number;
  bytes: number;
  writtenAtMs: number;
}

/** A log group's lines on disk, in files of a few megabytes, the oldest dropped where there are too many. */
export interface Segments {
  /** On disk within `gatherMs`, or by the next flush. */
  append(line: string): void;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  /** Oldest first. */
  list(): readonly Segment[];
  /** Its lines; empty where it has been dropped. */
  lines(number: number): Promise<string[]>;
  dropWrittenBefore(timeMs: number): Promise<void>;
  remove(): Promise<void>;
}

const segmentBytes = 4 * 1024 * 1024;
/** What thousands of invocations a second write in this time goes to disk as one write. */
const gatherMs = 25;

/** The files that an earlier run left in `folder`. */
export async function findSegments(folder: string): Promise<Segment[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return { number: Number(name), bytes: size, writtenAtMs: mtimeMs };
    }),
  );
}

/** Goes on from `segments` in `folder`, which is made when first written to. `onError` hears of writes that nobody waited for. */
export function openSegments(
  folder: string,
  options: { segments: Segment[]; maxBytes: number; clock: () => number; onError: (error: unknown) => void },
): Segments {
  const { segments, maxBytes, clock, onError } = options;
  // A kill may have cut the last line of the last file, so nothing is added to a file of an earlier run.
  let current: Segment | undefined;
  let gathered: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const fileOf = (number: number) => join(folder, String(number).padStart(9, '0'));

  async function write(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (!current || current.bytes + bytes > segmentBytes) {
      current = { number: (segments.at(-1)?.number ?? 0) + 1, bytes: 0, writtenAtMs: clock() };
      segments.push(current);
    }
    current.bytes += bytes;
    current.writtenAtMs = clock();
    if (current.bytes === bytes) await mkdir(folder, { recursive: true, mode: 0o700 });
    await appendFile(fileOf(current.number), text, { mode: 0o600 });
    while (segments.length > 1 && segments.reduce((sum, segment) => sum + segment.bytes, 0) > maxBytes)
      await dropOldest();
  }

  async function dropOldest(): Promise<void> {
    const oldest = segments.shift();
    if (oldest === current) current = undefined;
    if (oldest) await unlink(fileOf(oldest.number));
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = Promise.allSettled([writing]).then(work);
    writing = done;
    return done;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.length === 0) {
      await writing;
      return;
    }
    const text = gathered.join('');
    gathered = [];
    await inTurn(() => write(text));
  }

  return {
    append(line) {
      gathered.push(`${line}\n`);
      timer ??= setTimeout(() => flush().catch(onError), gatherMs);
    },
    flush,
    list: () => segments,
    async lines(number) {
      try {
        return (await readFile(fileOf(number), 'utf8')).split('\n').slice(0, -1);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
    dropWrittenBefore: (timeMs) =>
      inTurn(async () => {
        while (segments[0] && segments[0].writtenAtMs < timeMs) await dropOldest();
      }),
    async remove() {
      clearTimeout(timer);
      gathered = [];
      await inTurn(() => rm(folder, { recursive: true, force: true }));
    },
  };
}

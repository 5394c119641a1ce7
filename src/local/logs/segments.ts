import { appendFile, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** One file of a log group: lines in the order they arrived. */
export interface Segment {
  number: number;
  /** Written whole; what a failed write left behind them does not count. */
  bytes: number;
  writtenAtMs: number;
  /** The latest time that a line of it is dated; without end in a file of an earlier run, which nobody has read. */
  newestMs: number;
}

/** A line to be written, with its end, and the latest time in it. */
export interface Line {
  bytes: Buffer;
  newestMs: number;
}

/** A log group's lines on disk, in files of a few megabytes, the oldest dropped where there are too many. */
export interface Segments {
  /** On disk within `gatherMs`, or by the next flush, which is when the line is asked for. */
  append(line: () => Line): void;
  /** Resolves when everything appended so far is on disk; rejects when what it wrote is not, and will not be. */
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
const gatherMs = 50;

/** The files that an earlier run left in `folder`. */
export async function findSegments(folder: string): Promise<Segment[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return { number: Number(name), bytes: size, writtenAtMs: mtimeMs, newestMs: Number.POSITIVE_INFINITY };
    }),
  );
}

/** Goes on from `segments` in `folder`, which is made when first written to. `onError` hears of every failed write. */
export function openSegments(
  folder: string,
  options: { segments: Segment[]; maxBytes: number; clock: () => number; onError: (error: unknown) => void },
): Segments {
  const { segments, maxBytes, clock, onError } = options;
  // A kill may have cut the last line of the last file, so nothing is added to a file of an earlier run.
  let current: Segment | undefined;
  /** Where a failed write may have left half of what it was given. */
  let torn: Segment | undefined;
  let gathered: (() => Line)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const fileOf = (number: number) => join(folder, String(number).padStart(9, '0'));

  async function write(lines: Line[]): Promise<void> {
    const written = Buffer.concat(lines.map(({ bytes }) => bytes));
    if (torn) await cutBack(torn);
    const bytes = written.length;
    const fits = current && current.bytes + bytes <= segmentBytes;
    const segment =
      current && fits
        ? current
        : { number: (segments.at(-1)?.number ?? 0) + 1, bytes: 0, writtenAtMs: clock(), newestMs: 0 };
    if (segment.bytes === 0) await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await appendFile(fileOf(segment.number), written, { mode: 0o600 });
    } catch (error) {
      // Before the next write at the latest, so that nothing is ever seen of lines that were refused.
      torn = segment;
      await cutBack(segment).catch(onError);
      throw error;
    }
    if (segment !== current) segments.push(segment);
    current = segment;
    segment.bytes += bytes;
    segment.writtenAtMs = clock();
    segment.newestMs = lines.reduce((newest, line) => Math.max(newest, line.newestMs), segment.newestMs);
    while (segments.length > 1 && segments.reduce((sum, each) => sum + each.bytes, 0) > maxBytes) await dropOldest();
  }

  async function cutBack(segment: Segment): Promise<void> {
    if (segment.bytes === 0) await rm(fileOf(segment.number), { force: true });
    else await truncate(fileOf(segment.number), segment.bytes);
    torn = undefined;
  }

  async function dropOldest(): Promise<void> {
    const [oldest] = segments;
    if (!oldest) return;
    await rm(fileOf(oldest.number), { force: true });
    segments.shift();
    if (oldest === current) current = undefined;
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = Promise.allSettled([writing]).then(work);
    writing = done;
    done.catch(onError);
    return done;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const lines = gathered.splice(0).map((line) => line());
    if (lines.length === 0) await Promise.allSettled([writing]);
    else await inTurn(() => write(lines));
  }

  return {
    append(line) {
      gathered.push(line);
      timer ??= setTimeout(() => flush().catch(() => undefined), gatherMs);
    },
    flush,
    list: () => segments,
    async lines(number) {
      const segment = segments.find((each) => each.number === number);
      const text = segment ? await readBytes(fileOf(number), segment.bytes) : '';
      return text.split('\n').slice(0, -1);
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

/** The file's first bytes as text; empty where it is gone. */
async function readBytes(path: string, bytes: number): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

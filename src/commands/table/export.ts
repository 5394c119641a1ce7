import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, lstat, mkdtemp, open, realpath, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { itemJson, itemOf } from '../../aws/item-json.ts';
import { type ItemFilter, scanPages, type TableFacts, tableFacts } from '../../aws/items.ts';
import { DynopsError, usageError } from '../../errors.ts';
import { canBeReplaced } from '../../home/folders.ts';
import { readOwnJson } from '../../home/own-files.ts';
import { replaceFile } from '../../replace-file.ts';
import { outputFiles } from '../../session/argument.ts';
import { chosenTable } from '../../session/chosen-table.ts';
import type { Context, Result } from '../../session/command.ts';
import { counted } from '../../ui/words.ts';
import { contentOf, requireSame } from './content.ts';
import { CsvColumns } from './csv.ts';
import { type Format, formatOf } from './formats.ts';
import { linesOf } from './records.ts';
import { whereFilter } from './where.ts';

export interface TableExportOptions {
  /** The file; without one it is stdout. */
  out?: string;
  format?: Format;
  where?: string;
  table?: string;
}

/** How far an export came; it is stored next to the part that was written. */
interface Progress {
  of: { content: string; where: string };
  /** DynamoDB's JSON. */
  next: Record<string, unknown>;
  items: number;
  bytes: number;
}

/**
 * Writes every item of a table into a file, page by page; after an interruption the same command continues. Memory does not
 * grow with the table.
 */
export async function tableExport(context: Context, options: TableExportOptions): Promise<Result> {
  const { format = formatOf(options.out), where } = options;
  if (options.out === undefined && context.options.json) {
    throw usageError('With --json, stdout holds the summary.', 'Give --out FILE for the items.');
  }
  const filter = whereFilter(where);
  const { out } = await outputFiles(context, { out: options.out });
  const { name, missing } = await chosenTable(context, options.table);
  const aws = await context.aws();
  const table = await tableFacts(aws, name).catch(missing);
  // What is read before it is whole, or stands for something else, is written to at the end and never replaced.
  const file = out !== undefined && (await canBeReplaced(out)) ? await realpath(out).catch(() => out) : undefined;
  const folder = file === undefined ? await mkdtemp(join(tmpdir(), 'dynops-export-')) : undefined;
  const part = folder === undefined ? `${file}.part` : join(folder, 'part');
  try {
    const read = await readInto(context, { part, table, filter, where: where ?? '', kept: file !== undefined });
    await checkCount(part, read.items);
    await requireSame(context, table, read.content);
    const written = format === 'csv' ? await asCsv(part, table) : part;
    if (file !== undefined) await rename(written, file);
    else if (out !== undefined) await pipeline(createReadStream(written), createWriteStream(out));
    else await pipeline(createReadStream(written), printed(context));
    await rm(part, { force: true });
    await rm(progressFile(part), { force: true });
    context.ui.note(
      `Exported ${counted(read.items, 'item')} of table ${name}${out === undefined ? '' : ` to ${out}`}.`,
    );
    return { json: { ok: true, table: name, file: out ?? null, format, items: read.items, resumedAt: read.resumedAt } };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

const progressFile = (part: string) => `${part}.json`;

const isProgress = (value: object): value is Progress =>
  ['of', 'next', 'items', 'bytes'].every((member) => member in value);

/** JSON lines of the whole table into `part`. `kept`: how far it came is written down after each page. */
async function readInto(
  context: Context,
  given: { part: string; table: TableFacts; filter: ItemFilter | undefined; where: string; kept: boolean },
): Promise<{ content: string; items: number; resumedAt: number }> {
  const { part, table, filter, where, kept } = given;
  const aws = await context.aws();
  const content = await contentOf(context, table);
  const of = { content, where };
  const before = kept ? await earlier(part, of) : undefined;
  if (before) context.ui.note(`Continuing after ${counted(before.items, 'item')}, which ${part} holds.`);
  else {
    // Somebody else's file or link may stand there, where others may write.
    await rm(part, { force: true });
    await (await open(part, 'wx', 0o600)).close();
  }
  const resumedAt = before?.items ?? 0;
  let items = resumedAt;
  let bytes = before?.bytes ?? 0;
  for await (const page of scanPages(aws, table, { filter, from: before && itemOf(before.next) })) {
    const text = page.items.map((item) => `${JSON.stringify(itemJson(item))}\n`).join('');
    await appendFile(part, text);
    items += page.items.length;
    bytes += Buffer.byteLength(text);
    const progress = page.next && { of, next: itemJson(page.next), items, bytes };
    if (kept && progress) await replaceFile(progressFile(part), JSON.stringify(progress satisfies Progress), 0o600);
  }
  return { content, items, resumedAt };
}

/** What an earlier run of the same export left, cut to what it had written down; undefined: from the beginning. */
async function earlier(part: string, of: Progress['of']): Promise<Progress | undefined> {
  const found = await readOwnJson(progressFile(part), isProgress);
  if (!found || JSON.stringify(found.of) !== JSON.stringify(of)) return undefined;
  const left = await lstat(part).catch(() => undefined);
  if (!left?.isFile() || left.uid !== (process.getuid?.() ?? left.uid) || left.size < found.bytes) return undefined;
  await truncate(part, found.bytes);
  return found;
}

/** What was read must be what was written: a line an item. */
async function checkCount(part: string, items: number): Promise<void> {
  let lines = 0;
  for await (const _line of linesOf(createReadStream(part))) lines += 1;
  if (lines === items) return;
  throw new DynopsError({
    code: 'NotKept',
    message: `${items} items were read, and ${lines} are in ${part}: the file changed in the meantime.`,
    hint: `Remove ${part}, and run the same command again.`,
  });
}

/** Read twice: which columns there are is known only at the end. */
async function asCsv(part: string, table: TableFacts): Promise<string> {
  const columns = new CsvColumns(table.key);
  for await (const line of linesOf(createReadStream(part))) columns.add(JSON.parse(line));
  const file = `${part}.csv`;
  await rm(file, { force: true });
  await pipeline(
    async function* () {
      yield columns.header();
      for await (const line of linesOf(createReadStream(part))) yield columns.line(JSON.parse(line));
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
  return file;
}

function printed({ ui }: Context): (chunks: AsyncIterable<Buffer>) => Promise<void> {
  const decoder = new TextDecoder();
  return async (chunks) => {
    for await (const chunk of chunks) ui.print(decoder.decode(chunk, { stream: true }), { verbatim: true });
  };
}

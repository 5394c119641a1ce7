import { createHash } from 'node:crypto';
import { realpath, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Item, itemJson } from '../../aws/item-json.ts';
import { batchSize, batchWriter, countStored, keyOf, tableFacts } from '../../aws/items.ts';
import { DynopsError, reasonOf, usageError } from '../../errors.ts';
import { importsFolder, writeSecret } from '../../home/folders.ts';
import { readOwnJson } from '../../home/own-files.ts';
import { announce } from '../../session/announce.ts';
import { chosenTable } from '../../session/chosen-table.ts';
import type { Context, Result } from '../../session/command.ts';
import { counted } from '../../ui/words.ts';
import { contentOf, requireSame } from './content.ts';
import { type Format, formatOf } from './formats.ts';
import { readRecords } from './records.ts';

export interface TableImportOptions {
  /** The file; `-` is stdin. */
  file: string;
  format?: Format;
  table?: string;
  /** Read back by key what was written, and count it. */
  verify?: boolean;
}

/** How far the import of a file came; it is kept in dynops's home until the import has ended. */
interface Progress {
  size: number;
  mtimeMs: number;
  items: number;
}

const isProgress = (value: object): value is Progress =>
  ['size', 'mtimeMs', 'items'].every((member) => member in value);

/** How often it is written down how far an import came. */
const noteEveryItems = 1_000;

/**
 * Puts every item of a file into a table, in the file's order: of two with one key the later stays. A file is checked
 * as a whole before anything is sent; after an interruption the same command continues.
 */
export async function tableImport(context: Context, options: TableImportOptions): Promise<Result> {
  const { file: named, verify = false } = options;
  const file = named === '-' ? undefined : await existing(resolve(context.cwd, named));
  const source = file?.path ?? context.ui.stdin();
  const format = options.format ?? formatOf(file?.path);
  const { name: tableName, missing } = await chosenTable(context, options.table);
  const aws = await context.aws();
  const table = await tableFacts(aws, tableName).catch(missing);
  const records = () => readRecords(source, { name: file?.path ?? 'stdin', format, table });
  let total = 0;
  if (file) for await (const _record of records()) total += 1;
  await announce(context, `Importing ${file ? counted(total, 'item') : 'items'} into table ${tableName} of`);

  const content = await contentOf(context, table);
  const progress = file && (await openProgress(context, { ...file, content }));
  const skip = progress?.items ?? 0;
  if (skip > 0) context.ui.note(`Continuing after ${skip} items, which were imported before.`);
  const write = batchWriter(aws, table);
  const counts = { seen: 0, written: skip, stored: 0 };
  const send = async (batch: Item[]) => {
    if (batch.length === 0) return;
    await write(batch.map((Item) => ({ PutRequest: { Item } })));
    if (verify) counts.stored += await countStored(aws, table, batch);
    const before = counts.written;
    counts.written += batch.length;
    if (Math.floor(before / noteEveryItems) < Math.floor(counts.written / noteEveryItems)) {
      await progress?.keep(counts.written);
    }
  };

  try {
    let batch = new Map<string, Item>();
    for await (const { item } of records()) {
      counts.seen += 1;
      if (counts.seen <= skip) continue;
      const key = JSON.stringify(itemJson(keyOf(table, item)));
      // One request may hold a key once.
      if (batch.size === batchSize || batch.has(key)) {
        await send([...batch.values()]);
        batch = new Map();
      }
      batch.set(key, item);
    }
    await send([...batch.values()]);
  } catch (error) {
    await progress?.keep(counts.written);
    throw told(error, { written: counts.written, resumes: file !== undefined });
  }
  checkCounts(counts, { skip, verify });
  await progress?.forget();
  await requireSame(context, table, content);
  context.ui.note(`${counted(counts.written, 'item')} imported into table ${tableName}.`);
  const { written: items } = counts;
  return {
    json: { ok: true, table: tableName, file: file?.path ?? null, format, items, resumedAt: skip, verified: verify },
  };
}

async function existing(path: string): Promise<{ path: string; size: number; mtimeMs: number }> {
  const found = await stat(path).catch((cause: Error) => {
    throw usageError(`${path} cannot be read: ${reasonOf(cause)}.`);
  });
  if (!found.isFile()) throw usageError(`${path} is not a file.`, 'Give a file, or - for stdin.');
  return { path: await realpath(path), size: found.size, mtimeMs: found.mtimeMs };
}

async function openProgress(
  { home }: Context,
  { path, size, mtimeMs, content }: { path: string; size: number; mtimeMs: number; content: string },
): Promise<{ items: number; keep(items: number): Promise<void>; forget(): Promise<void> }> {
  const id = createHash('sha256')
    .update(JSON.stringify([path, content]))
    .digest('hex')
    .slice(0, 32);
  const file = join(importsFolder(home), `${id}.json`);
  const found = await readOwnJson(file, isProgress);
  const isSame = found?.size === size && found.mtimeMs === mtimeMs;
  return {
    items: isSame ? found.items : 0,
    keep: (items) => writeSecret(file, JSON.stringify({ size, mtimeMs, items } satisfies Progress)),
    forget: () => rm(file, { force: true }),
  };
}

function told(error: unknown, { written, resumes }: { written: number; resumes: boolean }): unknown {
  if (!(error instanceof DynopsError)) return error;
  const message = `${error.message.replace(/[^.?!]$/, '$&.')} ${counted(written, 'item')} had been imported.`;
  if (!resumes) return error.with({ message });
  return error.with({ message, hint: error.hint ?? 'Run the same command again to continue.' });
}

function checkCounts(
  { seen, written, stored }: { seen: number; written: number; stored: number },
  { skip, verify }: { skip: number; verify: boolean },
): void {
  if (written !== seen) {
    throw new DynopsError({
      code: 'ImportIncomplete',
      message: `The file held ${seen} items, but ${written} were imported: it changed in the meantime.`,
      hint: 'Run the same command again.',
    });
  }
  if (verify && stored !== written - skip) {
    throw new DynopsError({
      code: 'ImportIncomplete',
      message: `${written - skip} items were written, and ${stored} of them were read back.`,
      hint: 'Is something else deleting items? Run the same command again.',
    });
  }
}

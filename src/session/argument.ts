import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DynopsError, reasonOf, usageError } from '../errors.ts';
import { readText, writeNamedFile } from '../home/folders.ts';
import type { Context } from './command.ts';

/** An argument's text: itself, a file's content for `@FILE`, stdin's for `-`. `option` names it in errors. */
export async function readArgument(value: string, option: string, context: Context): Promise<string> {
  if (value === '-') return context.ui.readStdin();
  if (!value.startsWith('@')) return value;
  return readNamed(value, option, context);
}

/** The text of a file that an option names, as `@FILE` or `FILE`. */
export async function readNamed(name: string, option: string, context: Context): Promise<string> {
  const file = resolve(context.cwd, name.replace(/^@/, ''));
  try {
    return await readText(file);
  } catch (cause) {
    if (cause instanceof DynopsError) throw cause.with({ message: `${option}: ${cause.message}` });
    throw usageError(`${option}: ${file} cannot be read: ${reasonOf(cause)}.`);
  }
}

export interface OutputFiles {
  out?: string | undefined;
  report?: string | undefined;
}

/**
 * Where `--out` and `--report` are to be written: found out before the work is done whose result they are for. `report`:
 * what a command calls the option that names its page; `inputs`: files that it reads, by the names of their options.
 */
export async function outputFiles(
  context: Context,
  { out, report }: OutputFiles,
  names: { report?: string; inputs?: Readonly<Record<string, string | undefined>> } = {},
): Promise<OutputFiles> {
  const { report: page = '--report', inputs = {} } = names;
  const writable = async (value: string | undefined, option: string) => {
    if (value === undefined) return undefined;
    // As stdout is for others; a file of that name is hard to remove.
    if (value === '-')
      throw usageError(`${option}: - is not taken for stdout.`, 'Name a file; ./- is one of that name.');
    const file = resolve(context.cwd, value);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) throw usageError(`${option}: ${file} is a folder.`, 'Name a file in it.');
    const folder = found ? undefined : await stat(dirname(file)).catch(() => undefined);
    if (folder && !folder.isDirectory()) throw usageError(`${option}: ${dirname(file)} is not a folder.`);
    await access(found ? file : dirname(file), constants.W_OK).catch((cause: unknown) => {
      throw usageError(`${option}: ${file} cannot be written: ${reasonOf(cause)}.`);
    });
    return file;
  };
  const files = { out: await writable(out, '--out'), report: await writable(report, page) };
  const known = new Map<string, string>();
  for (const [option, value] of Object.entries({ ...inputs, '--out': files.out, [page]: files.report })) {
    if (value === undefined) continue;
    const file = resolve(context.cwd, value.replace(/^@/, ''));
    const id = await identityOf(file);
    const other = known.get(id);
    if (other !== undefined && (option === '--out' || option === page)) {
      throw usageError(`${other} and ${option} name the same file, ${file}.`, 'Give each a file of its own.');
    }
    known.set(id, option);
  }
  return files;
}

/** The same for whatever leads to one file: another spelling, a link. */
async function identityOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  // Devices are written to by many at once, and some file systems count no files.
  if (found?.isFile() && found.ino > 0n) return `${found.dev}:${found.ino}`;
  return join(await realpath(dirname(file)).catch(() => dirname(file)), basename(file));
}

/**
 * Writes what is to be kept of a result. What cannot be written even so is answered, not thrown: the figures are still
 * to be shown. `name` says what the page is.
 */
export async function keepFiles(
  { ui }: Context,
  files: OutputFiles,
  of: { out?: unknown; report: () => string; name: string },
): Promise<DynopsError | undefined> {
  const { out, report } = files;
  try {
    if (out !== undefined) await writeNamedFile(out, `${JSON.stringify(of.out, null, 1)}\n`);
    if (report === undefined) return undefined;
    await writeNamedFile(report, of.report());
    ui.note(`The ${of.name} is in ${report}.`);
    return undefined;
  } catch (cause) {
    return new DynopsError({
      code: 'NotKept',
      message: `The result could not be written to its file: ${reasonOf(cause)}`,
      hint: 'The figures are shown above. Free some space, or name another file next time.',
      cause,
    });
  }
}

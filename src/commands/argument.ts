import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { usageError } from '../errors.ts';
import { readText } from '../target/home.ts';
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
    throw usageError(`${option}: ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

export interface OutputFiles {
  out?: string | undefined;
  report?: string | undefined;
}

/** Where `--out` and `--report` are to be written: found out before the work is done whose result they are for. */
export async function outputFiles(context: Context, { out, report }: OutputFiles): Promise<OutputFiles> {
  const writable = async (value: string | undefined, option: string) => {
    if (value === undefined) return undefined;
    const file = resolve(context.cwd, value);
    await access(dirname(file), constants.W_OK).catch((cause: unknown) => {
      throw usageError(
        `${option}: ${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      );
    });
    return file;
  };
  return { out: await writable(out, '--out'), report: await writable(report, '--report') };
}

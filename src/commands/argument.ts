import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { usageError } from '../errors.ts';
import type { Context } from './command.ts';

/** An argument's text: itself, a file's content for `@FILE`, stdin's for `-`. `option` names it in errors. */
export async function readArgument(value: string, option: string, context: Context): Promise<string> {
  if (value === '-') return context.ui.readStdin();
  if (!value.startsWith('@')) return value;
  const file = resolve(context.cwd, value.slice(1));
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError(`${option}: ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DynopsError, reasonOf, usageError } from '../../errors.ts';
import { hasCode } from '../../home/folders.ts';
import type { Context } from '../../session/command.ts';

/** Where the C library looks without PATH. */
const standardPath = '/usr/local/bin:/bin:/usr/bin';

/** Throws a usage error for a program that could not be run, looking for it as the system will. */
export async function requireProgram(program: string, { cwd, env }: Pick<Context, 'cwd' | 'env'>): Promise<void> {
  // There a shell runs it, which has commands of its own.
  if (process.platform === 'win32') return;
  const folders = program.includes('/') ? [''] : (env.PATH ?? standardPath).split(':');
  let reason: unknown = notThere;
  for (const folder of program === '' ? [] : folders) {
    const file = resolve(cwd, join(folder, program));
    try {
      if ((await stat(file)).isDirectory()) throw new Error(`${file} is a folder`);
      return await access(file, constants.X_OK);
    } catch (cause) {
      // The first that is there, and may not be run, says more than those that are not.
      if (reason === notThere && !hasCode(cause, 'ENOENT', 'ENOTDIR')) reason = cause;
    }
  }
  throw cannotRun(program, reason);
}

const notThere = Symbol('no such program');
/** Where the program itself was there. */
export const noInterpreter = new Error('what its first line names as its interpreter is not there');

export function cannotRun(program: string, reason: unknown): DynopsError {
  const name = program === '' ? '""' : program;
  return usageError(
    reason === notThere ? `There is no program ${name}.` : `${name} cannot be run: ${reasonOf(reason)}.`,
    'Behind -- stands a program that may be executed, and its arguments: dynops exec -- npm test.',
  );
}

import { CommanderError } from 'commander';
import { DynopsError, usageError } from '../errors.ts';

/** Whatever was thrown, as the one error that is shown. `words`: the command line. */
export function asDynopsError(
  thrown: unknown,
  { signal, words }: { signal: AbortSignal; words: string[] },
): DynopsError {
  if (thrown instanceof DynopsError) return thrown;
  if (thrown instanceof CommanderError) return fromCommander(thrown, words);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'AbortError' && signal.reason instanceof DynopsError) return signal.reason;
  const { message } = error;
  if (!('syscall' in error && 'code' in error)) return new DynopsError({ code: 'Unexpected', message, cause: error });
  const foreignCode = String(error.code);
  return new DynopsError({ foreignCode, message, hint: systemHint(foreignCode), cause: error });
}

function systemHint(code: string): string | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room on the disk, then run the same command again.';
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return undefined;
  return 'Give yourself access to it; what dynops itself keeps can go elsewhere with DYNOPS_HOME.';
}

const adviceOnWords: Record<string, string> = {
  'commander.excessArguments': `A value with blanks is quoted for the shell: --item '{"id": "1"}'. Add --help to see what is possible.`,
};

/** Commander's text is `error: what`, and on a second line a suggestion in brackets. */
function fromCommander(error: CommanderError, words: string[]): DynopsError {
  if (error.code.startsWith('commander.help')) {
    const help = words.indexOf('help');
    const problem = help < 0 ? 'A command is missing.' : `Unknown command '${words.slice(help + 1).join(' ')}'.`;
    return usageError(problem, '`dynops --help` lists them.');
  }
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return usageError(
    `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`,
    suggestion?.replace(/^\((.*)\)$/, '$1') ?? adviceOnWords[error.code] ?? 'Add --help to see what is possible.',
  );
}

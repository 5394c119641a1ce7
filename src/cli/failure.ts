import { CommanderError } from 'commander';
import { DynopsError, reasonOf, usageError } from '../errors.ts';
import { nearest } from '../settings/nearest.ts';
import { shellQuoted } from '../ui/words.ts';
import { habitAdvice } from './habits.ts';

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
  return new DynopsError({
    foreignCode,
    message: systemMessage(error),
    hint: systemHint(foreignCode, String(error.syscall)),
    kind: 'machine',
    cause: error,
  });
}

/** Of a file: its name and the reason. Node's own text has its code and call, too, and the name last. */
function systemMessage(error: Error & { path?: unknown }): string {
  const reason = reasonOf(error);
  return typeof error.path === 'string' && reason !== error.message ? `${error.path}: ${reason}.` : error.message;
}

function systemHint(code: string, call: string): string | undefined {
  // Not of a disk.
  if (call === 'watch') {
    return 'The system follows no more folders: end what follows many, such as editors, or raise its limit (fs.inotify.max_user_watches on Linux).';
  }
  if (call === 'uv_cwd') return 'The working folder is no longer there: change to another one.';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Free some disk space, then run the same command again.';
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return undefined;
  return 'Give yourself access to it; what dynops itself keeps can go elsewhere with DYNOPS_HOME.';
}

const adviceOnWords: Record<string, string> = {
  'commander.excessArguments': `A value with blanks is quoted for the shell: --item '{"id": "1"}'. Add --help to see what is possible.`,
};

/** Words below commands that act by themselves too: there commander takes a misspelt one for an argument. */
const below: Record<string, string[]> = { load: ['compare'] };

function excessAdvice(message: string, words: string[]): string | undefined {
  const [, command = ''] = /^too many arguments for '(.*?)'/.exec(message) ?? [];
  const close = nearest(words[words.indexOf(command) + 1] ?? '', below[command] ?? []);
  return close && `Did you mean ${close}?`;
}

/** A text for which there is no room in a sentence, shortened: people paste whole documents. */
export function shortened(text: string, words: readonly string[]): string {
  const long = words
    .flatMap((word) => [word, word.slice(word.indexOf('=') + 1)])
    .filter((word) => word.length > longestEcho);
  return long.reduce(
    (short, word) => short.replaceAll(word, `${word.slice(0, longestEcho / 2)}… (${word.length} characters)`),
    text,
  );
}

const longestEcho = 200;

/** Commander's text is `error: what`, and on a second line a suggestion in brackets. */
function fromCommander(error: CommanderError, words: string[]): DynopsError {
  if (error.code.startsWith('commander.help')) {
    const help = words.indexOf('help');
    const problem = help < 0 ? 'A command is missing.' : `Unknown command '${words.slice(help + 1).join(' ')}'.`;
    const all = help < 0 ? ['dynops', ...words, '--help'].map(shellQuoted).join(' ') : 'dynops --help';
    const first = words.length === 0 ? '`dynops up` creates the stack on this machine. ' : '';
    return usageError(problem, `${first}\`${all}\` lists the commands.`);
  }
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  return usageError(
    `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, '')}.`,
    habitAdvice(message) ??
      suggestion?.replace(/^\((.*)\)$/, '$1') ??
      excessAdvice(message, words) ??
      adviceOnWords[error.code] ??
      'Add --help to see what is possible.',
  );
}

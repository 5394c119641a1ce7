import { ExitStatus } from './exit-status.ts';

/**
 * The kinds of failure, and the exit status of each: the one table. Every code of `errorCodes` has its kind, and so has
 * what AWS refuses; nothing else decides an exit status. `docs/errors.md` lists it.
 */
export const failureKinds = {
  usage: {
    exitStatus: ExitStatus.usage,
    means:
      'The command line, an environment variable, a settings file or `dynops.json` cannot be acted on; nothing was done.',
  },
  unasked: {
    exitStatus: ExitStatus.usage,
    means:
      'A question would have to be asked, and nobody can answer: `--no-input`, `CI`, or no terminal; nothing was done.',
  },
  credentials: {
    exitStatus: ExitStatus.credentials,
    means: 'AWS credentials, a password or a token are missing, have expired, or are refused.',
  },
  denied: { exitStatus: ExitStatus.credentials, means: 'AWS does not allow the caller to make the call.' },
  absent: { exitStatus: ExitStatus.failed, means: 'What the command is about, or needs, does not exist.' },
  conflict: { exitStatus: ExitStatus.failed, means: 'What exists already does not allow what was asked for.' },
  declined: { exitStatus: ExitStatus.failed, means: 'A person answered no.' },
  unreachable: {
    exitStatus: ExitStatus.failed,
    means: 'The endpoint, the API, the embedded engine or a proxy cannot be reached, or cannot be trusted.',
  },
  refused: { exitStatus: ExitStatus.failed, means: 'AWS, the API or the function refuses, or fails.' },
  answer: {
    exitStatus: ExitStatus.failed,
    means: 'An answer was lost, or cannot be read; what was asked for may have been done.',
  },
  build: {
    exitStatus: ExitStatus.failed,
    means: "The source of a service's function cannot be built into code that Lambda accepts.",
  },
  machine: {
    exitStatus: ExitStatus.failed,
    means: 'Something on this machine prevents it: the disk, a folder, a port or a process.',
  },
  defect: { exitStatus: ExitStatus.failed, means: 'Something is wrong with dynops itself.' },
  unfinished: {
    exitStatus: ExitStatus.partial,
    means: 'Some of it was done, or the command stopped waiting for the end; the same command continues.',
  },
  interrupted: { exitStatus: ExitStatus.interrupted, means: 'A person or a signal stopped it.' },
  unread: {
    exitStatus: ExitStatus.done,
    means: 'The reader of the output has gone, as with `| head`; the command ends quietly.',
  },
} as const satisfies Record<string, { exitStatus: ExitStatus; means: string }>;

export type FailureKind = keyof typeof failureKinds;

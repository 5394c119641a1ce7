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
    means: 'Somebody would have to be asked, and nobody can be: `--no-input`, `CI`, or no terminal; nothing was done.',
  },
  credentials: {
    exitStatus: ExitStatus.credentials,
    means: 'AWS credentials, a password or a token are missing, have expired, or are refused.',
  },
  denied: { exitStatus: ExitStatus.credentials, means: 'AWS does not allow the call to who makes it.' },
  absent: { exitStatus: ExitStatus.failed, means: 'What the command is about, or needs, does not exist.' },
  conflict: { exitStatus: ExitStatus.failed, means: 'What is there does not allow what was asked for.' },
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
    means: "The source of a service's function does not become code that Lambda takes.",
  },
  machine: {
    exitStatus: ExitStatus.failed,
    means: 'This machine stands in the way: its disk, folders, ports or processes.',
  },
  defect: { exitStatus: ExitStatus.failed, means: 'Something is wrong with dynops itself.' },
  unfinished: {
    exitStatus: ExitStatus.partial,
    means: 'Some of it was done, or its end was not waited for; the same command goes on.',
  },
  interrupted: { exitStatus: ExitStatus.interrupted, means: 'A person or a signal stopped it.' },
  unread: {
    exitStatus: ExitStatus.done,
    means: 'Nobody reads the output any more, as behind `| head`; it ends quietly.',
  },
} as const satisfies Record<string, { exitStatus: ExitStatus; means: string }>;

export type FailureKind = keyof typeof failureKinds;

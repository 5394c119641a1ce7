/** The exit statuses of `dynops`; scripts rely on them. */
export const ExitStatus = {
  done: 0,
  failed: 1,
  /** Stopped part-way: the same command, run again, goes on. */
  partial: 2,
  /** A check said no: changes or drift with `--exit-code`, a missed load threshold. */
  checkFailed: 3,
  credentials: 4,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

export interface DynopsErrorDetails {
  /** Stable name: an AWS error's own (`ResourceConflictException`), or ours (`ForeignResource`). */
  code: string;
  /** What failed and why, in one or two sentences. */
  message: string;
  /** What to do about it: a command where there is one. */
  hint?: string | undefined;
  exitStatus?: ExitStatus;
  /** AWS's request id, where an AWS call failed. */
  requestId?: string | undefined;
  /** What the command had done to each resource when it failed. */
  resources?: readonly object[] | undefined;
  cause?: unknown;
}

/** The one error that reaches users: what failed, why, what to do. */
export class DynopsError extends Error {
  override readonly name = 'DynopsError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitStatus: ExitStatus;
  readonly requestId: string | undefined;
  readonly resources: readonly object[] | undefined;

  constructor(details: DynopsErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
    this.exitStatus = details.exitStatus ?? ExitStatus.failed;
    this.requestId = details.requestId;
    this.resources = details.resources;
  }
}

/** A command line or a settings file that cannot be acted on; nothing has been done. */
export function usageError(message: string, hint?: string): DynopsError {
  return new DynopsError({ code: 'Usage', message, hint, exitStatus: ExitStatus.usage });
}

import type { ErrorCode } from './error-codes.ts';

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

/** What an AWS error is about, where its name alone does not tell. */
export type AwsProblem =
  | 'account-not-open'
  | 'clock'
  | 'credential-process'
  | 'denied'
  | 'mfa'
  | 'no-credentials'
  | 'no-profile'
  | 'not-served'
  | 'profile-settings'
  | 'quota'
  | 'refused-value'
  | 'rejected-credentials'
  | 'session-expired'
  | 'sso-session'
  | 'too-many-attempts'
  | 'unreachable'
  | 'untrusted-server'
  | 'user-disabled'
  | 'vanished'
  | 'wrong-password';

/** What advice is worded from. Below the command line nobody knows which command, with which options, mends a thing. */
export interface ErrorFacts {
  problem?: AwsProblem | undefined;
  endpoint?: string | undefined;
  region?: string | undefined;
  profile?: string | undefined;
  /** IAM's name of what may not be done, and the ARN that it may not be done to. */
  action?: string | undefined;
  resource?: string | undefined;
  resourceType?: string | undefined;
  /** What the stack was to be, by the settings' names. */
  settings?: Readonly<Record<string, unknown>> | undefined;
  /** The step of the tutorial that makes what is missing. */
  step?: string | undefined;
  username?: string | undefined;
  /** Some of it stands. */
  begun?: boolean | undefined;
  /** Something was changed, and the same command goes on from there. */
  goesOn?: boolean | undefined;
  /** So many attempts failed in a row that another is in vain. */
  attempts?: number | undefined;
  /** The AWS CLI's command that ends a protection. */
  endsProtection?: string | undefined;
  /** What is protected could be kept by an option. */
  canBeKept?: boolean | undefined;
  /** The function may have run. */
  mayHaveRun?: boolean | undefined;
}

interface Details {
  /** What failed and why, in one or two sentences. */
  message: string;
  facts?: ErrorFacts | undefined;
  /** What to do about it, where who throws knows better than the command line: no command is named in it. */
  hint?: string | undefined;
  exitStatus?: ExitStatus | undefined;
  /** AWS's request id, where an AWS call failed. */
  requestId?: string | undefined;
  /** What the command had done to each resource when it failed. */
  resources?: readonly object[] | undefined;
  cause?: unknown;
}

/** Under a code of ours, or the name that AWS, the API or Node.js gave (`ResourceConflictException`, `ECONNREFUSED`). */
export type DynopsErrorDetails = Details & ({ code: ErrorCode } | { foreignCode: string });

/** The one error that reaches users: what failed and why. What to do is worded from its code and facts. */
export class DynopsError extends Error {
  override readonly name = 'DynopsError';
  readonly code: string;
  readonly facts: ErrorFacts;
  readonly hint: string | undefined;
  readonly exitStatus: ExitStatus;
  readonly requestId: string | undefined;
  readonly resources: readonly object[] | undefined;

  constructor(details: DynopsErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = 'code' in details ? details.code : details.foreignCode;
    this.facts = details.facts ?? {};
    this.hint = details.hint;
    this.exitStatus = details.exitStatus ?? ExitStatus.failed;
    this.requestId = details.requestId;
    this.resources = details.resources;
  }

  /** The same failure, with what the caller knows of it besides. */
  with(more: Partial<Details>): DynopsError {
    const { code: foreignCode, message, hint, exitStatus, requestId, resources, cause } = this;
    const facts = { ...this.facts, ...more.facts };
    const made = { foreignCode, message, hint, exitStatus, requestId, resources, cause, ...more, facts };
    // Where it happened is where it was thrown first.
    return Object.assign(new DynopsError(made), { stack: this.stack });
  }
}

/** A command line or a settings file that cannot be acted on; nothing has been done. */
export function usageError(message: string, hint?: string): DynopsError {
  return new DynopsError({ code: 'Usage', message, hint, exitStatus: ExitStatus.usage });
}

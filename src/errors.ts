import { type ErrorCode, errorCodes } from './error-codes.ts';
import type { ExitStatus } from './exit-status.ts';
import { type FailureKind, failureKinds } from './failure-kinds.ts';

/** What an AWS error is about, where its name alone does not tell, and the kind of failure that this is. */
const problemKinds = {
  'account-not-open': 'credentials',
  clock: 'credentials',
  'credential-process': 'credentials',
  denied: 'denied',
  'engine-stopped': 'unfinished',
  mfa: 'credentials',
  'no-credentials': 'credentials',
  'no-profile': 'credentials',
  'not-served': 'refused',
  'profile-settings': 'credentials',
  quota: 'refused',
  'refused-value': 'refused',
  'rejected-credentials': 'credentials',
  'session-expired': 'credentials',
  'sso-session': 'credentials',
  'too-many-attempts': 'credentials',
  unreachable: 'unreachable',
  unsendable: 'credentials',
  'untrusted-server': 'unreachable',
  'user-disabled': 'credentials',
  vanished: 'unfinished',
  'wrong-password': 'credentials',
} as const satisfies Record<string, FailureKind>;

export type AwsProblem = keyof typeof problemKinds;

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
  /** AWS's request id, where an AWS call failed. */
  requestId?: string | undefined;
  /** What the command had done to each resource when it failed. */
  resources?: readonly object[] | undefined;
  cause?: unknown;
}

/** Under a code of ours, or the name that AWS, the API or Node.js gave (`ResourceConflictException`, `ECONNREFUSED`). */
export type DynopsErrorDetails = Details & ({ code: ErrorCode } | ForeignCode);

interface ForeignCode {
  foreignCode: string;
  /** Where `facts.problem` does not tell it; a code of ours has its own. */
  kind?: FailureKind | undefined;
}

/** The one error that reaches users: what failed and why. What to do is worded from its code and facts. */
export class DynopsError extends Error {
  override readonly name = 'DynopsError';
  readonly code: string;
  readonly facts: ErrorFacts;
  readonly hint: string | undefined;
  readonly kind: FailureKind;
  readonly requestId: string | undefined;
  readonly resources: readonly object[] | undefined;

  constructor(details: DynopsErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = 'code' in details ? details.code : details.foreignCode;
    this.facts = details.facts ?? {};
    this.hint = details.hint;
    this.kind = kindOf(details);
    this.requestId = details.requestId;
    this.resources = details.resources;
  }

  get exitStatus(): ExitStatus {
    return failureKinds[this.kind].exitStatus;
  }

  /** The same failure, with what the caller knows of it besides. */
  with(more: Partial<Details> & { kind?: FailureKind }): DynopsError {
    const { code: foreignCode, message, hint, kind, requestId, resources, cause } = this;
    const facts = { ...this.facts, ...more.facts };
    const made = { foreignCode, message, hint, kind, requestId, resources, cause, ...more, facts };
    // Where it happened is where it was thrown first.
    return Object.assign(new DynopsError(made), { stack: this.stack });
  }
}

function kindOf(details: DynopsErrorDetails): FailureKind {
  if ('code' in details) return errorCodes[details.code].kind;
  const { problem } = details.facts ?? {};
  return details.kind ?? (problem === undefined ? 'refused' : problemKinds[problem]);
}

/** A command line or a settings file that cannot be acted on; nothing has been done. */
export function usageError(message: string, hint?: string): DynopsError {
  return new DynopsError({ code: 'Usage', message, hint });
}

/** Why a file could not be read or written, without Node's code and call: `no such file or directory`. */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return /^E[A-Z0-9]+: (.+?), [a-z]+(?: '.*)?$/s.exec(message)?.[1] ?? message;
}

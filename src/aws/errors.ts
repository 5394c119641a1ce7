import type { Target } from '../endpoint/target.ts';
import { DynopsError, ExitStatus } from '../errors.ts';

/** What the SDK throws, as far as it can be relied on. */
interface SdkError extends Error {
  code?: string;
  Code?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string; clockSkewCorrected?: boolean };
  /** On what AWS's model of errors has told; not where an answer could not be read. */
  $fault?: string;
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

const throttlingCodes = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'TooManyRequests',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'BandwidthLimitExceeded',
  'ProvisionedThroughputExceededException',
  'SlowDown',
]);

const lostCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalFailure',
  'InternalError',
  'InternalErrorException',
  'InternalServerError',
  'InternalServerErrorException',
  'ServiceException',
  'ServiceFailure',
  'ServiceFailureException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'UnreadableAnswer',
]);

const missingCodes = new Set([
  'NoSuchEntity',
  'NoSuchEntityException',
  'NotFoundException',
  'ResourceNotFoundException',
  'UserNotFoundException',
]);

const existsCodes = new Set([
  'EntityAlreadyExists',
  'EntityAlreadyExistsException',
  'ResourceAlreadyExistsException',
  'ResourceInUseException',
  'UsernameExistsException',
]);

const unsupportedCodes = new Set([
  'UnknownOperationException',
  'UnsupportedOperation',
  'NotImplemented',
  'NotImplementedException',
  'InvalidAction',
  'UnknownAction',
  'UnknownOperation',
]);

/** The request did not take effect and may be sent again. `LimitExceededException` is a quota, though also HTTP 429. */
export const isThrottled = (error: DynopsError) => throttlingCodes.has(error.code);

/** Sent or not, done or not: nobody knows. */
export const isAnswerLost = (error: DynopsError) =>
  !isUnsupported(error) &&
  (lostCodes.has(error.code) || error.code === 'AnswerLost' || (metadataOf(error)?.httpStatusCode ?? 0) >= 500);

/** Something came, and what was made is not in it. */
export const answerLost = (message: string) => new DynopsError({ code: 'AnswerLost', message });

/** A call made `once` was sent, and what became of it is not known. */
export const isOutcomeUnknown = (error: unknown): error is DynopsError =>
  error instanceof DynopsError && error.code === 'AnswerLost';

const lasting = new WeakSet<DynopsError>();

/** It failed so often in a row that looking and trying again is in vain. */
export const isLasting = (error: DynopsError) => lasting.has(error);

/** The failure of the last of so many attempts, as one that lasts. */
export function lastingFailure(error: DynopsError, attempts: number): DynopsError {
  const { code, message, hint, requestId, exitStatus } = error;
  const made = new DynopsError({
    code,
    message: `${message} (${attempts} attempts)`,
    hint:
      hint ??
      'The service fails or does not answer. Run the same command again when it does: it goes on from what stands.',
    requestId,
    exitStatus,
    cause: error.cause,
  });
  lasting.add(made);
  return made;
}

/** No connection came about, so nothing was sent. */
export const isUnsent = (error: DynopsError) => error.code === 'ECONNREFUSED' || error.code === 'EAI_AGAIN';

/** This machine's clock is wrong; from the refusal the SDK has learnt by how much, and signs the next attempt by it. */
export const isClockCorrected = (error: DynopsError) => metadataOf(error)?.clockSkewCorrected === true;

/** Something else is changing the same thing at this moment; nothing was done. */
export function isConcurrentChange(error: DynopsError): boolean {
  if (/^(ConcurrentModification|OperationAborted)(Exception)?$/.test(error.code)) return true;
  if (error.code === 'ConflictException') return error.message.includes('concurrent modification');
  return (
    error.code === 'ResourceConflictException' &&
    /update is in progress|concurrent update|following state: Pending/.test(error.message)
  );
}

/** Cognito has no name of its own for a domain that is not there. */
export const isMissing = (error: unknown) =>
  error instanceof DynopsError && (missingCodes.has(error.code) || /No such domain/.test(error.message));
/** For removals: gone already is what was wanted. */
export function ignoreMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

export const isExisting = (error: unknown) =>
  error instanceof DynopsError &&
  (existsCodes.has(error.code) || /already (exist|associated with|has )/i.test(error.message));

/** The endpoint does not serve this call at all. */
export function isUnsupported(error: unknown): boolean {
  if (!(error instanceof DynopsError)) return false;
  const status = statusOf(error.cause);
  // A page of a server that knows no such address.
  const isUnknownPlace = error.code === 'UnreadableAnswer' && (status === 404 || status === 405);
  return unsupportedCodes.has(error.code) || status === 501 || isUnknownPlace;
}

/** A new role is not known to Lambda at once. The code alone also stands for real mistakes in the input. */
export const isRoleNotReady = (error: unknown) =>
  error instanceof DynopsError &&
  error.code === 'InvalidParameterValueException' &&
  /cannot be assumed by Lambda|execution role does not have permissions/.test(error.message);

function statusOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { $metadata, $response } = cause as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** What came is no answer of AWS's: half of one, or a page of something in between. */
function isUnreadable(error: SdkError): boolean {
  return error.$response !== undefined && (error.$fault === undefined || /^Unknown(Error)?$/.test(error.name));
}

function metadataOf(error: DynopsError): SdkError['$metadata'] {
  return error.cause instanceof Error ? (error.cause as SdkError).$metadata : undefined;
}

/** An SDK error → DynopsError: AWS's own name and request id, what failed, and for credentials the command that mends it. */
export function translate(
  cause: unknown,
  context: { service: string; operation: string; target: Target },
): DynopsError {
  if (cause instanceof DynopsError) return cause;
  const error = (cause instanceof Error ? cause : new Error(String(cause))) as SdkError;
  const code = error.Code ?? (lostCodes.has(error.code ?? '') ? (error.code ?? '') : error.name);
  const { service, operation, target } = context;
  if (isUnreadable(error)) {
    const type = error.$response?.headers?.['content-type'] ?? 'no content type';
    return new DynopsError({
      code: 'UnreadableAnswer',
      message: `${service} ${operation}: HTTP ${statusOf(error)}, and no answer of AWS's in it (${type}).`,
      hint: target.endpoint
        ? `Is ${target.endpoint} an AWS-compatible endpoint, and is nothing in between?`
        : undefined,
      requestId: error.$metadata?.requestId,
      cause,
    });
  }
  const denied = deniedHint(code, error.message, target);
  const unreachable = error.code === 'ECONNREFUSED' || error.code === 'ENOTFOUND';
  return new DynopsError({
    code: error.code === 'ENOTFOUND' ? 'ENOTFOUND' : code,
    message: `${service} ${operation}: ${error.message || code}`,
    hint: denied ?? (unreachable ? unreachableHint(target) : lastingHint(code)),
    exitStatus: denied ? ExitStatus.credentials : ExitStatus.failed,
    requestId: error.$metadata?.requestId,
    cause,
  });
}

function unreachableHint({ kind, endpoint, region }: Target): string {
  switch (kind) {
    case 'local':
      return 'The embedded engine has ended. Run the same command again: it is started anew, with all that it stored.';
    case 'endpoint':
      return `Nothing answers at ${endpoint}; is it running?`;
    case 'aws':
      return `AWS cannot be reached. Is this machine online, and is there a region ${region}?`;
  }
}

/** For refusals that running the same command again cannot change. */
function lastingHint(code: string): string | undefined {
  if (/^(LimitExceeded|ServiceQuotaExceeded)(Exception)?$/.test(code)) {
    return 'A quota of the account is used up: delete what is not needed, or have it raised under Service Quotas.';
  }
  return unsupportedCodes.has(code)
    ? 'The endpoint does not serve this call, and the stack cannot do without it.'
    : undefined;
}

/** What to do about credentials that are missing, stale or too weak; undefined when the error is about something else. */
function deniedHint(code: string, message: string, target: Target): string | undefined {
  const profile = target.profile ? ` --profile ${target.profile}` : '';
  if (/\bsso/i.test(message) && /(expired|invalid|not found|refresh|login|token)/i.test(message)) {
    return `Run \`aws sso login${profile}\`, then this command again.`;
  }
  const endpoint = target.kind === 'endpoint' ? ` --endpoint-url ${target.endpoint}` : '';
  if (/multi-factor|\bMFA\b/i.test(message) && code === 'CredentialsProviderError') {
    return 'dynops cannot ask for MFA codes: get a session by `aws sts get-session-token`, and set the AWS_… variables that it answers.';
  }
  if (
    /^(RequestTimeTooSkewed|RequestInTheFuture)$/.test(code) ||
    /signature (expired|not yet current)/i.test(message)
  ) {
    return "This machine's clock differs from AWS's by minutes: set it right, then run this command again.";
  }
  switch (code) {
    case 'OptInRequired':
    case 'SubscriptionRequiredException':
      return 'The account is not open for this service or region yet: finish its sign-up in the AWS console, or enable the region.';
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      if (/profile/i.test(message) && target.profile) {
        return `Make the profile with \`aws configure${profile}\`, or name another with --profile.`;
      }
      return `No AWS credentials were found. Run \`aws configure${profile}\` (or \`aws sso login${profile}\`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'RequestExpired':
      return `The session has expired. Run \`aws sso login${profile}\`, or renew the AWS_SESSION_TOKEN you set.`;
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
    case 'MissingAuthenticationTokenException':
    case 'AuthFailure':
      return `The endpoint does not accept these credentials. Check them with \`aws sts get-caller-identity${profile}${endpoint}\`.`;
    case 'AccessDenied':
    case 'AccessDeniedException':
    case 'UnauthorizedOperation': {
      const action = /perform: ([\w-]+:\w+)/.exec(message)?.[1];
      const resource = /on resource: (\S+)/.exec(message)?.[1];
      if (!action) return 'Ask for the permission that the message names, or use a profile that has it.';
      return `Ask for the permission ${action}${resource ? ` on ${resource}` : ''}, or use a profile that has it (--profile NAME).`;
    }
    default:
      return undefined;
  }
}

/** What was just there is not any more: another command removed it. Looking again tells what to do. */
export function vanished(what: string): DynopsError {
  return new DynopsError({
    code: 'NotFoundException',
    message: `${what} has disappeared while it was waited for.`,
    hint: 'Is another command deleting the stack at the same time?',
    exitStatus: ExitStatus.partial,
  });
}

import { connectionReason, isUntrusted, otherThan, throughProxy } from '../endpoint/on-the-way.ts';
import type { Target } from '../endpoint/target.ts';
import { type AwsProblem, DynopsError } from '../errors.ts';
import { tooLargeName } from './exchange-limit.ts';

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

/** It failed so often in a row that looking and trying again is in vain. */
export const isLasting = (error: DynopsError) => error.facts.attempts !== undefined;

/** The failure of the last of so many attempts, as one that lasts. */
export function lastingFailure(error: DynopsError, attempts: number): DynopsError {
  return error.with({ message: `${error.message} (${attempts} attempts)`, facts: { attempts } });
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

/** Nor is it to Cognito. */
export const isSmsRoleNotReady = (error: unknown) =>
  error instanceof DynopsError &&
  ['InvalidSmsRoleTrustRelationshipException', 'InvalidSmsRoleAccessPolicyException'].includes(error.code);

function statusOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { $metadata, $response } = cause as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** What came is no answer of AWS's: half of one, or a page of something in between. */
function isUnreadable(error: SdkError): boolean {
  if (error.name === 'TimeoutError' || error.name === tooLargeName) return false;
  return error.$response !== undefined && (error.$fault === undefined || /^Unknown(Error)?$/.test(error.name));
}

function metadataOf(error: DynopsError): SdkError['$metadata'] {
  return error.cause instanceof Error ? (error.cause as SdkError).$metadata : undefined;
}

/** An SDK error → DynopsError: AWS's own name and request id, what failed, and what it is about. */
export function translate(
  cause: unknown,
  context: { service: string; operation: string; target: Target },
): DynopsError {
  if (cause instanceof DynopsError) return cause;
  const error = (cause instanceof Error ? cause : new Error(String(cause))) as SdkError;
  // Node's own errors have a code; what else is called Error has nothing better.
  const isSystem = lostCodes.has(error.code ?? '') || (error.name === 'Error' && error.code !== undefined);
  const code = error.Code ?? (isSystem ? (error.code ?? '') : error.name);
  const { service, operation, target } = context;
  const { endpoint, region, profile } = target;
  const requestId = error.$metadata?.requestId;
  if (isUnreadable(error)) {
    const type = error.$response?.headers?.['content-type'] ?? 'no content type';
    return new DynopsError({
      code: 'UnreadableAnswer',
      message: `${service} ${operation}: HTTP ${statusOf(error)}, and the body is not a response from AWS (${type}).`,
      facts: { endpoint },
      requestId,
      cause,
    });
  }
  if (otherThan(error) || error.name === tooLargeName) {
    return new DynopsError({
      code: 'UnreadableAnswer',
      message: `${service} ${operation}${throughProxy(cause)}: ${connectionReason(error)}.`,
      facts: { endpoint },
      cause,
    });
  }
  const denial = denialOf(code, error.message, target);
  return new DynopsError({
    foreignCode: error.code === 'ENOTFOUND' ? 'ENOTFOUND' : code,
    message: `${service} ${operation}${throughProxy(cause)}: ${connectionReason(error).replace(sdkAdvice, '') || code}`,
    facts: {
      endpoint,
      region,
      profile,
      problem: denial ?? connectionProblem(error, target) ?? lastingProblem(code),
      ...(denial === 'denied' && {
        action: /perform: ([\w-]+:\w+)/.exec(error.message)?.[1],
        resource: /on resource: (\S+)/.exec(error.message)?.[1],
      }),
    },
    requestId,
    cause,
  });
}

/** Meant for who programs with the SDK. */
const sdkAdvice = /\n {2}Deserialization error: .*$/s;

const unreachableCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** Nobody was reached, or nobody who can be trusted. */
function connectionProblem(error: SdkError, { kind }: Target): AwsProblem | undefined {
  if (isUntrusted(error)) return 'untrusted-server';
  // A value from the environment, as that of a trace.
  if (error.code === 'ERR_INVALID_CHAR') return 'unsendable';
  if (!unreachableCodes.has(error.code ?? '')) return undefined;
  return kind === 'local' ? 'engine-stopped' : 'unreachable';
}

/** For refusals that running the same command again cannot change. */
function lastingProblem(code: string): AwsProblem | undefined {
  if (/^(LimitExceeded|ServiceQuotaExceeded)(Exception)?$/.test(code)) return 'quota';
  if (refusedValueCodes.test(code)) return 'refused-value';
  return unsupportedCodes.has(code) ? 'not-served' : undefined;
}

const refusedValueCodes =
  /^(Validation|InvalidParameterValue|InvalidParameter|InvalidParameterCombination|InvalidInput|InvalidRequest|MalformedPolicyDocument)(Exception|Error)?$/;

/** What is the matter with credentials that are missing, stale or too weak; undefined when the error is about something else. */
function denialOf(code: string, message: string, { profile }: Target): AwsProblem | undefined {
  if (/\bsso/i.test(message) && /(expired|invalid|not found|refresh|login|token)/i.test(message)) return 'sso-session';
  if (/multi-factor|\bMFA\b/i.test(message) && code === 'CredentialsProviderError') return 'mfa';
  if (
    /^(RequestTimeTooSkewed|RequestInTheFuture)$/.test(code) ||
    /signature (expired|not yet current)/i.test(message)
  ) {
    return 'clock';
  }
  if (/^(Credentials|Token)ProviderError$/.test(code)) {
    return /profile/i.test(message) && profile ? 'no-profile' : 'no-credentials';
  }
  return denials.get(code);
}

const denials = new Map<string, AwsProblem>([
  ['OptInRequired', 'account-not-open'],
  ['SubscriptionRequiredException', 'account-not-open'],
  ['ExpiredToken', 'session-expired'],
  ['ExpiredTokenException', 'session-expired'],
  ['RequestExpired', 'session-expired'],
  ['UnrecognizedClientException', 'rejected-credentials'],
  ['InvalidClientTokenId', 'rejected-credentials'],
  ['InvalidSignatureException', 'rejected-credentials'],
  ['SignatureDoesNotMatch', 'rejected-credentials'],
  ['IncompleteSignature', 'rejected-credentials'],
  ['MissingAuthenticationToken', 'rejected-credentials'],
  ['MissingAuthenticationTokenException', 'rejected-credentials'],
  ['AuthFailure', 'rejected-credentials'],
  ['AccessDenied', 'denied'],
  ['AccessDeniedException', 'denied'],
  ['UnauthorizedOperation', 'denied'],
]);

/** What was just there is not any more: another command removed it. Looking again tells what to do. */
export function vanished(what: string): DynopsError {
  return new DynopsError({
    foreignCode: 'NotFoundException',
    message: `${what} disappeared while dynops was waiting for it.`,
    facts: { problem: 'vanished' },
  });
}

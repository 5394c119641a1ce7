import { ResourceNotFoundException as NoLogGroup } from '@aws-sdk/client-cloudwatch-logs';
import {
  InvalidParameterException,
  ResourceNotFoundException as NoPool,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { ResourceNotFoundException as NoTable, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { EntityAlreadyExistsException, NoSuchEntityException } from '@aws-sdk/client-iam';
import { ResourceNotFoundException as NoFunction, ResourceConflictException } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import {
  ignoreMissing,
  isAnswerLost,
  isConcurrentChange,
  isExisting,
  isMissing,
  isRoleNotReady,
  isThrottled,
  isUnsupported,
  translate,
} from '../../src/aws/errors.ts';
import { DynopsError } from '../../src/errors.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { awsError, socketError } from './mocks.ts';

const target = { kind: 'aws', endpoint: undefined, region: 'eu-west-1', credentials: undefined } as const;
const told = (cause: unknown, profile?: string) =>
  translate(cause, { service: 'Lambda', operation: 'GetFunction', target: { ...target, profile } });
const $metadata = { httpStatusCode: 404 };

describe('an error is told with AWS’s own name', () => {
  it('and its request id; IAM’s is the one on the wire, not the SDK’s class', () => {
    const error = told(awsError('DeleteConflictException', 'must detach', { status: 409, wireCode: 'DeleteConflict' }));
    expect(error).toMatchObject({ code: 'DeleteConflict', requestId: 'request-1', exitStatus: ExitStatus.failed });
    expect(error.message).toBe('Lambda GetFunction: must detach');
  });

  it('one of ours is passed on as it is', () => {
    const ours = new DynopsError({ code: 'WaitedTooLong', message: 'waited' });
    expect(told(ours)).toBe(ours);
  });
});

it.each([
  ['local', ExitStatus.partial],
  ['endpoint', ExitStatus.failed],
  ['aws', ExitStatus.failed],
] as const)(
  'nobody is there: the engine starts again with the same command, others do not (%s)',
  (kind, exitStatus) => {
    const context = { service: 'STS', operation: 'GetCallerIdentity', target: { ...target, kind, profile: undefined } };
    expect(translate(socketError('ECONNREFUSED'), context)).toMatchObject({ code: 'ECONNREFUSED', exitStatus });
  },
);

describe('an answer that is none of AWS’s', () => {
  const page = (statusCode: number, name = 'SyntaxError') =>
    Object.assign(new Error('Unexpected token <'), {
      name,
      $response: { statusCode, headers: { 'content-type': 'text/html' } },
    });

  it.each([
    [200, 'SyntaxError'],
    [502, 'Unknown'],
    [403, 'Unknown'],
  ])('%i: the call may have taken effect, and what came is told', (status, name) => {
    const error = told(page(status, name));
    expect(error).toMatchObject({ code: 'UnreadableAnswer', message: expect.stringContaining(`HTTP ${status}`) });
    expect(error.message).toContain('text/html');
    expect(isAnswerLost(error)).toBe(true);
    expect(isUnsupported(error)).toBe(false);
  });

  it.each([404, 405, 501])('%i: such a call is not served there', (status) => {
    expect(isUnsupported(told(page(status, 'Unknown')))).toBe(true);
    expect(isAnswerLost(told(page(status, 'Unknown')))).toBe(false);
  });

  it('is told apart from AWS’s own errors', () => {
    const own = Object.assign(awsError('BadRequestException', 'no'), {
      $fault: 'client',
      $response: { statusCode: 400 },
    });
    expect(told(own).code).toBe('BadRequestException');
  });
});

describe('what is not there', () => {
  it.each([
    ['IAM', Object.assign(new NoSuchEntityException({ $metadata, message: 'no role' }), { Code: 'NoSuchEntity' })],
    ['Lambda', new NoFunction({ $metadata, message: 'Function not found', Type: 'User' })],
    ['DynamoDB', new NoTable({ $metadata, message: 'Requested resource not found: Table: demo not found' })],
    ['Logs', new NoLogGroup({ $metadata, message: 'The specified log group does not exist.' })],
    ['Cognito, a pool', new NoPool({ $metadata, message: 'User pool eu-west-1_x does not exist.' })],
    ['Cognito, a user', new UserNotFoundException({ $metadata, message: 'User does not exist.' })],
    ['Cognito, a domain', new InvalidParameterException({ $metadata, message: 'No such domain or user pool exists.' })],
    ['API Gateway', awsError('NotFoundException', 'Invalid API identifier specified', { status: 404 })],
  ])('%s', (_service, cause) => {
    expect(isMissing(told(cause))).toBe(true);
    expect(ignoreMissing(told(cause))).toBeUndefined();
  });

  it('is not the same as what may not be looked at', () => {
    const denied = told(awsError('AccessDeniedException', 'not authorized to perform: lambda:GetFunction'));
    expect(() => ignoreMissing(denied)).toThrow(denied);
    expect(isMissing(new Error('User does not exist.'))).toBe(false);
  });
});

describe('what is there already', () => {
  it.each([
    Object.assign(new EntityAlreadyExistsException({ $metadata, message: 'Role with name demo already exists.' }), {
      Code: 'EntityAlreadyExists',
    }),
    new ResourceInUseException({ $metadata, message: 'Table already exists: demo' }),
    new ResourceConflictException({ $metadata, message: 'Function already exist: demo', Type: 'User' }),
    awsError('ResourceConflictException', 'The statement id (x) provided already exists. Please provide a new one.'),
    awsError('ConflictException', 'Another resource with the same parent already has this name: items'),
    awsError('BadRequestException', 'Authorizer name must be unique. Authorizer x already exists in this RestApi.'),
    awsError('UsernameExistsException', 'User account already exists'),
    awsError('ResourceAlreadyExistsException', 'The specified log group already exists'),
    awsError('InvalidParameterException', 'Domain already associated with another user pool.'),
  ])('$name: $message', (cause) => {
    const error = told(cause);
    expect([isExisting(error), isMissing(error), isConcurrentChange(error)]).toEqual([true, false, false]);
  });
});

describe('throttling and conflicts', () => {
  it.each([
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestThrottled',
    'RequestLimitExceeded',
    'ProvisionedThroughputExceededException',
  ])('%s passes', (name) => {
    expect(isThrottled(told(awsError(name, 'Rate exceeded', { status: 429 })))).toBe(true);
  });

  it('a quota does not pass by waiting, though it too is answered with 429', () => {
    const quota = told(awsError('LimitExceededException', 'Maximum number of APIs reached', { status: 429 }));
    expect([isThrottled(quota), isAnswerLost(quota), isConcurrentChange(quota)]).toEqual([false, false, false]);
  });

  it.each([
    ['ConcurrentModification', 'The request was rejected because multiple requests were submitted'],
    ['ConcurrentModificationException', 'modified'],
    ['OperationAbortedException', 'A conflicting operation is currently in progress against this resource.'],
    ['ConflictException', 'Unable to complete operation due to concurrent modification. Please try again later.'],
    ['ResourceConflictException', 'The operation cannot be performed at this time. An update is in progress for x'],
    ['ResourceConflictException', 'The function is currently in the following state: Pending'],
    ['ResourceConflictException', 'The function could not be updated due to a concurrent update operation.'],
  ])('%s: %s', (name, message) => {
    expect(isConcurrentChange(told(awsError(name, message, { status: 409 })))).toBe(true);
  });

  it('a conflict with what stands is not one that passes', () => {
    const message = "Cannot delete authorizer 'x', is referenced in method: POST//items";
    expect(isConcurrentChange(told(awsError('ConflictException', message, { status: 409 })))).toBe(false);
  });
});

describe('an answer that nobody got', () => {
  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'EAI_AGAIN'])('%s on the socket', (code) => {
    expect(isAnswerLost(told(socketError(code)))).toBe(true);
  });

  it.each([
    awsError('TimeoutError', 'Connection timed out', { status: 0 }),
    awsError('ServiceException', 'internal', { status: 500 }),
    awsError('InternalErrorException', 'internal', { status: 500 }),
    awsError('ServiceFailureException', 'internal', { status: 500, wireCode: 'ServiceFailure' }),
    awsError('SyntaxError', 'Unexpected token <', { status: 502 }),
  ])('$name', (cause) => {
    expect(isAnswerLost(told(cause))).toBe(true);
  });

  it('is not an operation that the endpoint does not serve', () => {
    const unserved = told(awsError('InternalFailure', 'not implemented', { status: 501 }));
    expect(isUnsupported(unserved)).toBe(true);
    const unknown = told(awsError('UnknownOperationException', 'unknown', { status: 500 }));
    expect([isUnsupported(unknown), isAnswerLost(unknown)]).toEqual([true, false]);
  });
});

describe('a role that Lambda does not know yet', () => {
  it.each([
    ['The role defined for the function cannot be assumed by Lambda.', true],
    ['The provided execution role does not have permissions to call CreateNetworkInterface on EC2', true],
    ['The runtime parameter of python3.7 is no longer supported', false],
  ])('%s', (message, expected) => {
    expect(isRoleNotReady(told(awsError('InvalidParameterValueException', message)))).toBe(expected);
  });
});

describe('credentials', () => {
  it.each([
    ['ExpiredToken', 'The security token included in the request is expired', 'session-expired'],
    ['ExpiredTokenException', 'The security token included in the request is expired', 'session-expired'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid', 'rejected-credentials'],
    ['InvalidClientTokenId', 'The security token included in the request is invalid', 'rejected-credentials'],
    ['SignatureDoesNotMatch', 'The request signature we calculated does not match', 'rejected-credentials'],
    ['CredentialsProviderError', 'Could not load credentials from any providers', 'no-credentials'],
  ])('%s ends with exit status 4, and tells what is the matter with them', (name, message, problem) => {
    const error = told(awsError(name, message, { status: 403 }), 'work');
    expect(error.exitStatus).toBe(ExitStatus.credentials);
    expect(error.facts).toMatchObject({ problem, profile: 'work' });
  });

  it('an ended SSO session is renewed with the profile’s own login', () => {
    const message = 'The SSO session associated with this profile has expired or is otherwise invalid.';
    const error = told(awsError('CredentialsProviderError', message), 'work');
    expect(error).toMatchObject({ facts: { problem: 'sso-session', profile: 'work' } });
  });

  it('a denial names the action and the resource to ask for', () => {
    const message =
      'User: arn:aws:iam::1:user/ada is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/demo because no identity-based policy allows it';
    const error = told(awsError('AccessDeniedException', message, { status: 403 }));
    expect(error.exitStatus).toBe(ExitStatus.credentials);
    expect(error.facts).toMatchObject({ action: 'iam:PassRole', resource: 'arn:aws:iam::1:role/demo' });
  });

  it.each(['InvalidRequestException', 'ValidationException', 'InvalidParameterValueException'])(
    '%s names a value to be changed',
    (name) => expect(told(awsError(name, 'No.'))).toMatchObject({ facts: { problem: 'refused-value' } }),
  );

  it('are not blamed for a message that happens to hold the letters “sso”', () => {
    const message = 'The certificate associated with the domain is invalid';
    expect(told(awsError('InvalidParameterException', message))).toMatchObject({
      exitStatus: ExitStatus.failed,
      facts: { problem: 'refused-value' },
    });
  });
});

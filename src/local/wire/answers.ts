import type { PlainResponse } from '../http/messages.ts';
import { AwsError, type Protocol } from '../service.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Catalog, ErrorShape } from './catalog.ts';
import { writeJson } from './json-shapes.ts';
import { writeErrorResponse } from './query.ts';
import { writeRestOutput } from './rest.ts';

const jsonTypes = { 'json-1.0': 'application/x-amz-json-1.0', 'json-1.1': 'application/x-amz-json-1.1' } as const;

/** DynamoDB's error types carry its namespace on the wire; the other services' do not. */
const dynamodbErrors = 'com.amazonaws.dynamodb.v20120810#';
const coralErrors = 'com.amazon.coral.service#';
const coral = new Set([
  'SerializationException',
  'UnknownOperationException',
  'InternalFailure',
  'AccessDeniedException',
]);

/** An error → the bytes that the protocol's clients understand. */
export function writeError(options: {
  protocol: Protocol;
  catalog: Catalog | undefined;
  error: AwsError;
  requestId: string;
}): PlainResponse {
  const { protocol, catalog, error, requestId } = options;
  const shape = catalog?.errors.get(error.code);
  const senderFault = shape?.senderFault ?? (error.details.statusCode ?? 400) < 500;
  const wireCode = shape?.wireCode ?? error.code;
  const members = membersOf(error, shape);
  const extra = Object.entries(error.details.headers ?? {});
  switch (protocol) {
    case 'query':
      return {
        status: error.details.statusCode ?? shape?.status ?? 400,
        headers: [['content-type', 'text/xml'], ['x-amzn-requestid', requestId], ...extra],
        body: writeErrorResponse({
          xmlNamespace: catalog?.service.xmlNamespace ?? '',
          requestId,
          code: wireCode,
          message: error.message,
          senderFault,
        }),
      };
    case 'json-1.0':
    case 'json-1.1': {
      const prefix = protocol === 'json-1.1' ? '' : coral.has(wireCode) ? coralErrors : dynamodbErrors;
      // Whatever status a JSON 1.x error's schema names, these services answer 400 for the sender's faults and 500 for their own.
      const status = error.details.statusCode ?? (senderFault ? 400 : 500);
      const written = shape && !catalog?.service.rawJson ? (writeJson(shape.schema, members) as object) : members;
      return {
        status,
        headers: [['content-type', jsonTypes[protocol]], ['x-amzn-requestid', requestId], ...extra],
        body: JSON.stringify({ __type: prefix + wireCode, ...written }),
      };
    }
    case 'rest-json': {
      const status = error.details.statusCode ?? shape?.status ?? 400;
      const written = shape && writeRestOutput(shape.schema, members, status);
      return {
        status,
        headers: [
          ...(written?.headers ?? [['content-type', 'application/json']]),
          ['x-amzn-requestid', requestId],
          ['x-amzn-errortype', wireCode],
          ...extra,
        ],
        body: written?.body ?? JSON.stringify(members),
      };
    }
  }
}

/** The members of the error's own schema: what an error calls its message differs (`Message` in most of Lambda's). */
function membersOf(error: AwsError, shape: ErrorShape | undefined): Record<string, unknown> {
  const names = shape?.schema.isStructSchema() ? [...shape.schema.structIterator()].map(([name]) => name) : [];
  return {
    // Lambda says whose fault it was.
    ...(names.includes('Type') && { Type: shape?.senderFault ? 'User' : 'Service' }),
    [names.find((name) => name.toLowerCase() === 'message') ?? 'message']: error.message,
    ...error.details.members,
  };
}

/** What reaches the client when an operation of ours breaks: no detail of the inside, but that the disk failed. */
export function internalFailure(cause: unknown): AwsError {
  const message =
    cause instanceof StorageError ? cause.message : 'The request processing has failed because of an unknown error.';
  return new AwsError('InternalFailure', message, { statusCode: 500 });
}

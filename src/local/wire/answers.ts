import type { PlainResponse } from '../http/messages.ts';
import { AwsError, type Protocol } from '../service.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { Catalog } from './catalog.ts';
import { writeJson } from './json-shapes.ts';
import { writeErrorResponse } from './query.ts';

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
      return {
        status,
        headers: [['content-type', jsonTypes[protocol]], ['x-amzn-requestid', requestId], ...extra],
        body: JSON.stringify({ __type: prefix + wireCode, message: error.message, ...membersOf(error, catalog) }),
      };
    }
    case 'rest-json':
      return {
        status: error.details.statusCode ?? shape?.status ?? 400,
        headers: [
          ['content-type', 'application/json'],
          ['x-amzn-requestid', requestId],
          ['x-amzn-errortype', wireCode],
          ...extra,
        ],
        body: JSON.stringify({ message: error.message, ...membersOf(error, catalog) }),
      };
  }
}

function membersOf(error: AwsError, catalog: Catalog | undefined): Record<string, unknown> {
  const shape = catalog?.errors.get(error.code);
  if (!shape || !error.details.members) return {};
  if (catalog?.service.rawJson) return error.details.members;
  return (writeJson(shape.schema, error.details.members) ?? {}) as Record<string, unknown>;
}

/** What reaches the client when an operation of ours breaks: no detail of the inside, but that the disk failed. */
export function internalFailure(cause: unknown): AwsError {
  const message =
    cause instanceof StorageError ? cause.message : 'The request processing has failed because of an unknown error.';
  return new AwsError('InternalFailure', message, { statusCode: 500 });
}

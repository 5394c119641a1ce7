import type { SSESpecification, StreamSpecification } from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';

/** Nobody reads a stream of this engine, so none is promised. Throws ValidationException. */
export function refuseStreams(specification: StreamSpecification | undefined): void {
  if (!specification?.StreamEnabled) return;
  throw new AwsError('ValidationException', 'StreamSpecification: DynamoDB Streams are not served by this endpoint', {
    statusCode: 400,
  });
}

/** The key that the description names; nothing is encrypted by it here. */
export function encryptionKeyArn(call: Call, specification: SSESpecification | undefined): string | undefined {
  if (!specification?.Enabled) return undefined;
  const { KMSMasterKeyId: key = 'alias/aws/dynamodb' } = specification;
  if (key.startsWith('arn:')) return key;
  const name = key.startsWith('alias/') ? key : `key/${key}`;
  return `arn:aws:kms:${call.region}:${call.engine.accountId}:${name}`;
}

/** Leaves out the members that are not there, as stored records have them. */
export function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

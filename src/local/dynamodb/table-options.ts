import { createHash } from 'node:crypto';
import type { CreateTableInput, SSESpecification, UpdateTableInput } from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { invalid } from './errors.ts';

/** What a table can be made with, or changed to, on AWS and not here. */
const unserved = {
  DisassociationProtectionEnabled: 'global tables',
  GlobalTableSettingsReplicationMode: 'global tables',
  GlobalTableSourceArn: 'global tables',
  GlobalTableWitnessUpdates: 'global tables',
  MultiRegionConsistency: 'global tables',
  ReplicaUpdates: 'global tables',
  ResourcePolicy: 'resource policies',
  VectorIndexes: 'vector indexes',
  VectorIndexUpdates: 'vector indexes',
};

/** Throws ValidationException. */
export function refuseUnserved(input: CreateTableInput | UpdateTableInput): void {
  const refused = (member: string, what: string) =>
    new AwsError('ValidationException', `${member}: ${what} are not served by this endpoint`, { statusCode: 400 });
  const [member, what] = Object.entries(unserved).find(([name]) => Object.hasOwn(input, name)) ?? [];
  if (member !== undefined && what !== undefined) throw refused(member, what);
  // Listed as a value, and refused by AWS itself: hashicorp/terraform-provider-aws#5666.
  if (input.SSESpecification?.SSEType === 'AES256') {
    throw invalid('One or more parameter values were invalid: SSEType AES256 is not supported');
  }
}

/** The key that the description names; nothing is encrypted by it here. */
export function encryptionKeyArn(call: Call, specification: SSESpecification | undefined): string | undefined {
  if (!specification?.Enabled) return undefined;
  const { KMSMasterKeyId: key = managedKeyId(call) } = specification;
  if (key.startsWith('arn:')) return key;
  const name = key.startsWith('alias/') ? key : `key/${key}`;
  return `arn:aws:kms:${call.region}:${call.engine.accountId}:${name}`;
}

/** That of the key which AWS manages for DynamoDB: AWS names it, not its alias, as recorded in LocalStack's test_dynamodb (2024-12). */
function managedKeyId({ region, engine }: Call): string {
  const hash = createHash('sha256').update(`alias/aws/dynamodb ${engine.accountId} ${region}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Leaves out the members that are not there, as stored records have them. */
export function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

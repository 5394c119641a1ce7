import type { Engine } from '../engine.ts';
import { ownMember } from '../own-member.ts';
import { allows, knownPolicy } from './policy.ts';

export interface Tag {
  Key: string;
  Value: string;
}

export interface RoleRecord {
  name: string;
  id: string;
  path: string;
  arn: string;
  trustPolicy: string;
  description?: string;
  maxSessionSeconds: number;
  permissionsBoundary?: string;
  createdAtMs: number;
  /** Lambda cannot assume the role before. */
  assumableAtMs: number;
  /** Policy name → document. */
  inline: Record<string, string>;
  /** ARNs. */
  attached: string[];
  tags: Tag[];
}

export interface PolicyRecord {
  name: string;
  id: string;
  path: string;
  arn: string;
  description?: string;
  createdAtMs: number;
  tags: Tag[];
  /** Newest last; `v1`, `v2`, … */
  versions: { id: string; document: string; createdAtMs: number }[];
  defaultVersion: string;
}

/** Names differ in case only on paper: AWS keeps them unique without regard to it. */
export const nameKey = (name: string) => name.toLowerCase();

export const rolesOf = (engine: Engine) => engine.store.collection<RoleRecord>('iam/roles');
export const policiesOf = (engine: Engine) => engine.store.collection<PolicyRecord>('iam/policies');

export function findRole(engine: Engine, arn: string): RoleRecord | undefined {
  const role = rolesOf(engine).get(nameKey(arn.split('/').at(-1) ?? ''));
  return role?.arn === arn ? role : undefined;
}

/**
 * Whether the role's own policies, inline and attached, allow the action on the resource, and its boundary, if it has one,
 * does too. Conditions count as not met.
 */
export function isAllowed(engine: Engine, request: { roleArn: string; action: string; resource: string }): boolean {
  const role = findRole(engine, request.roleArn);
  if (!role) return false;
  const allowedBy = (documents: (string | undefined)[]) =>
    allows(documents.filter((document) => document !== undefined).map(knownPolicy), request);
  const { permissionsBoundary: boundary } = role;
  if (boundary !== undefined && !allowedBy([managedDocument(engine, boundary)])) return false;
  return allowedBy([...Object.values(role.inline), ...role.attached.map((arn) => managedDocument(engine, arn))]);
}

function managedDocument(engine: Engine, arn: string): string | undefined {
  const policy = policiesOf(engine).get(arn);
  return (
    policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document ?? ownMember(awsManagedPolicies, arn)
  );
}

const allow = (...actions: string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

/** AWS's own policies that roles of functions commonly carry; others can be attached but allow nothing here. */
export const awsManagedPolicies: Record<string, string> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
  'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess': allow('dynamodb:*'),
  'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess': allow(
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:List*',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
  ),
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess': allow('xray:PutTraceSegments', 'xray:PutTelemetryRecords'),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': allow(
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole': allow(
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ),
  'arn:aws:iam::aws:policy/service-role/AWSLambdaRole': allow('lambda:InvokeFunction'),
};

import type { Engine } from '../engine.ts';
import { ownMember } from '../own-member.ts';
import { knownPolicy, rulingOf } from './policy.ts';

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
 * Why a role may not do the action on the resource, as the end of AWS's message says it; undefined: it may. Its own policies, inline and
 * attached, have to allow it, and so has its boundary, if it has one. Conditions count as not met. Source: IAM user guide, "Troubleshoot
 * access denied error messages".
 */
export function denialOf(
  engine: Engine,
  request: { roleArn: string; action: string; resource: string },
): string | undefined {
  const role = findRole(engine, request.roleArn);
  const rulingBy = (documents: (string | undefined)[]) =>
    rulingOf(documents.filter((document) => document !== undefined).map(knownPolicy), request);
  const { inline = {}, attached = [], permissionsBoundary: boundary } = role ?? {};
  const own = rulingBy([...Object.values(inline), ...attached.map((arn) => managedDocument(engine, arn))]);
  const bounds = boundary === undefined ? undefined : rulingBy([managedDocument(engine, boundary)]);
  if (own === 'deny') return 'with an explicit deny in an identity-based policy';
  if (bounds === 'deny') return 'with an explicit deny in a permissions boundary';
  if (own === 'silent') return `because no identity-based policy allows the ${request.action} action`;
  return bounds === 'silent' ? `because no permissions boundary allows the ${request.action} action` : undefined;
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

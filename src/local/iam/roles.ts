import { ownMember } from '../../own-member.ts';
import { AwsError } from '../aws-error.ts';
import type { Engine } from '../engine.ts';
import type { AccessRequest } from '../engine-parts.ts';
import { knownPolicy, namedIn, rulingOf } from './policy.ts';
import { checkTrustPolicy } from './policy-grammar.ts';

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

/** Whether an ARN is of a role or a user that this account would have and has not; there are no users. Others' accounts are not known. */
export function isMissing(engine: Engine, arn: string): boolean {
  const [, account, kind] = /^arn:aws[a-z-]*:iam::(\d{12}):(role|user)\//.exec(arn) ?? [];
  return account === engine.accountId && (kind === 'user' || findRole(engine, arn) === undefined);
}

/** Whom it trusts has to exist. Sources: hashicorp/terraform-provider-aws#8905, opstrace/opstrace#88. */
export function checkTrust(engine: Engine, document: string): void {
  checkTrustPolicy(document);
  const principals = knownPolicy(document).Statement.flatMap(({ Principal }) => namedIn(Principal, 'AWS'));
  const missing = principals.find((arn) => isMissing(engine, arn));
  if (missing !== undefined) {
    throw new AwsError('MalformedPolicyDocumentException', `Invalid principal in policy: "AWS":"${missing}"`);
  }
}

/**
 * Why a role may not do the action on the resource, as the end of AWS's message says it; undefined: it may. Its own policies, inline and
 * attached, have to allow it, or the resource's policy, and so has its boundary, if it has one. What a session is allowed by its own name,
 * its role's boundary does not narrow. Conditions count as not met. Sources: IAM user guide, "Troubleshoot access denied error messages"
 * and "How AWS enforcement code logic evaluates requests".
 */
export function denialOf(
  engine: Engine,
  { roleArn, sessionArn, admits = () => false, ...request }: AccessRequest,
): string | undefined {
  const role = findRole(engine, roleArn);
  const rulingBy = (documents: (string | undefined)[]) =>
    rulingOf(documents.filter((document) => document !== undefined).map(knownPolicy), request);
  const { inline = {}, attached = [], permissionsBoundary: boundary } = role ?? {};
  const own = rulingBy([...Object.values(inline), ...attached.map((arn) => managedDocument(engine, arn))]);
  const bounds = boundary === undefined ? undefined : rulingBy([managedDocument(engine, boundary)]);
  if (own === 'deny') return 'with an explicit deny in an identity-based policy';
  if (bounds === 'deny') return 'with an explicit deny in a permissions boundary';
  if (sessionArn !== undefined && admits([sessionArn])) return undefined;
  if (own === 'silent' && !admits([roleArn]))
    return `because no identity-based policy allows the ${request.action} action`;
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

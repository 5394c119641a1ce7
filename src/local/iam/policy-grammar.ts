import { isObject } from '../../is-object.ts';
import { AwsError } from '../aws-error.ts';
import { asList, isAbout, type Policy, parsePolicy, type Statement } from './policy.ts';

/**
 * What IAM checks of a policy when it is put, in its order and words. Recorded: localstack `iam/test_iam_policies`
 * TestPolicyDocumentValidity and `iam/test_iam_roles` test_update_assume_role_policy_errors (2026).
 */

const elements = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction'],
  ...['Resource', 'NotResource', 'Condition'],
];
const operators = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'ArnEquals',
  'ArnNotEquals',
  'ArnLike',
  'ArnNotLike',
  'Null',
];
const partitions = /^(\*|aws|aws-cn|aws-us-gov|aws-iso(-[bef])?|aws-eusc)$/;
const iamPaths = [
  ...['user', 'federated-user', 'role', 'group', 'instance-profile', 'mfa', 'server-certificate', 'policy', 'sms-mfa'],
  ...['saml-provider', 'oidc-provider', 'report', 'access-report'],
];
/** What a trust policy may be about. Source: IAM user guide, "Methods to assume a role". */
const assuming = [
  ...['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
  ...['TagSession', 'SetSourceIdentity', 'SetContext'],
].map((name) => `sts:${name}`);

/** Of a managed policy: an older version is that of inline policies alone. Throws AwsError MalformedPolicyDocumentException. */
export function checkManagedPolicy(document: string): void {
  const policy = readSyntax(document);
  if (policy.Version !== '2012-10-17') throw malformed('Policy document must be version 2012-10-17 or greater.');
  checkIdentity(policy.Statement);
}

/** Of a role's own policy. Throws as `checkManagedPolicy`. */
export function checkInlinePolicy(document: string): void {
  checkIdentity(readSyntax(document).Statement);
}

/** Throws as `checkManagedPolicy`. */
export function checkTrustPolicy(document: string): void {
  for (const statement of readSyntax(document).Statement) {
    if (statement.Principal === undefined && statement.NotPrincipal === undefined) {
      throw malformed('AssumeRole policy must contain principals.');
    }
    const actions = asList(statement.Action);
    const isAssuming = (action: unknown) => assuming.some((name) => isAbout(action, name));
    if (actions.length === 0 || !actions.every(isAssuming)) {
      throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    for (const field of ['Resource', 'NotResource'] as const) {
      if (statement[field] !== undefined) throw malformed(`Has prohibited field ${field}`);
    }
  }
}

function checkIdentity(statements: Statement[]): void {
  const legacy = malformed('The policy failed legacy parsing');
  if (!statements.every(isLegacy)) throw legacy;
  const resources = statements.flatMap(({ Resource, NotResource }) => asList(Resource ?? NotResource).map(String));
  const fault = resources.map(resourceFault).find((found) => found !== undefined);
  if (fault === undefined && !resources.every(isLegacyResource)) throw legacy;
  const ids = statements.map(({ Sid }) => Sid).filter(Boolean);
  if (new Set(ids).size < ids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  if (statements.some(({ Principal, NotPrincipal }) => Principal !== undefined || NotPrincipal !== undefined)) {
    throw malformed('Policy document should not specify a principal.');
  }
  if (statements.some(({ Action, NotAction }) => asList(Action ?? NotAction).length === 0)) {
    throw malformed('Policy statement must contain actions.');
  }
  if (fault !== undefined) throw malformed(fault);
  if (statements.some(({ Resource, NotResource }) => asList(Resource ?? NotResource).length === 0)) {
    throw malformed('Policy statement must contain resources.');
  }
  for (const { Action, NotAction } of statements)
    asList(Action ?? NotAction)
      .map(String)
      .forEach(checkAction);
}

function readSyntax(document: string): Policy & { Version?: unknown } {
  const policy = parsePolicy(document) as Policy & Record<string, unknown>;
  const { Statement: statements, ...rest } = JSON.parse(document) as Record<string, unknown>;
  const { Version = '2012-10-17', Id = '', ...others } = rest;
  const isRead =
    Object.keys(others).length === 0 &&
    ['2008-10-17', '2012-10-17'].includes(String(Version)) &&
    typeof Id === 'string' &&
    asList(statements).length > 0 &&
    policy.Statement.every(isStatement);
  if (!isRead) throw malformed('Syntax errors in policy.');
  return { Statement: policy.Statement, Version: rest.Version };
}

function isStatement(statement: Statement): boolean {
  const { Effect, Action, NotAction, Resource, NotResource, Condition = {}, Sid = '' } = statement;
  const { Principal, NotPrincipal } = statement;
  return (
    Object.keys(statement).every((name) => elements.includes(name)) &&
    /^(allow|deny)$/i.test(String(Effect)) &&
    typeof Sid === 'string' &&
    [Action, NotAction, Resource, NotResource, ...named(Principal), ...named(NotPrincipal)].every((list) =>
      asList(list).every((item) => typeof item === 'string'),
    ) &&
    (Action === undefined || NotAction === undefined) &&
    (Resource === undefined || NotResource === undefined) &&
    isObject(Condition) &&
    Object.entries(Condition).every(([operator, keys]) => isObject(keys) && isTest(operator, keys))
  );
}

const named = (principal: unknown) => (isObject(principal) ? Object.values(principal) : [principal]);

/** Of an operator that is none, only an empty test is taken. */
function isTest(operator: string, keys: Record<string, unknown>): boolean {
  const isKnown = operators.includes(bare(operator)) || Object.keys(keys).length === 0;
  return isKnown && Object.values(keys).every((values) => asList(values).every((value) => typeof value !== 'object'));
}

/** `StringEquals` of `ForAnyValue:StringEqualsIfExists`. */
const bare = (operator: string) => operator.replace(/^(ForAnyValue|ForAllValues):/, '').replace(/IfExists$/, '');

/** The case of the effect and the values of dates, which IAM looks at apart from the syntax. */
function isLegacy({ Effect, Condition }: Statement): boolean {
  const tests = Object.entries((Condition ?? {}) as Record<string, Record<string, unknown>>);
  const dates = tests
    .filter(([operator]) => bare(operator).startsWith('Date'))
    .flatMap(([, keys]) => Object.values(keys).flatMap(asList).map(String));
  return (Effect === 'Allow' || Effect === 'Deny') && dates.every(isDate);
}

/** ISO 8601 as far as it is given, or seconds since 1970. */
function isDate(text: string): boolean {
  if (!/[t-]/i.test(text)) return /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n;
  const [, year = '', month = '1', day = '1', hour = '0', minute = '0', second = '0', zone = ''] =
    /^(-?\d+)(?:-(\d+))?(?:-(\d+))?(?:t(?:(\d+)(?::(\d+)(?::(\d+)(?:\.\d{1,9})?(z|\+\d\d(?::\d\d)?)?)?)?)?)?$/i.exec(
      text,
    ) ?? [];
  const [zoneHours = '0', zoneMinutes = '0'] = zone.replace(/^(z|\+)/i, '').split(':');
  const isWithin = (value: string, least: number, most: number) => Number(value) >= least && Number(value) <= most;
  return (
    year !== '' &&
    isWithin(year, -292_275_054, 292_278_993) &&
    isWithin(month, 1, 12) &&
    isWithin(day, 1, 31) &&
    isWithin(hour, 0, 23) &&
    [minute, second, zoneMinutes].every((value) => isWithin(value, 0, 59)) &&
    isWithin(zoneHours, 0, 23)
  );
}

function resourceFault(resource: string): string | undefined {
  if (resource === '*') return undefined;
  const [, partition, service, region, account, ...rest] = resource.split(':');
  if (partition === undefined) return `Resource ${resource} must be in ARN format or "*".`;
  if (!partitions.test(partition)) {
    const given = resource.split(':').slice(1);
    const whole = [...given, ...Array<string>(Math.max(0, 5 - given.length)).fill('*')].join(':');
    return `Partition "${partition}" is not valid for resource "arn:${whole}".`;
  }
  if (service === undefined) return 'Resource vendor must be fully qualified and cannot contain regexes.';
  const path = rest.join(':');
  if (service === 'iam' && region) return `IAM resource ${resource} cannot contain region information.`;
  // Access points and the like have one, and an account.
  if (service === 's3' && region && !account) return `Resource ${resource} can not contain region information.`;
  if (service === 'iam' && path !== '*' && path !== 'root' && !iamPaths.some((name) => path.startsWith(`${name}/`))) {
    const starts = iamPaths.map((name) => `${name}/`).join(', ');
    return `IAM resource path must either be "*", root, or start with ${starts}.`;
  }
  return undefined;
}

/** An ARN of a service that has all of its parts, or none of the empty ones. */
const isLegacyResource = (resource: string) =>
  resource === '*' || (resource.split(':')[2] !== '' && (resource.split(':').length >= 6 || !resource.includes('::')));

function checkAction(action: string): void {
  if (action === '*') return;
  const [vendor = '', name, ...more] = action.split(':');
  if (name === undefined) {
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  if (more.length > 0) throw malformed('Actions/Condition can contain only one colon.');
  if (vendor !== '*' && !/^[\w.-]+$/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
}

const malformed = (message: string) => new AwsError('MalformedPolicyDocumentException', message);

import type {
  AssumeRoleCommandInput,
  GetCallerIdentityCommandInput,
  GetSessionTokenCommandInput,
  STS,
} from '@aws-sdk/client-sts';
import { rootArn, type Session, sessionArn } from '../credentials.ts';
import type { Engine } from '../engine.ts';
import { admits, knownPolicy } from '../iam/policy.ts';
import { findRole, type RoleRecord } from '../iam/roles.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call, type Principal } from '../service.ts';

function getCallerIdentity(_input: GetCallerIdentityCommandInput, { engine, principal }: Call) {
  const { accountId } = engine;
  if (principal.kind !== 'role') return { Account: accountId, Arn: rootArn(accountId), UserId: accountId };
  const { arn, roleArn, session } = principal;
  // A function may have a role that was deleted.
  const roleId = findRole(engine, roleArn)?.id ?? 'AROA';
  return { Account: accountId, Arn: arn, UserId: `${roleId}:${session.name}` };
}

/** A session of a role that trusts the caller. Sources: STS API reference; recordings of localstack `sts/test_sts`. */
function assumeRole(input: AssumeRoleCommandInput, { engine, principal }: Call) {
  const { RoleArn: roleArn = '', RoleSessionName: name = '', DurationSeconds: seconds = 3_600 } = input;
  const { ExternalId: externalId } = input;
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(roleArn)) throw invalid(`${roleArn} is invalid`);
  refuseUnserved({
    'session policies (Policy, PolicyArns)': input.Policy ?? input.PolicyArns?.[0],
    'multi-factor authentication (SerialNumber, TokenCode)': input.SerialNumber ?? input.TokenCode,
    'source identities (SourceIdentity)': input.SourceIdentity,
    'context assertions (ProvidedContexts)': input.ProvidedContexts?.[0],
    'sizes of tokens (MinimumSessionTokenSize)': input.MinimumSessionTokenSize,
  });
  const transitiveTagKeys = transitiveKeys(input, principal);
  const role = findRole(engine, roleArn);
  const isTagged = (input.Tags ?? []).length > 0;
  const actions = ['sts:AssumeRole', ...(isTagged ? ['sts:TagSession'] : [])];
  for (const action of actions) {
    if (
      !role ||
      engine.simulation.lasts('iam.role-assumable', role.assumableAtMs) ||
      !isTrusted(engine, role, { principal, action, externalId })
    ) {
      throw denied(`User: ${arnOf(principal)} is not authorized to perform: ${action} on resource: ${roleArn}`);
    }
  }
  checkDuration(seconds, { role, principal });
  const session: Session = { roleArn, name, ...(transitiveTagKeys.length > 0 && { transitiveTagKeys }) };
  return {
    Credentials: issue(engine, session, seconds),
    AssumedRoleUser: {
      Arn: sessionArn(engine.accountId, { roleArn, name }),
      AssumedRoleId: `${role?.id}:${name}`,
    },
  };
}

const arnOf = (principal: Principal) => (principal.kind === 'anonymous' ? 'anonymous' : principal.arn);

function isTrusted(
  { accountId }: Engine,
  role: RoleRecord,
  { principal, action, externalId }: { principal: Principal; action: string; externalId: string | undefined },
): boolean {
  // Who is of the account is trusted where the account is; what its own policies say was looked at before.
  const own = principal.kind === 'role' ? [principal.arn, principal.roleArn] : [];
  const callers = [accountId, rootArn(accountId), ...own];
  return admits(knownPolicy(role.trustPolicy).Statement, { callers, action, externalId });
}

/** The keys of tags that further sessions keep. Throws AwsError where they are not among the tags, or set again. */
function transitiveKeys({ Tags = [], TransitiveTagKeys = [] }: AssumeRoleCommandInput, principal: Principal): string[] {
  const keys = Tags.map(({ Key = '' }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const transitive = TransitiveTagKeys.map((key) => key.toLowerCase());
  if (!transitive.every((key) => keys.includes(key))) {
    throw invalidValue('The specified transitive tag key must be included in the requested tags.');
  }
  const inherited = principal.kind === 'role' ? (principal.session.transitiveTagKeys ?? []) : [];
  if (keys.some((key) => inherited.includes(key))) {
    throw invalidValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  return [...inherited, ...transitive];
}

const longestChainedSeconds = 3_600;

function checkDuration(seconds: number, { role, principal }: { role: RoleRecord | undefined; principal: Principal }) {
  if (principal.kind === 'role' && seconds > longestChainedSeconds) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  }
  if (role && seconds > role.maxSessionSeconds) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

function getSessionToken(input: GetSessionTokenCommandInput, { engine, principal }: Call) {
  refuseUnserved({
    'multi-factor authentication (SerialNumber, TokenCode)': input.SerialNumber ?? input.TokenCode,
    'sizes of tokens (MinimumSessionTokenSize)': input.MinimumSessionTokenSize,
  });
  if (principal.kind !== 'root' || principal.isSession) {
    throw denied('Cannot call GetSessionToken with session credentials');
  }
  // An hour: the longest that a root user can have. Source: STS API reference, GetSessionToken.
  const seconds = Math.min(input.DurationSeconds ?? 3_600, 3_600);
  return { Credentials: issue(engine, { name: 'root' }, seconds) };
}

function issue(engine: Engine, session: Session, seconds: number) {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = engine.sessionCredentials.issue(session, seconds);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAtMs),
  };
}

function refuseUnserved(wanted: Record<string, unknown>): void {
  const [name] = Object.entries(wanted).find(([, asked]) => asked) ?? [];
  if (name !== undefined) throw invalid(`This endpoint does not serve ${name}.`);
}

const invalid = (message: string) => new AwsError('ValidationError', message, { statusCode: 400 });
const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message, { statusCode: 400 });
const denied = (message: string) => new AwsError('AccessDenied', message, { statusCode: 403 });

export const sessionOperations = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  GetSessionToken: getSessionToken,
} satisfies Operations<STS>;

import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing, isSmsRoleNotReady } from './errors.ts';
import { differences, type OnWait, type Resource, type Tagged, type Tagging, type Tags } from './resource.ts';
import { waitFor } from './wait.ts';

export interface DesiredPool {
  name: string;
  passwordLength: number;
  temporaryPasswordDays: number;
  /** Whether people make their own accounts, which a code by e-mail confirms. */
  signUp: boolean;
  /** Whether it sends text messages, and the role of ours by which it would. */
  sms: { isWanted: boolean; roleArn: string; externalId: string };
  /** Names of user pools are not unique: ours are the ones with this `dynops:stack`. */
  tags: Tags;
  /** Take a pool of the same name that nobody's tag claims, when there is just one. */
  adopt: boolean;
}

export interface ActualPool extends Tagged {
  poolId: string;
  /** Prefix of its hosted domain. */
  domain: string | undefined;
  settings: Record<string, unknown>;
  /** What else it is set to, which is not dynops's to change. */
  others: Partial<UpdateUserPoolCommandInput>;
  /** Further pools with our tag, from creates whose answer was lost or that met another command's. */
  duplicates: { poolId: string; domain: string | undefined }[];
}

/** `made`: what a create answered, which is not asked for again. */
async function read(aws: Aws, desired: DesiredPool, made?: UserPoolType): Promise<ActualPool | undefined> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListUserPoolsCommand({ MaxResults: 60, ...(nextToken && { NextToken: nextToken }) });
    const page = await aws.call(CognitoIdentityProviderClient, command);
    for (const { Id, Name } of page.UserPools ?? []) if (Id && Name === desired.name) ids.push(Id);
    nextToken = page.NextToken;
  } while (nextToken);
  const stack = desired.tags['dynops:stack'];
  const whole = made?.UserPoolTags?.['dynops:stack'] === stack ? made : undefined;
  const described = await Promise.all(ids.map((id) => (whole?.Id === id ? whole : describe(aws, id))));
  const pools = described.filter((pool) => pool !== undefined);
  const ours = pools.filter(({ UserPoolTags }) => UserPoolTags?.['dynops:stack'] === stack).sort(byAge);
  const unclaimed = pools.filter(({ UserPoolTags }) => UserPoolTags?.['dynops:stack'] === undefined);
  const adopted = desired.adopt && unclaimed.length === 1 ? unclaimed[0] : undefined;
  const found = ours[0] ?? adopted;
  if (!found) return undefined;
  return {
    id: found.Arn ?? '',
    poolId: found.Id ?? '',
    tags: found.UserPoolTags ?? {},
    domain: found.Domain,
    settings: settingsOf(found),
    others: othersOf(found),
    ...(found.DeletionProtection === 'ACTIVE' && { protection: protectionOf(found.Id ?? '') }),
    duplicates: ours.slice(1).map(({ Id = '', Domain }) => ({ poolId: Id, domain: Domain })),
  };
}

async function describe(aws: Aws, id: string): Promise<UserPoolType | undefined> {
  const command = new DescribeUserPoolCommand({ UserPoolId: id });
  return (await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing))?.UserPool;
}

/** Every command must choose the same one: the oldest, then the smallest id. */
function byAge(a: UserPoolType, b: UserPoolType): number {
  const age = (a.CreationDate?.getTime() ?? 0) - (b.CreationDate?.getTime() ?? 0);
  return age || ((a.Id ?? '') < (b.Id ?? '') ? -1 : 1);
}

const listedMs = 30_000;
const roleReadyMs = 120_000;

/** No rules beside the length. */
export const passwordPolicy = (desired: Pick<DesiredPool, 'passwordLength' | 'temporaryPasswordDays'>) => ({
  MinimumLength: desired.passwordLength,
  RequireUppercase: false,
  RequireLowercase: false,
  RequireNumbers: false,
  RequireSymbols: false,
  TemporaryPasswordValidityDays: desired.temporaryPasswordDays,
});

/** What can be changed later. */
const changeable = (desired: DesiredPool) => ({
  Policies: { PasswordPolicy: passwordPolicy(desired) },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: !desired.signUp },
  ...(desired.signUp && { AutoVerifiedAttributes: ['email' as const] }),
  MfaConfiguration: 'OFF' as const,
  ...(desired.sms.isWanted && { SmsConfiguration: smsConfiguration(desired) }),
});

const smsConfiguration = ({ sms }: DesiredPool) => ({ SnsCallerArn: sms.roleArn, ExternalId: sms.externalId });

const wanted = (desired: DesiredPool, { settings }: Pick<ActualPool, 'settings'>) => ({
  passwordPolicy: passwordPolicy(desired),
  adminCreatesUsersOnly: !desired.signUp,
  mfa: 'OFF',
  verifiedAttributes: desired.signUp ? ['email'] : [],
  rememberedDevices: false,
  sms: desired.sms.isWanted ? smsConfiguration(desired) : withoutOurRole(desired, settings.sms),
});

/** A role that was given to the pool by hand is not dynops's to take away. */
function withoutOurRole({ sms }: DesiredPool, found: unknown): unknown {
  return (found as { SnsCallerArn?: string } | null)?.SnsCallerArn === sms.roleArn ? null : found;
}

function settingsOf(pool: UserPoolType): Record<string, unknown> {
  const { PasswordHistorySize: _, ...policy } = pool.Policies?.PasswordPolicy ?? {};
  return {
    passwordPolicy: policy,
    adminCreatesUsersOnly: pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly ?? false,
    mfa: pool.MfaConfiguration ?? 'OFF',
    verifiedAttributes: pool.AutoVerifiedAttributes ?? [],
    rememberedDevices: pool.DeviceConfiguration !== undefined,
    sms: smsOf(pool),
    // Without a UsernameConfiguration a pool made by API calls tells upper from lower case.
    caseSensitiveUsernames: pool.UsernameConfiguration?.CaseSensitive ?? true,
  };
}

function smsOf({ SmsConfiguration: sms }: UserPoolType): unknown {
  return sms?.SnsCallerArn === undefined
    ? null
    : { SnsCallerArn: sms.SnsCallerArn, ExternalId: sms.ExternalId ?? null };
}

/** UpdateUserPool sets much of what it is not given to the default, so what a pool has besides ours is sent back to it. */
function othersOf(pool: UserPoolType): Partial<UpdateUserPoolCommandInput> {
  // Cognito takes either this or the policy's own TemporaryPasswordValidityDays.
  const { UnusedAccountValidityDays: _older, ...adminCreateUser } = pool.AdminCreateUserConfig ?? {};
  const { AttributesRequireVerificationBeforeUpdate: verified } = pool.UserAttributeUpdateSettings ?? {};
  return defined({
    Policies: pool.Policies,
    AdminCreateUserConfig: adminCreateUser,
    DeletionProtection: pool.DeletionProtection,
    LambdaConfig: pool.LambdaConfig,
    SmsVerificationMessage: pool.SmsVerificationMessage,
    EmailVerificationMessage: pool.EmailVerificationMessage,
    EmailVerificationSubject: pool.EmailVerificationSubject,
    VerificationMessageTemplate: pool.VerificationMessageTemplate,
    SmsAuthenticationMessage: pool.SmsAuthenticationMessage,
    EmailConfiguration: pool.EmailConfiguration,
    SmsConfiguration: pool.SmsConfiguration,
    UserPoolAddOns: pool.UserPoolAddOns,
    AccountRecoverySetting: pool.AccountRecoverySetting,
    UserPoolTier: pool.UserPoolTier,
    // Only verified attributes can be in it; dynops verifies new accounts, and no changes.
    UserAttributeUpdateSettings: verified && { AttributesRequireVerificationBeforeUpdate: [] },
  });
}

type Defined<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

function defined<Members extends object>(members: Members): Defined<Members> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Members>;
}

const protectionOf = (poolId: string) =>
  `aws cognito-idp update-user-pool --user-pool-id ${poolId} --deletion-protection INACTIVE`;

function compare(desired: DesiredPool, actual: ActualPool): Change[] {
  const { settings, duplicates } = actual;
  const fixed = differences({ caseSensitiveUsernames: false }, settings);
  const ids = duplicates.map(({ poolId }) => poolId);
  return [
    ...fixed.map((change) => ({ ...change, replaces: true })),
    ...differences({ ...wanted(desired, actual), duplicates: [] }, { ...settings, duplicates: ids }),
  ];
}

async function create(aws: Aws, desired: DesiredPool, onWait: OnWait): Promise<ActualPool> {
  const command = new CreateUserPoolCommand({
    PoolName: desired.name,
    ...changeable(desired),
    UsernameConfiguration: { CaseSensitive: false },
    UserPoolTags: desired.tags,
  });
  const { UserPool: made } = await whenRoleIsReady(aws, onWait, () =>
    aws.call(CognitoIdentityProviderClient, command, { once: true }),
  );
  // Another command may have made one at the same moment; both must go on with the same.
  const actual = await waitFor(aws, {
    reason: `the new user pool ${desired.name} is not listed yet`,
    limitMs: listedMs,
    onWait,
    ask: () => read(aws, desired, made),
  });
  return update(aws, { desired, actual, changes: [], onWait });
}

async function update(
  aws: Aws,
  change: { desired: DesiredPool; actual: ActualPool; changes: Change[]; onWait: OnWait },
): Promise<ActualPool> {
  const { desired, actual, changes, onWait } = change;
  const settings = wanted(desired, actual);
  if (changes.some(({ property }) => Object.hasOwn(settings, property))) {
    const { Policies, AdminCreateUserConfig, ...ours } = changeable(desired);
    const { SmsConfiguration, ...rest } = actual.others;
    const others = { ...rest, ...(settings.sms !== null && SmsConfiguration && { SmsConfiguration }) };
    const input = {
      ...others,
      ...ours,
      UserPoolId: actual.poolId,
      Policies: {
        ...others.Policies,
        PasswordPolicy: { ...others.Policies?.PasswordPolicy, ...Policies.PasswordPolicy },
      },
      AdminCreateUserConfig: { ...others.AdminCreateUserConfig, ...AdminCreateUserConfig },
      UserPoolTags: keptTags(desired.tags, actual.tags),
    };
    const command = new UpdateUserPoolCommand(input);
    await whenRoleIsReady(aws, onWait, () => aws.call(CognitoIdentityProviderClient, command));
  }
  for (const duplicate of actual.duplicates) await deletePool(aws, duplicate);
  return { ...actual, settings: { ...actual.settings, ...settings }, duplicates: [] };
}

/** Waits for a role for text messages that was only just made. */
function whenRoleIsReady<Answer>(aws: Aws, onWait: OnWait, attempt: () => Promise<Answer>): Promise<Answer> {
  return waitFor(aws, {
    reason: 'the role for text messages is not yet assumable by Cognito',
    limitMs: roleReadyMs,
    onWait,
    ask: () =>
      attempt().catch((error: unknown) => {
        if (isSmsRoleNotReady(error)) return undefined;
        throw error;
      }),
  });
}

/** UpdateUserPool takes away the tags that it is not given (aws/aws-cli#3302); those of AWS itself it does not accept. */
function keptTags(wanted: Tags, found: Tags): Tags {
  const others = Object.entries(found).filter(([key]) => !/^(aws|dynops):/.test(key));
  return { ...Object.fromEntries(others), ...wanted };
}

async function remove(aws: Aws, actual: ActualPool): Promise<void> {
  for (const pool of [actual, ...actual.duplicates]) await deletePool(aws, pool);
}

async function deletePool(aws: Aws, pool: { poolId: string; domain: string | undefined }): Promise<void> {
  const { poolId: UserPoolId, domain: Domain } = pool;
  if (Domain) {
    const command = new DeleteUserPoolDomainCommand({ UserPoolId, Domain });
    await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
  }
  await aws.call(CognitoIdentityProviderClient, new DeleteUserPoolCommand({ UserPoolId })).catch(ignoreMissing);
}

const tagging: Tagging<ActualPool> = {
  set: (aws, { id }, tags) =>
    aws.call(CognitoIdentityProviderClient, new TagResourceCommand({ ResourceArn: id, Tags: tags })),
  remove: (aws, { id }, keys) =>
    aws.call(CognitoIdentityProviderClient, new UntagResourceCommand({ ResourceArn: id, TagKeys: keys })),
};

export const userPool: Resource<DesiredPool, ActualPool> = { read, compare, create, update, remove, tagging };

import { randomBytes, randomInt } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags, maxTags, removeTags, type TagRules } from '../tags.ts';
import { checkNumber, checkText, invalidParameter, namePattern } from './constraints.ts';
import { currentDomain } from './domains.ts';
import { forgetMessages } from './inbox.ts';
import { prepareKeys, takeKeys } from './keys.ts';
import { page } from './paging.ts';
import { poolSettings } from './pool-settings.ts';
import { listPools, putPool, removePool, requirePool } from './pools.ts';
import type { PoolRecord } from './records.ts';
import { forgetRevocations } from './revocations.ts';
import { customAttribute, poolSchema } from './schema.ts';
import { checkSmsRole } from './sms-role.ts';
import { countUsers, listUsers, removeUser } from './users.ts';

const idCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function newPoolId(region: string): string {
  return `${region}_${Array.from({ length: 9 }, () => idCharacters.charAt(randomInt(idCharacters.length))).join('')}`;
}

function describe(engine: Engine, pool: PoolRecord): sdk.UserPoolType {
  const domain = currentDomain(engine, pool);
  return {
    ...pool.settings,
    Id: pool.id,
    Name: pool.name,
    Arn: pool.arn,
    CreationDate: new Date(pool.createdAtMs),
    LastModifiedDate: new Date(pool.modifiedAtMs),
    SchemaAttributes: pool.schema,
    EstimatedNumberOfUsers: countUsers(engine, pool),
    UserPoolTags: pool.tags,
    ...(domain && { Domain: domain.prefix }),
  };
}

/** Makes a pool with its two signing keys. Names are not unique, so a repeated call makes a second pool, as on AWS. */
async function createUserPool(
  input: sdk.CreateUserPoolCommandInput,
  { engine, region, isAbandoned }: Call,
): Promise<sdk.CreateUserPoolResponse> {
  checkText(input.PoolName, { member: 'poolName', min: 1, max: 128, pattern: namePattern });
  const settings = poolSettings(input);
  checkSmsRole(engine, input);
  const schema = poolSchema(input.Schema);
  const keys = await takeKeys(engine);
  // Pools have no unique name: one that came up after its maker was killed would stand beside that of the next try.
  if (isAbandoned?.()) throw new AwsError('InternalErrorException', 'The caller hung up; no user pool was created');
  const id = newPoolId(region);
  const nowMs = engine.clock();
  const pool: PoolRecord = {
    id,
    region,
    arn: `arn:aws:cognito-idp:${region}:${engine.accountId}:userpool/${id}`,
    name: input.PoolName ?? '',
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
    settings,
    schema,
    tags: addTags({}, input.UserPoolTags, tagRules),
    keys,
    sealKey: randomBytes(32).toString('base64'),
    clients: [],
    resourceServers: [],
    groups: [],
    brandings: [],
    customizations: [],
  };
  await putPool(engine, pool);
  return { UserPool: describe(engine, pool) };
}

function describeUserPool(input: sdk.DescribeUserPoolCommandInput, call: Call): sdk.DescribeUserPoolResponse {
  return { UserPool: describe(call.engine, requirePool(call.engine, call.region, input.UserPoolId)) };
}

async function updateUserPool(
  input: sdk.UpdateUserPoolCommandInput,
  { engine, region }: Call,
): Promise<sdk.UpdateUserPoolResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { UserPoolId, PoolName, UserPoolTags, ...given } = input;
  checkText(PoolName, { member: 'poolName', min: 1, max: 128, pattern: namePattern });
  const { AliasAttributes, UsernameAttributes, UsernameConfiguration, UserAttributeUpdateSettings } = pool.settings;
  const fixed = { AliasAttributes, UsernameAttributes, UsernameConfiguration };
  // The one setting that stays where it is left out, so that without AutoVerifiedAttributes the update is refused.
  const settings = poolSettings({ UserAttributeUpdateSettings, ...given, ...fixed });
  checkSmsRole(engine, given);
  await putPool(engine, {
    ...pool,
    name: PoolName ?? pool.name,
    settings,
    // They stay where none are given: docs/aws-facts.md#fact-11-24.
    tags: UserPoolTags ? addTags({}, UserPoolTags, tagRules) : pool.tags,
    modifiedAtMs: engine.clock(),
  });
  return {};
}

/** Takes clients and users with it; a hosted domain must be deleted first (docs/aws-facts.md#fact-1-28). */
async function deleteUserPool(input: sdk.DeleteUserPoolCommandInput, { engine, region }: Call): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  if (currentDomain(engine, pool))
    throw invalidParameter('User pool cannot be deleted. It has a domain configured that should be deleted first.');
  if (pool.settings.DeletionProtection === 'ACTIVE')
    throw invalidParameter(
      'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
    );
  const users = listUsers(engine, pool);
  await Promise.all([
    removePool(engine, pool.id),
    forgetRevocations(engine, pool),
    forgetMessages(engine, pool),
    ...users.map((user) => removeUser(engine, pool, user.username)),
  ]);
  return {};
}

function listUserPools(input: sdk.ListUserPoolsCommandInput, { engine, region }: Call): sdk.ListUserPoolsResponse {
  checkNumber(input.MaxResults, 'maxResults', { min: 1, max: 60 });
  const pools = listPools(engine, region);
  if (pools.length === 0) prepareKeys(engine);
  const request = { limit: input.MaxResults ?? 60, token: input.NextToken };
  const { items, next } = page(pools, (pool) => pool.id, request);
  return {
    UserPools: items.map((pool) => ({
      Id: pool.id,
      Name: pool.name,
      LambdaConfig: {},
      CreationDate: new Date(pool.createdAtMs),
      LastModifiedDate: new Date(pool.modifiedAtMs),
    })),
    ...(next && { NextToken: next }),
  };
}

function getUserPoolMfaConfig(
  input: sdk.GetUserPoolMfaConfigCommandInput,
  { engine, region }: Call,
): sdk.GetUserPoolMfaConfigResponse {
  requirePool(engine, region, input.UserPoolId);
  return { MfaConfiguration: 'OFF' };
}

/** OFF is the only setting served. */
function setUserPoolMfaConfig(
  input: sdk.SetUserPoolMfaConfigCommandInput,
  { engine, region }: Call,
): sdk.SetUserPoolMfaConfigResponse {
  requirePool(engine, region, input.UserPoolId);
  const asked = {
    MfaConfiguration: (input.MfaConfiguration ?? 'OFF') !== 'OFF',
    SoftwareTokenMfaConfiguration: input.SoftwareTokenMfaConfiguration?.Enabled,
    SmsMfaConfiguration: input.SmsMfaConfiguration,
    EmailMfaConfiguration: input.EmailMfaConfiguration,
    WebAuthnConfiguration: input.WebAuthnConfiguration,
  };
  const [unserved] = Object.entries(asked).find(([, given]) => given) ?? [];
  if (unserved) throw invalidParameter(`The embedded engine does not serve multi-factor authentication (${unserved}).`);
  return { MfaConfiguration: 'OFF' };
}

async function addCustomAttributes(
  input: sdk.AddCustomAttributesCommandInput,
  { engine, region }: Call,
): Promise<sdk.AddCustomAttributesResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const added = (input.CustomAttributes ?? []).map(customAttribute);
  const taken = added.find(({ Name }, index) =>
    [...pool.schema, ...added.slice(0, index)].some((known) => known.Name === Name),
  );
  if (taken) throw invalidParameter(`${taken.Name}: Existing attribute already has name ${taken.Name}.`);
  await putPool(engine, { ...pool, schema: [...pool.schema, ...added], modifiedAtMs: engine.clock() });
  return {};
}

const tagRules: TagRules = {
  anyCharacter: true,
  refuse: ({ text }) => invalidParameter(`Tag keys cannot start with 'aws:': ${text}`),
  tooMany: () => invalidParameter(`A user pool can have at most ${maxTags} tags.`),
};

function requireTagged(call: Call, arn: string | undefined): PoolRecord {
  const pool = listPools(call.engine, call.region).find((candidate) => candidate.arn === arn);
  if (!pool) throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist.`);
  return pool;
}

async function tagResource(input: sdk.TagResourceCommandInput, call: Call): Promise<sdk.TagResourceResponse> {
  const pool = requireTagged(call, input.ResourceArn);
  await putPool(call.engine, { ...pool, tags: addTags(pool.tags, input.Tags, tagRules) });
  return {};
}

async function untagResource(input: sdk.UntagResourceCommandInput, call: Call): Promise<sdk.UntagResourceResponse> {
  const pool = requireTagged(call, input.ResourceArn);
  await putPool(call.engine, { ...pool, tags: removeTags(pool.tags, input.TagKeys) });
  return {};
}

function listTagsForResource(input: sdk.ListTagsForResourceCommandInput, call: Call): sdk.ListTagsForResourceResponse {
  return { Tags: requireTagged(call, input.ResourceArn).tags };
}

export const poolOperations = {
  AddCustomAttributes: addCustomAttributes,
  CreateUserPool: createUserPool,
  DeleteUserPool: deleteUserPool,
  DescribeUserPool: describeUserPool,
  GetUserPoolMfaConfig: getUserPoolMfaConfig,
  ListTagsForResource: listTagsForResource,
  ListUserPools: listUserPools,
  SetUserPoolMfaConfig: setUserPoolMfaConfig,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateUserPool: updateUserPool,
} satisfies Operations<sdk.CognitoIdentityProvider>;

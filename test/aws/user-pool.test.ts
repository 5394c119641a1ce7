import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolCommand,
  InvalidParameterException,
  ListUserPoolsCommand,
  ResourceNotFoundException,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { type ActualPool, userPool } from '../../src/aws/user-pool.ts';
import { mockClient } from '../mock-client.ts';
import {
  awsError,
  ignoreWait,
  inputs,
  mockAws,
  removedTags,
  setTags,
  socketError,
  taggedId,
  taggingCalls,
  tags,
  written,
} from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
afterEach(() => cognito.reset());

const roleArn = 'arn:aws-us-gov:iam::123456789012:role/demo-sms';
const sms = { isWanted: false, roleArn, externalId: 'demo' };
const desired = { name: 'demo', passwordLength: 6, temporaryPasswordDays: 7, signUp: false, sms, tags, adopt: false };
const arnOf = (id: string) => `arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/${id}`;
const gone = new ResourceNotFoundException({ $metadata: {}, message: 'User pool does not exist.' });

/** As Cognito describes one that is as it should be. */
const pool = (Id: string, more: Partial<UserPoolType> = {}): UserPoolType => ({
  Id,
  Name: 'demo',
  Arn: arnOf(Id),
  UserPoolTags: tags,
  CreationDate: new Date(1000),
  Policies: {
    PasswordPolicy: {
      MinimumLength: 6,
      PasswordHistorySize: 0,
      RequireLowercase: false,
      RequireNumbers: false,
      RequireSymbols: false,
      RequireUppercase: false,
      TemporaryPasswordValidityDays: 7,
    },
    SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
  },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 },
  MfaConfiguration: 'OFF',
  UsernameConfiguration: { CaseSensitive: false },
  UserPoolTier: 'ESSENTIALS',
  ...more,
});

function standing(...pools: UserPoolType[]): void {
  cognito.onAnyCommand().resolves({});
  cognito.on(ListUserPoolsCommand).resolves({ UserPools: pools.map(({ Id, Name }) => ({ Id, Name })) });
  for (const UserPool of pools) {
    cognito.on(DescribeUserPoolCommand, { UserPoolId: UserPool.Id }).resolves({ UserPool });
  }
}

async function stands(...pools: UserPoolType[]): Promise<ActualPool> {
  standing(...pools);
  const actual = await userPool.read(await mockAws(), desired);
  if (!actual) throw new Error('the pool is there');
  return actual;
}

describe('user-pool, read', () => {
  it('is known by name and tag on any page; a pool that goes meanwhile is passed over', async () => {
    standing(pool('gone'), pool('mine'));
    cognito
      .on(ListUserPoolsCommand)
      .resolvesOnce({
        UserPools: [
          { Id: 'other', Name: 'other' },
          { Id: 'gone', Name: 'demo' },
        ],
        NextToken: 'next',
      })
      .resolvesOnce({ UserPools: [{ Id: 'mine', Name: 'demo' }] });
    cognito.on(DescribeUserPoolCommand, { UserPoolId: 'gone' }).rejects(gone);
    const actual = await userPool.read(await mockAws(), desired);
    expect(actual).toMatchObject({ poolId: 'mine', id: arnOf('mine'), duplicates: [] });
    expect(actual && userPool.compare(desired, actual)).toEqual([]);
    expect(inputs(cognito, 'ListUserPools')).toEqual([{ MaxResults: 60 }, { MaxResults: 60, NextToken: 'next' }]);
    expect(inputs(cognito, 'DescribeUserPool')).toEqual([{ UserPoolId: 'gone' }, { UserPoolId: 'mine' }]);
  });

  it('of several of ours every command takes the oldest', async () => {
    const actual = await stands(pool('new', { CreationDate: new Date(2000), Domain: 'two' }), pool('b'), pool('a'));
    expect(actual).toMatchObject({
      poolId: 'a',
      duplicates: [
        { poolId: 'b', domain: undefined },
        { poolId: 'new', domain: 'two' },
      ],
    });
  });

  it('another stack’s is never taken over, one without a tag only when asked', async () => {
    standing(pool('theirs', { UserPoolTags: { 'dynops:stack': 'other' } }), pool('free', { UserPoolTags: {} }));
    const aws = await mockAws();
    expect(await userPool.read(aws, desired)).toBeUndefined();
    expect(await userPool.read(aws, { ...desired, adopt: true })).toMatchObject({ poolId: 'free' });
  });

  it('usernames that tell upper from lower case, AWS’s default, need another pool', async () => {
    const { UsernameConfiguration: _, ...sensitive } = pool('mine');
    expect(userPool.compare(desired, await stands(sensitive))).toEqual([
      { property: 'caseSensitiveUsernames', from: true, to: false, replaces: true },
    ]);
  });
});

describe('user-pool, create', () => {
  it('is tagged as it is made and waited for until it is listed', async () => {
    standing(pool('new'));
    cognito
      .on(ListUserPoolsCommand)
      .resolvesOnce({ UserPools: [] })
      .resolves({ UserPools: [{ Id: 'new', Name: 'demo' }] });
    const made = await userPool.create(await mockAws(), desired, ignoreWait);
    expect(made.poolId).toBe('new');
    expect(written(cognito)).toEqual([
      [
        'CreateUserPool',
        expect.objectContaining({
          PoolName: 'demo',
          UserPoolTags: tags,
          UsernameConfiguration: { CaseSensitive: false },
          AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        }),
      ],
    ]);
  });

  it('lets people make accounts where that is wanted, and is found to differ where it does not', async () => {
    standing(pool('new'));
    const open = { ...desired, signUp: true };
    await userPool.create(await mockAws(), open, ignoreWait);
    expect(written(cognito)[0]).toEqual([
      'CreateUserPool',
      expect.objectContaining({
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
        AutoVerifiedAttributes: ['email'],
      }),
    ]);
    const properties = userPool.compare(open, await stands(pool('new'))).map(({ property }) => property);
    expect(properties).toEqual(['adminCreatesUsersOnly', 'verifiedAttributes']);
  });

  it('is given the role for text messages, once Cognito can assume it', async () => {
    standing(pool('new'));
    const early = (name: string) => awsError(name, 'not yet');
    cognito
      .on(CreateUserPoolCommand)
      .rejectsOnce(early('InvalidSmsRoleTrustRelationshipException'))
      .rejectsOnce(early('InvalidSmsRoleAccessPolicyException'))
      .resolves({});
    const waits: string[] = [];
    const texting = { ...desired, sms: { ...sms, isWanted: true } };
    await userPool.create(await mockAws(), texting, (reason) => waits.push(reason));
    const SmsConfiguration = { SnsCallerArn: roleArn, ExternalId: 'demo' };
    expect(inputs(cognito, 'CreateUserPool').at(-1)).toMatchObject({ SmsConfiguration });
    expect(waits).toHaveLength(2);
  });

  it('that was not answered is not repeated, and one that met another’s removes its own', async () => {
    cognito.on(CreateUserPoolCommand).rejects(socketError('ECONNRESET'));
    const aws = await mockAws();
    await expect(userPool.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(inputs(cognito, 'CreateUserPool')).toHaveLength(1);
    cognito.reset();
    standing(pool('mine'), pool('older', { CreationDate: new Date(1) }));
    expect(await userPool.create(aws, desired, ignoreWait)).toMatchObject({ poolId: 'older', duplicates: [] });
    expect(inputs(cognito, 'DeleteUserPool')).toEqual([{ UserPoolId: 'mine' }]);
  });
});

describe('user-pool, update', () => {
  it('is given whole, tags included: what UpdateUserPool is not given it takes away', async () => {
    const mine = await stands(
      pool('mine', {
        MfaConfiguration: 'OPTIONAL',
        DeletionProtection: 'ACTIVE',
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
        UserPoolTags: { ...tags, 'dynops:old': 'x', team: 'a', 'aws:cloudformation:stack-name': 'cfn' },
      }),
    );
    const changes = userPool.compare(desired, mine);
    expect(changes.map(({ property }) => property)).toEqual(['mfa']);
    const made = await userPool.update(await mockAws(), { desired, actual: mine, changes, onWait: ignoreWait });
    expect(userPool.compare(desired, made)).toEqual([]);
    const [update, ...rest] = written(cognito);
    expect(update).toEqual([
      'UpdateUserPool',
      expect.objectContaining({
        UserPoolId: 'mine',
        MfaConfiguration: 'OFF',
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        Policies: {
          PasswordPolicy: expect.objectContaining({ MinimumLength: 6, TemporaryPasswordValidityDays: 7 }),
          SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
        },
        UserPoolTags: { ...tags, team: 'a' },
        // What is not dynops's is sent back as it was, but for what no longer fits.
        UserPoolTier: 'ESSENTIALS',
        DeletionProtection: 'ACTIVE',
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] },
      }),
    ]);
    expect(rest).toEqual([]);
  });
});

describe('user-pool, the role for text messages', () => {
  const theirs = { SnsCallerArn: 'arn:aws-us-gov:iam::123456789012:role/by-hand', SnsRegion: 'us-gov-west-1' };
  const ours = { SnsCallerArn: roleArn, ExternalId: 'demo', SnsRegion: 'us-gov-west-1' };
  const smsTo = (isWanted: boolean) => ({ ...desired, sms: { ...sms, isWanted } });

  it.each([
    ['is given to a pool without one', true, undefined, ['sms'], { SnsCallerArn: roleArn, ExternalId: 'demo' }],
    ['takes the place of another where it is asked for', true, theirs, ['sms'], { SnsCallerArn: roleArn }],
    [
      'is repaired where its external ID was changed',
      true,
      { ...ours, ExternalId: 'x' },
      ['sms'],
      { ExternalId: 'demo' },
    ],
    ['is as it should be', true, ours, [], undefined],
    ['is taken away where it is not asked for', false, ours, ['sms'], undefined],
    ['is left alone where it is somebody else’s', false, theirs, [], undefined],
  ] as const)('%s', async (_does, isWanted, SmsConfiguration, differs, sent) => {
    const wants = smsTo(isWanted);
    const actual = await stands(pool('mine', SmsConfiguration && { SmsConfiguration }));
    const changes = userPool.compare(wants, actual);
    expect(changes.map(({ property }) => property)).toEqual(differs);
    const made = await userPool.update(await mockAws(), { desired: wants, actual, changes, onWait: ignoreWait });
    expect(userPool.compare(wants, made)).toEqual([]);
    const updates = inputs(cognito, 'UpdateUserPool');
    expect(updates).toHaveLength(differs.length);
    if (sent) expect(updates[0]).toMatchObject({ SmsConfiguration: sent });
    else expect(JSON.stringify(updates)).not.toContain('SmsConfiguration');
  });

  it('of somebody else’s is sent back with other changes', async () => {
    const actual = await stands(pool('mine', { SmsConfiguration: theirs, MfaConfiguration: 'OPTIONAL' }));
    const changes = userPool.compare(desired, actual);
    await userPool.update(await mockAws(), { desired, actual, changes, onWait: ignoreWait });
    expect(inputs(cognito, 'UpdateUserPool')).toMatchObject([{ SmsConfiguration: theirs }]);
  });
});

describe('user-pool, remove', () => {
  it('takes the domain first, in Cognito’s own words for one that is not there', async () => {
    const actual = await stands(pool('mine', { Domain: 'demo-prefix' }));
    const noDomain = new InvalidParameterException({ $metadata: {}, message: 'No such domain or user pool exists.' });
    cognito.on(DeleteUserPoolDomainCommand).rejects(noDomain);
    cognito.on(DeleteUserPoolCommand).rejects(gone);
    await userPool.remove(await mockAws(), actual, ignoreWait);
    expect(written(cognito)).toEqual([
      ['DeleteUserPoolDomain', { UserPoolId: 'mine', Domain: 'demo-prefix' }],
      ['DeleteUserPool', { UserPoolId: 'mine' }],
    ]);
  });

  it('one that is protected is told', async () => {
    const actual = await stands(pool('mine'));
    cognito.on(DeleteUserPoolCommand).rejects(awsError('InvalidParameterException', 'The user pool is protected'));
    const removing = userPool.remove(await mockAws(), actual, ignoreWait);
    await expect(removing).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });

  it('gets the tags that change, and no others', async () => {
    cognito.onAnyCommand().resolves({});
    expect(await taggingCalls(userPool, cognito)).toEqual([
      ['TagResource', { ResourceArn: taggedId, Tags: setTags }],
      ['UntagResource', { ResourceArn: taggedId, TagKeys: removedTags }],
    ]);
  });
});

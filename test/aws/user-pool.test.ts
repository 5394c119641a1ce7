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

const desired = { name: 'demo', passwordLength: 6, temporaryPasswordDays: 7, signUp: false, tags, adopt: false };
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

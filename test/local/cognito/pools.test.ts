import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';

let engine: TestEngine;
let cognito: CognitoIdentityProvider;

beforeAll(async () => {
  engine = await startEngine();
  cognito = new CognitoIdentityProvider({ ...engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => engine?.stop());

async function makePool(settings: Parameters<typeof cognito.createUserPool>[0] | object = {}) {
  const { UserPool: pool = {} } = await cognito.createUserPool({ PoolName: 'pool', ...settings });
  return { id: pool.Id ?? '', arn: pool.Arn ?? '', pool };
}

describe('user pools', () => {
  it('describes a new pool with the defaults of AWS', async () => {
    const { id, pool: created } = await makePool();
    const { UserPool: pool } = await cognito.describeUserPool({ UserPoolId: id });
    expect(pool).toEqual(created);
    expect(pool).toMatchObject({
      Name: 'pool',
      Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${id}`,
      Policies: {
        PasswordPolicy: {
          MinimumLength: 8,
          RequireUppercase: true,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          TemporaryPasswordValidityDays: 7,
        },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
      },
      DeletionProtection: 'INACTIVE',
      LambdaConfig: {},
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      MfaConfiguration: 'OFF',
      EstimatedNumberOfUsers: 0,
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      UserPoolTags: {},
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
      UserPoolTier: 'ESSENTIALS',
    });
    expect(id).toMatch(/^us-east-1_[0-9A-Za-z]{9}$/);
    expect(pool?.SchemaAttributes).toHaveLength(20);
    expect(pool?.SchemaAttributes?.[0]).toMatchObject({ Name: 'sub', Required: true, Mutable: false });
    expect(pool?.CreationDate).toBeInstanceOf(Date);
    expect(pool).not.toHaveProperty('Domain');
    expect(JSON.stringify(pool)).not.toMatch(/PRIVATE|sealKey/);
  });

  it('keeps what is asked, and turns off the character rules that a given policy leaves out', async () => {
    const { pool } = await makePool({
      Policies: { PasswordPolicy: { MinimumLength: 6 } },
      UsernameConfiguration: { CaseSensitive: false },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTags: { 'dynops:stack': 'default' },
      Schema: [
        { Name: 'name', AttributeDataType: 'String', Required: true, Mutable: true },
        { Name: 'tenant', AttributeDataType: 'String', Mutable: true, StringAttributeConstraints: { MaxLength: '9' } },
      ],
    });
    expect(pool.Policies?.PasswordPolicy).toMatchObject({
      MinimumLength: 6,
      RequireUppercase: false,
      RequireSymbols: false,
    });
    expect(pool.UsernameConfiguration).toEqual({ CaseSensitive: false });
    expect(pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly).toBe(true);
    expect(pool.UserPoolTags).toEqual({ 'dynops:stack': 'default' });
    expect(pool.SchemaAttributes?.find(({ Name }) => Name === 'name')).toMatchObject({ Required: true });
    expect(pool.SchemaAttributes?.at(-1)).toMatchObject({ Name: 'custom:tenant', Required: false });
  });

  it('resets on update what is left out but the tags, keeps what cannot change', async () => {
    const { id } = await makePool({
      Policies: { PasswordPolicy: { MinimumLength: 6 } },
      UsernameConfiguration: { CaseSensitive: false },
      DeletionProtection: 'ACTIVE',
      UserPoolTags: { a: '1' },
    });
    await cognito.updateUserPool({ UserPoolId: id, Policies: { PasswordPolicy: { MinimumLength: 9 } } });
    const { UserPool: pool } = await cognito.describeUserPool({ UserPoolId: id });
    expect(pool).toMatchObject({
      Policies: { PasswordPolicy: { MinimumLength: 9 } },
      UsernameConfiguration: { CaseSensitive: false },
      DeletionProtection: 'INACTIVE',
      UserPoolTags: { a: '1' },
    });
    await cognito.updateUserPool({ UserPoolId: id, UserPoolTags: { b: '2' } });
    const { UserPool: tagged } = await cognito.describeUserPool({ UserPoolId: id });
    expect(tagged?.UserPoolTags).toEqual({ b: '2' });
  });

  it('verifies before an update only attributes that it verifies at all, also where an update leaves them out', async () => {
    const UserAttributeUpdateSettings = { AttributesRequireVerificationBeforeUpdate: ['email' as const] };
    const refused = {
      name: 'InvalidParameterException',
      message: 'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
    };
    await expect(makePool({ UserAttributeUpdateSettings })).rejects.toMatchObject(refused);
    const AutoVerifiedAttributes = ['email' as const];
    const { id: UserPoolId, pool } = await makePool({ UserAttributeUpdateSettings, AutoVerifiedAttributes });
    expect(pool).toMatchObject({ UserAttributeUpdateSettings, AutoVerifiedAttributes });
    await expect(cognito.updateUserPool({ UserPoolId })).rejects.toMatchObject(refused);
    await cognito.updateUserPool({ UserPoolId, AutoVerifiedAttributes });
    const { UserPool: kept } = await cognito.describeUserPool({ UserPoolId });
    expect(kept).toMatchObject({ UserAttributeUpdateSettings });
    const none = { AttributesRequireVerificationBeforeUpdate: [] };
    await cognito.updateUserPool({ UserPoolId, UserAttributeUpdateSettings: none });
    const { UserPool: cleared } = await cognito.describeUserPool({ UserPoolId });
    expect(cleared).not.toHaveProperty('AutoVerifiedAttributes');
  });

  it('adds custom attributes', async () => {
    const { id } = await makePool();
    const added = { UserPoolId: id, CustomAttributes: [{ Name: 'team', AttributeDataType: 'Number' as const }] };
    await cognito.addCustomAttributes(added);
    const { UserPool: pool } = await cognito.describeUserPool({ UserPoolId: id });
    expect(pool?.SchemaAttributes?.at(-1)).toMatchObject({ Name: 'custom:team', AttributeDataType: 'Number' });
    await expect(cognito.addCustomAttributes(added)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const named = (type: 'Number' | 'String') => ({ Name: 'twice', AttributeDataType: type });
    const twice = { UserPoolId: id, CustomAttributes: [named('Number'), named('String')] };
    await expect(cognito.addCustomAttributes(twice)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'custom:twice: Existing attribute already has name custom:twice.',
    });
  });

  it('tags and untags by ARN', async () => {
    const { arn } = await makePool({ UserPoolTags: { a: '1', b: '2' } });
    await cognito.tagResource({ ResourceArn: arn, Tags: { b: '3', c: '4' } });
    await cognito.untagResource({ ResourceArn: arn, TagKeys: ['a'] });
    expect((await cognito.listTagsForResource({ ResourceArn: arn })).Tags).toEqual({ b: '3', c: '4' });
    await expect(cognito.listTagsForResource({ ResourceArn: `${arn}x` })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('lists every pool once, page by page', async () => {
    const made = await Promise.all([makePool(), makePool(), makePool()]);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = await cognito.listUserPools({ MaxResults: 2, ...(token && { NextToken: token }) });
      seen.push(...(page.UserPools ?? []).flatMap(({ Id }) => Id ?? []));
      token = page.NextToken;
    } while (token);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
  });

  it('keeps regions apart', async () => {
    const { id } = await makePool();
    const elsewhere = new CognitoIdentityProvider({ ...engine.clientConfig, region: 'eu-west-1', maxAttempts: 1 });
    await expect(elsewhere.describeUserPool({ UserPoolId: id })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `User pool ${id} does not exist.`,
    });
    expect((await elsewhere.listUserPools({ MaxResults: 60 })).UserPools).toEqual([]);
  });

  it('refuses to delete a protected pool, then deletes it with its users', async () => {
    const { id } = await makePool({ DeletionProtection: 'ACTIVE' });
    await cognito.adminCreateUser({ UserPoolId: id, Username: 'somebody' });
    await expect(cognito.deleteUserPool({ UserPoolId: id })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('deletion protection'),
    });
    await cognito.updateUserPool({ UserPoolId: id, DeletionProtection: 'INACTIVE' });
    await cognito.deleteUserPool({ UserPoolId: id });
    await expect(cognito.listUsers({ UserPoolId: id })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(cognito.deleteUserPool({ UserPoolId: id })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('makes two pools for two creates of one name, side by side', async () => {
    const [one, two] = await Promise.all([makePool(), makePool()]);
    expect(one.id).not.toBe(two.id);
  });

  it('says MFA is off, and takes nothing else', async () => {
    const { id } = await makePool();
    await cognito.setUserPoolMfaConfig({ UserPoolId: id, MfaConfiguration: 'OFF' });
    expect((await cognito.getUserPoolMfaConfig({ UserPoolId: id })).MfaConfiguration).toBe('OFF');
    await expect(cognito.setUserPoolMfaConfig({ UserPoolId: id, MfaConfiguration: 'ON' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each([
    ['a name with a slash', { PoolName: 'a/b' }],
    ['an empty name', { PoolName: '' }],
    ['a name of 129 characters', { PoolName: 'x'.repeat(129) }],
    ['a minimum length of 5', { Policies: { PasswordPolicy: { MinimumLength: 5 } } }],
    ['a minimum length of 100', { Policies: { PasswordPolicy: { MinimumLength: 100 } } }],
    ['temporary passwords of 366 days', { Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 366 } } }],
    ['MFA', { MfaConfiguration: 'ON' as const }],
    ['Lambda triggers', { LambdaConfig: { PreSignUp: 'arn:aws:lambda:us-east-1:000000000000:function:x' } }],
    ['device tracking', { DeviceConfiguration: { ChallengeRequiredOnNewDevice: true } }],
    [
      'passkeys',
      { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD' as const, 'WEB_AUTHN' as const] } } },
    ],
    ['both kinds of aliases', { AliasAttributes: ['email' as const], UsernameAttributes: ['email' as const] }],
    ['an unknown tier', { UserPoolTier: 'FREE' as never }],
    ['a custom attribute without a type', { Schema: [{ Name: 'x' }] }],
    ['two attributes of one name', { Schema: [{ Name: 'email' }, { Name: 'email' }] }],
    ['another type of a standard attribute', { Schema: [{ Name: 'email', AttributeDataType: 'Number' as const }] }],
    ['a hidden standard attribute', { Schema: [{ Name: 'email', DeveloperOnlyAttribute: true }] }],
    [
      'crossed lengths',
      {
        Schema: [
          {
            Name: 'x',
            AttributeDataType: 'String' as const,
            StringAttributeConstraints: { MinLength: '3', MaxLength: '2' },
          },
        ],
      },
    ],
    [
      'a length of 2049',
      {
        Schema: [
          { Name: 'email', AttributeDataType: 'String' as const, StringAttributeConstraints: { MaxLength: '2049' } },
        ],
      },
    ],
    [
      'a length that is no number',
      { Schema: [{ Name: 'x', AttributeDataType: 'String' as const, StringAttributeConstraints: { MinLength: 'a' } }] },
    ],
    [
      'crossed numbers',
      {
        Schema: [
          {
            Name: 'x',
            AttributeDataType: 'Number' as const,
            NumberAttributeConstraints: { MinValue: '10', MaxValue: '9' },
          },
        ],
      },
    ],
    ['a custom attribute of 21 letters', { Schema: [{ Name: 'x'.repeat(21), AttributeDataType: 'String' as const }] }],
    ['a custom attribute without a name', { Schema: [{ AttributeDataType: 'String' as const }] }],
    ['a name with a blank', { Schema: [{ Name: 'shoe size', AttributeDataType: 'String' as const }] }],
    ['a type that is none', { Schema: [{ Name: 'x', AttributeDataType: 'Text' as 'String' }] }],
    ['another type of a standard flag', { Schema: [{ Name: 'email_verified', AttributeDataType: 'String' as const }] }],
    [
      'two custom attributes of one name and different types',
      {
        Schema: [
          { Name: 'x', AttributeDataType: 'String' as const },
          { Name: 'x', AttributeDataType: 'Number' as const },
        ],
      },
    ],
    [
      'a length below none',
      {
        Schema: [{ Name: 'x', AttributeDataType: 'String' as const, StringAttributeConstraints: { MinLength: '-1' } }],
      },
    ],
    [
      'a broken number',
      {
        Schema: [{ Name: 'x', AttributeDataType: 'Number' as const, NumberAttributeConstraints: { MaxValue: '1.5' } }],
      },
    ],
    [
      'crossed lengths of a standard attribute',
      { Schema: [{ Name: 'name', StringAttributeConstraints: { MinLength: '9', MaxLength: '8' } }] },
    ],
    [
      '51 custom attributes',
      {
        Schema: Array.from({ length: 51 }, (_, at) => ({ Name: `a${at}`, AttributeDataType: 'String' as const })),
      },
    ],
    ['a required custom attribute', { Schema: [{ Name: 'x', AttributeDataType: 'String' as const, Required: true }] }],
  ])('refuses %s', async (_what, settings) => {
    await expect(cognito.createUserPool({ PoolName: 'pool', ...settings })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each([
    [
      'numbers',
      {
        Name: 'age',
        AttributeDataType: 'Number' as const,
        NumberAttributeConstraints: { MinValue: '-3', MaxValue: '9' },
      },
      ['-3', '9'],
      ['-4', '10', 'x'],
    ],
    [
      'texts',
      {
        Name: 'code',
        AttributeDataType: 'String' as const,
        StringAttributeConstraints: { MinLength: '2', MaxLength: '3' },
      },
      ['ab', 'äöü'],
      ['a', 'abcd'],
    ],
    ['flags', { Name: 'flag', AttributeDataType: 'Boolean' as const }, ['true', 'false'], ['yes', '1']],
  ])('holds users to a schema of %s', async (_what, attribute, taken, refused) => {
    const { id: UserPoolId, pool } = await makePool({ Schema: [attribute] });
    const name = `custom:${attribute.Name}`;
    expect(pool.SchemaAttributes).toContainEqual(expect.objectContaining({ ...attribute, Name: name }));
    await cognito.adminCreateUser({ UserPoolId, Username: 'u', MessageAction: 'SUPPRESS' });
    const set = (Value: string) =>
      cognito.adminUpdateUserAttributes({ UserPoolId, Username: 'u', UserAttributes: [{ Name: name, Value }] });
    for (const value of taken) await set(value);
    for (const value of refused) {
      await expect(set(value), value).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
  });

  it('keeps what a schema lets nobody change', async () => {
    const { id: UserPoolId } = await makePool({
      Schema: [
        { Name: 'once', AttributeDataType: 'String', Mutable: false },
        { Name: 'family_name', Mutable: false },
      ],
    });
    const UserAttributes = ['custom:once', 'family_name'].map((Name) => ({ Name, Value: 'first' }));
    const user = { UserPoolId, Username: 'u' };
    await cognito.adminCreateUser({ ...user, UserAttributes, MessageAction: 'SUPPRESS' });
    for (const { Name } of UserAttributes) {
      const change = { ...user, UserAttributes: [{ Name, Value: 'second' }] };
      await expect(cognito.adminUpdateUserAttributes(change)).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    }
    expect((await cognito.adminGetUser(user)).UserAttributes).toEqual(expect.arrayContaining(UserAttributes));
  });

  it('refuses a malformed pool id in AWS words', async () => {
    await expect(cognito.describeUserPool({ UserPoolId: '__proto__' })).rejects.toMatchObject({
      name: expect.stringMatching(/InvalidParameterException|ResourceNotFoundException/),
    });
    await expect(cognito.describeUserPool({ UserPoolId: 'nonsense' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+'),
    });
  });
});

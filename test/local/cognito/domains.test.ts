import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPool, type PoolFixture, startPool } from './pool-fixture.ts';

let plain: PoolFixture;
let awsLike: PoolFixture;

beforeAll(async () => {
  [plain, awsLike] = await Promise.all([startPool(), startPool({ scale: 0.2 })]);
});
afterAll(async () => {
  await Promise.all([plain?.engine.stop(), awsLike?.engine.stop()]);
});

async function statusOf({ cognito }: PoolFixture, domain: string): Promise<string | undefined> {
  return (await cognito.describeUserPoolDomain({ Domain: domain })).DomainDescription?.Status;
}

describe('hosted domains', () => {
  it('is there at once in the plain simulation, and gone at once', async () => {
    const { cognito, poolId } = plain;
    await cognito.createUserPoolDomain({ UserPoolId: poolId, Domain: 'plain-one' });
    expect((await cognito.describeUserPoolDomain({ Domain: 'plain-one' })).DomainDescription).toMatchObject({
      UserPoolId: poolId,
      AWSAccountId: '000000000000',
      Domain: 'plain-one',
      Status: 'ACTIVE',
    });
    expect((await cognito.describeUserPool({ UserPoolId: poolId })).UserPool?.Domain).toBe('plain-one');
    await expect(cognito.deleteUserPool({ UserPoolId: poolId })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'User pool cannot be deleted. It has a domain configured that should be deleted first.',
    });
    await cognito.deleteUserPoolDomain({ UserPoolId: poolId, Domain: 'plain-one' });
    expect((await cognito.describeUserPoolDomain({ Domain: 'plain-one' })).DomainDescription).toEqual({});
    expect((await cognito.describeUserPool({ UserPoolId: poolId })).UserPool).not.toHaveProperty('Domain');
  });

  it('passes through CREATING and DELETING in the AWS-like simulation', async () => {
    const { cognito, poolId, advance } = awsLike;
    await cognito.createUserPoolDomain({ UserPoolId: poolId, Domain: 'slow-one' });
    expect(await statusOf(awsLike, 'slow-one')).toBe('CREATING');
    advance(60_000);
    expect(await statusOf(awsLike, 'slow-one')).toBe('ACTIVE');
    await cognito.deleteUserPoolDomain({ UserPoolId: poolId, Domain: 'slow-one' });
    expect(await statusOf(awsLike, 'slow-one')).toBe('DELETING');
    await expect(cognito.deleteUserPool({ UserPoolId: poolId })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    advance(60_000);
    expect(await statusOf(awsLike, 'slow-one')).toBeUndefined();
    await cognito.deleteUserPool({ UserPoolId: poolId });
  });

  it('belongs to one pool, and a pool has one', async () => {
    const { cognito } = plain;
    const [one, two] = [await addPool(cognito), await addPool(cognito)];
    await cognito.createUserPoolDomain({ UserPoolId: one.poolId, Domain: 'taken' });
    await expect(cognito.createUserPoolDomain({ UserPoolId: two.poolId, Domain: 'taken' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Domain already associated with another user pool.',
    });
    await expect(cognito.createUserPoolDomain({ UserPoolId: one.poolId, Domain: 'second' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(cognito.deleteUserPoolDomain({ UserPoolId: two.poolId, Domain: 'taken' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each([
    ['my-cognito-pages', 'Domain cannot contain reserved word: cognito'],
    ['awsome', 'Domain cannot contain reserved word: aws'],
    ['amazon-fans', 'Domain cannot contain reserved word: amazon'],
    ['-leading', undefined],
    ['Upper', undefined],
    ['dot.ted', undefined],
    ['x'.repeat(64), undefined],
  ])('refuses the prefix %s', async (prefix, message) => {
    const { cognito, poolId } = plain;
    await expect(cognito.createUserPoolDomain({ UserPoolId: poolId, Domain: prefix })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      ...(message !== undefined && { message }),
    });
  });

  it('keeps managed login styles and style sheets', async () => {
    const { cognito, clientId } = plain;
    const { poolId } = plain;
    await cognito.createUserPoolDomain({ UserPoolId: poolId, Domain: 'styled' });
    await cognito.updateUserPoolDomain({ UserPoolId: poolId, Domain: 'styled', ManagedLoginVersion: 2 });
    const style = { UserPoolId: poolId, ClientId: clientId };
    const made = await cognito.createManagedLoginBranding({ ...style, UseCognitoProvidedValues: true });
    const id = made.ManagedLoginBranding?.ManagedLoginBrandingId ?? '';
    await expect(cognito.createManagedLoginBranding(style)).rejects.toMatchObject({
      name: 'ManagedLoginBrandingExistsException',
    });
    expect((await cognito.describeManagedLoginBrandingByClient(style)).ManagedLoginBranding).toMatchObject({
      ManagedLoginBrandingId: id,
      UseCognitoProvidedValues: true,
    });
    await cognito.deleteManagedLoginBranding({ UserPoolId: poolId, ManagedLoginBrandingId: id });
    await expect(cognito.describeManagedLoginBrandingByClient(style)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect((await cognito.getUICustomization(style)).UICustomization).toEqual({});
    await cognito.setUICustomization({ UserPoolId: poolId, CSS: '.label-customizable{}' });
    expect((await cognito.getUICustomization(style)).UICustomization).toMatchObject({ CSS: '.label-customizable{}' });
    for (const ClientId of ['absent', `${clientId}0`]) {
      const absent = cognito.getUICustomization({ ...style, ClientId });
      await expect(absent).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });
});

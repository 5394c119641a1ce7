import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { addPool, addSmsRole, type PoolFixture, startPool } from './pool-fixture.ts';

let fixture: PoolFixture;
beforeAll(async () => {
  fixture = await startPool();
});
afterAll(() => fixture?.engine.stop());

const refusedTrust = {
  name: 'InvalidSmsRoleTrustRelationshipException',
  message: 'Role does not have a trust relationship allowing Cognito to assume the role',
};

describe('the role for text messages', () => {
  it('is kept as it is given, and is gone after an update without it', async () => {
    const { cognito, engine } = fixture;
    const SmsConfiguration = { ...(await addSmsRole(engine, 'right')), SnsRegion: 'eu-west-1' };
    const { poolId: UserPoolId } = await addPool(cognito, { SmsConfiguration });
    const described = () => cognito.describeUserPool({ UserPoolId }).then(({ UserPool }) => UserPool?.SmsConfiguration);
    expect(await described()).toEqual(SmsConfiguration);
    await cognito.updateUserPool({ UserPoolId });
    expect(await described()).toBeUndefined();
  });

  it.each([
    ['is not there', async () => ({ SnsCallerArn: 'arn:aws:iam::000000000000:role/absent' }), refusedTrust],
    [
      'trusts another service',
      () => addSmsRole(fixture.engine, 'lambda', { service: 'lambda.amazonaws.com' }),
      refusedTrust,
    ],
    [
      'asks for another external ID',
      async () => ({ ...(await addSmsRole(fixture.engine, 'other')), ExternalId: 'another' }),
      refusedTrust,
    ],
    [
      'asks for an external ID, and is told none',
      async () => ({ SnsCallerArn: (await addSmsRole(fixture.engine, 'none')).SnsCallerArn }),
      refusedTrust,
    ],
    [
      'may not publish',
      () => addSmsRole(fixture.engine, 'mute', { action: 'sns:Subscribe' }),
      {
        name: 'InvalidSmsRoleAccessPolicyException',
        message: 'Role does not have permission to publish with SNS',
      },
    ],
  ])('is refused where it %s, to new pools and old ones', async (_why, role, refused) => {
    const { cognito, poolId: UserPoolId } = fixture;
    const SmsConfiguration = await role();
    expect(await refusal(cognito.createUserPool({ PoolName: 'p', SmsConfiguration }))).toMatchObject(refused);
    expect(await refusal(cognito.updateUserPool({ UserPoolId, SmsConfiguration }))).toMatchObject(refused);
  });

  it('is needed by a pool that verifies phone numbers', async () => {
    const { cognito, poolId: UserPoolId } = fixture;
    const AutoVerifiedAttributes: ['phone_number'] = ['phone_number'];
    const refused = {
      name: 'InvalidParameterException',
      message: 'SMS configuration is required when phone_number is selected for auto verification',
    };
    expect(await refusal(cognito.createUserPool({ PoolName: 'p', AutoVerifiedAttributes }))).toMatchObject(refused);
    expect(await refusal(cognito.updateUserPool({ UserPoolId, AutoVerifiedAttributes }))).toMatchObject(refused);
  });
});

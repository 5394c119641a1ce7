import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { user } from '../../src/aws/user.ts';
import { mockClient } from '../mock-client.ts';
import { ignoreWait, mockAws, sent, socketError } from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
afterEach(() => cognito.reset());

const ids = { UserPoolId: 'pool', Username: 'ada' };
const desired = { poolId: 'pool', username: 'ada', password: async () => 'secret-1' };
const unasked = { ...desired, password: () => Promise.reject(new Error('no password is needed')) };
const actual = { id: 'ada', poolId: 'pool', username: 'ada', status: 'CONFIRMED', enabled: true };
const missing = new UserNotFoundException({ $metadata: {}, message: 'User does not exist.' });

describe('user', () => {
  it('that is not there is absent, and deleting it is no error', async () => {
    cognito.on(AdminGetUserCommand).rejects(missing);
    cognito.on(AdminDeleteUserCommand).rejects(missing);
    expect(await user.read(await mockAws(), unasked)).toBeUndefined();
    await user.remove(await mockAws(), actual, ignoreWait);
  });

  it('is made without a message to anyone, and confirmed by a lasting password', async () => {
    cognito.onAnyCommand().resolves({});
    const made = await user.create(await mockAws(), desired, ignoreWait);
    expect(user.compare(desired, made)).toEqual([]);
    expect(sent(cognito)).toEqual([
      ['AdminCreateUser', { ...ids, MessageAction: 'SUPPRESS' }],
      ['AdminSetUserPassword', { ...ids, Password: 'secret-1', Permanent: true }],
    ]);
  });

  it('whose making broke off before the password is found and completed', async () => {
    cognito.onAnyCommand().resolves({});
    cognito.on(AdminCreateUserCommand).rejects(socketError('ECONNRESET'));
    const aws = await mockAws();
    await expect(user.create(aws, desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    cognito.on(AdminGetUserCommand).resolves({ Username: 'ada', UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true });
    const found = await user.read(aws, desired);
    if (!found) throw new Error('the user is there');
    const changes = user.compare(desired, found);
    expect(changes.map(({ property }) => property)).toEqual(['status']);
    cognito.resetHistory();
    await user.update(aws, { desired, actual: found, changes, onWait: ignoreWait });
    expect(sent(cognito)).toEqual([['AdminSetUserPassword', { ...ids, Password: 'secret-1', Permanent: true }]]);
  });

  it('that was disabled is enabled without asking for a password', async () => {
    cognito.onAnyCommand().resolves({});
    const disabled = { ...actual, enabled: false };
    const changes = user.compare(unasked, disabled);
    await user.update(await mockAws(), { desired: unasked, actual: disabled, changes, onWait: ignoreWait });
    expect(sent(cognito)).toEqual([['AdminEnableUser', ids]]);
  });
});

import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTemporaryUser,
  deleteUser,
  disableUser,
  enableUser,
  listUsers,
  setPassword,
} from '../../src/aws/users.ts';
import { mockAws, sent } from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);

afterEach(() => cognito.reset());

describe('listUsers', () => {
  it('follows every page', async () => {
    cognito
      .on(ListUsersCommand)
      .resolvesOnce({ Users: [{ Username: 'a', UserStatus: 'CONFIRMED' }], PaginationToken: 'next' })
      .resolvesOnce({
        Users: [
          {
            Username: 'b',
            UserStatus: 'FORCE_CHANGE_PASSWORD',
            Enabled: false,
            Attributes: [{ Name: 'email', Value: 'b@example.com' }],
          },
        ],
      });
    await expect(listUsers(await mockAws(), 'pool')).resolves.toEqual([
      { username: 'a', status: 'CONFIRMED', enabled: true, attributes: {} },
      { username: 'b', status: 'FORCE_CHANGE_PASSWORD', enabled: false, attributes: { email: 'b@example.com' } },
    ]);
    expect(cognito.commandCalls(ListUsersCommand).map(({ args }) => args[0].input)).toEqual([
      { UserPoolId: 'pool' },
      { UserPoolId: 'pool', PaginationToken: 'next' },
    ]);
  });
});

describe('createTemporaryUser', () => {
  it('sends no message to the user, and is not repeated when the answer is lost', async () => {
    cognito.on(AdminCreateUserCommand).rejects(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const user = { username: 'ada', password: 'temporary', attributes: { email: 'ada@example.com' } };
    await expect(createTemporaryUser(await mockAws(), 'pool', user)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(cognito.commandCalls(AdminCreateUserCommand).map(({ args }) => args[0].input)).toEqual([
      {
        UserPoolId: 'pool',
        Username: 'ada',
        TemporaryPassword: 'temporary',
        UserAttributes: [{ Name: 'email', Value: 'ada@example.com' }],
        MessageAction: 'SUPPRESS',
      },
    ]);
  });
});

describe('one user', () => {
  it('is changed by the call that its name says, a password for good or for the next sign-in', async () => {
    cognito.onAnyCommand().resolves({});
    const aws = await mockAws();
    await setPassword(aws, 'pool', { username: 'ada', password: 'secret-1', permanent: false });
    await disableUser(aws, 'pool', 'ada');
    await enableUser(aws, 'pool', 'ada');
    const ids = { UserPoolId: 'pool', Username: 'ada' };
    expect(sent(cognito)).toEqual([
      ['AdminSetUserPassword', { ...ids, Password: 'secret-1', Permanent: false }],
      ['AdminDisableUser', ids],
      ['AdminEnableUser', ids],
    ]);
  });

  it('that is not there is told: whoever names a user means one', async () => {
    cognito
      .on(AdminDeleteUserCommand)
      .rejects(new UserNotFoundException({ $metadata: {}, message: 'User does not exist.' }));
    await expect(deleteUser(await mockAws(), 'pool', 'ada')).rejects.toMatchObject({ code: 'UserNotFoundException' });
  });
});

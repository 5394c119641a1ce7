import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTemporaryUser,
  deleteUser,
  disableUser,
  enableUser,
  listUsers,
  setPassword,
} from '../../src/aws/users.ts';
import { mockClient } from '../mock-client.ts';
import { mockAws, sent, socketError } from './mocks.ts';

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
  const user = { username: 'ada', password: 'temporary', attributes: { email: 'ada@example.com' } };

  it('sends no message to the user', async () => {
    cognito.on(AdminCreateUserCommand).resolves({});
    await createTemporaryUser(await mockAws(), 'pool', user);
    expect(sent(cognito)).toEqual([
      [
        'AdminCreateUser',
        {
          UserPoolId: 'pool',
          Username: 'ada',
          TemporaryPassword: 'temporary',
          UserAttributes: [{ Name: 'email', Value: 'ada@example.com' }],
          MessageAction: 'SUPPRESS',
        },
      ],
    ]);
  });

  it('is repeated when the answer is lost: whoever is there then was made by the first attempt', async () => {
    cognito.on(AdminCreateUserCommand).rejectsOnce(reset()).rejects(exists());
    await expect(createTemporaryUser(await mockAws(), 'pool', user)).resolves.toBeUndefined();
    cognito.reset();
    cognito.on(AdminCreateUserCommand).rejectsOnce(reset()).resolves({});
    await expect(createTemporaryUser(await mockAws(), 'pool', user)).resolves.toBeUndefined();
    expect(cognito.commandCalls(AdminCreateUserCommand)).toHaveLength(2);
  });

  it('takes nobody over who was there before', async () => {
    cognito.on(AdminCreateUserCommand).rejects(exists());
    await expect(createTemporaryUser(await mockAws(), 'pool', user)).rejects.toMatchObject({
      code: 'UsernameExistsException',
    });
    expect(cognito.calls()).toHaveLength(1);
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
    cognito.on(AdminGetUserCommand).rejects(notFound());
    await expect(deleteUser(await mockAws(), 'pool', 'ada')).rejects.toMatchObject({ code: 'UserNotFoundException' });
    expect(cognito.commandCalls(AdminDeleteUserCommand)).toEqual([]);
  });

  it('is deleted also when the answer was lost and the repetition finds it gone', async () => {
    cognito.on(AdminGetUserCommand).resolves({ UserStatus: 'CONFIRMED' });
    cognito.on(AdminDeleteUserCommand).rejectsOnce(reset()).rejects(notFound());
    await expect(deleteUser(await mockAws(), 'pool', 'ada')).resolves.toBeUndefined();
    expect(cognito.commandCalls(AdminDeleteUserCommand)).toHaveLength(2);
  });
});

const reset = () => socketError('ECONNRESET');
const exists = () => new UsernameExistsException({ $metadata: {}, message: 'User account already exists' });
const notFound = () => new UserNotFoundException({ $metadata: {}, message: 'User does not exist.' });

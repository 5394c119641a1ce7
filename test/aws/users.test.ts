import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { type Aws, connect } from '../../src/aws/aws.ts';
import { createTemporaryUser, listUsers } from '../../src/aws/users.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
const sts = mockClient(STSClient);

afterEach(() => {
  cognito.reset();
  sts.reset();
});

function makeAws(): Promise<Aws> {
  sts.on(GetCallerIdentityCommand).resolves({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:root' });
  const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
  const target = {
    kind: 'endpoint',
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials,
    profile: undefined,
  } as const;
  return connect({ target, signal: new AbortController().signal });
}

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
    await expect(listUsers(await makeAws(), 'pool')).resolves.toEqual([
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
    await expect(createTemporaryUser(await makeAws(), 'pool', user)).rejects.toMatchObject({ code: 'AnswerLost' });
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

import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  GetAuthorizersCommand,
  NotFoundException,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizer } from '../../src/aws/authorizer.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, ignoreWait, inputs, mockAws, sent, socketError } from './mocks.ts';

const gateway = mockClient(APIGatewayClient);
afterEach(() => gateway.reset());

const userPoolArn = 'arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/us-gov-west-1_x';
const desired = { apiId: 'abc', name: 'demo', userPoolArn, clientId: 'client' };
const standing = {
  id: 'a1',
  name: 'demo',
  type: 'COGNITO_USER_POOLS' as const,
  providerARNs: [userPoolArn],
  identitySource: 'method.request.header.Authorization',
  identityValidationExpression: 'client',
};
const notFound = new NotFoundException({ $metadata: {}, message: 'Invalid API identifier specified' });

describe('authorizer', () => {
  it('is looked for on every page', async () => {
    gateway
      .on(GetAuthorizersCommand)
      .resolvesOnce({ items: [{ id: 'other', name: 'other' }], position: 'next' })
      .resolvesOnce({ items: [standing] });
    const actual = await authorizer.read(await mockAws(), desired);
    expect(actual?.authorizerId).toBe('a1');
    expect(actual && authorizer.compare(desired, actual)).toEqual([]);
    expect(inputs(gateway, 'GetAuthorizers')).toMatchObject([{ restApiId: 'abc' }, { position: 'next' }]);
  });

  it('of an API that is gone is absent', async () => {
    gateway.on(GetAuthorizersCommand).rejects(notFound);
    expect(await authorizer.read(await mockAws(), desired)).toBeUndefined();
  });

  it('that asks another pool is moved to ours without a moment that asks none', async () => {
    const other = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_other';
    gateway.on(GetAuthorizersCommand).resolves({
      items: [
        {
          ...standing,
          type: 'TOKEN',
          providerARNs: [other],
          identitySource: 'x',
          identityValidationExpression: '.*',
        },
      ],
    });
    gateway.on(UpdateAuthorizerCommand).resolves({});
    const aws = await mockAws();
    const actual = await authorizer.read(aws, desired);
    if (!actual) throw new Error('it is there');
    const changes = authorizer.compare(desired, actual);
    const made = await authorizer.update(aws, { desired, actual, changes, onWait: ignoreWait });
    expect(inputs(gateway, 'UpdateAuthorizer')).toEqual([
      {
        restApiId: 'abc',
        authorizerId: 'a1',
        patchOperations: [
          { op: 'replace', path: '/type', value: 'COGNITO_USER_POOLS' },
          { op: 'add', path: '/providerARNs', value: userPoolArn },
          { op: 'remove', path: '/providerARNs', value: other },
          { op: 'replace', path: '/identitySource', value: 'method.request.header.Authorization' },
          { op: 'replace', path: '/identityValidationExpression', value: 'client' },
        ],
      },
    ]);
    expect(authorizer.compare(desired, made)).toEqual([]);
  });

  it('whose create was not answered is not made twice', async () => {
    gateway.on(CreateAuthorizerCommand).rejects(socketError('ECONNRESET'));
    await expect(authorizer.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({ code: 'AnswerLost' });
    expect(sent(gateway)).toHaveLength(1);
  });

  it('that a method refers to is not deleted, and that is said', async () => {
    const message = "Cannot delete authorizer 'demo', is referenced in method: POST//items";
    gateway.on(DeleteAuthorizerCommand).rejectsOnce(awsError('ConflictException', message)).rejectsOnce(notFound);
    const aws = await mockAws();
    const empty = { type: '', userPoolArns: [], identitySource: '', audience: '' };
    const actual = { id: 'a1', apiId: 'abc', authorizerId: 'a1', ...empty };
    await expect(authorizer.remove(aws, actual, ignoreWait)).rejects.toMatchObject({ code: 'ConflictException' });
    await authorizer.remove(aws, actual, ignoreWait);
  });
});

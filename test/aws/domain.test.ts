import {
  CognitoIdentityProviderClient,
  CreateUserPoolDomainCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolDomainCommand,
  type DomainStatusType,
  InvalidParameterException,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, it } from 'vitest';
import { domain } from '../../src/aws/domain.ts';
import { isWorthAnotherLook } from '../../src/stack/failures.ts';
import { mockClient } from '../mock-client.ts';
import { ignoreWait, mockAws, written } from './mocks.ts';

const cognito = mockClient(CognitoIdentityProviderClient);
afterEach(() => cognito.reset());

const desired = { poolId: 'pool', prefix: 'demo', present: undefined };
const actual = { id: 'demo', prefix: 'demo', poolId: 'pool', status: 'ACTIVE' };
const described = (Status: DomainStatusType, UserPoolId = 'pool') => ({
  DomainDescription: { UserPoolId, Domain: 'demo', Status },
});
const absent = { DomainDescription: {} };
const noDomain = new InvalidParameterException({ $metadata: {}, message: 'No such domain or user pool exists.' });

/** Answers to DescribeUserPoolDomain in turn, the last for ever; everything else is accepted. */
function answering(...answers: object[]): void {
  cognito.onAnyCommand().resolves({});
  const describing = cognito.on(DescribeUserPoolDomainCommand);
  for (const answer of answers.slice(0, -1)) describing.resolvesOnce(answer);
  describing.resolves(answers.at(-1) ?? {});
}

describe('domain', () => {
  it('that is not there is answered with an empty description', async () => {
    answering(absent);
    expect(await domain.read(await mockAws(), desired)).toBeUndefined();
  });

  it('that serves another pool is somebody else’s', async () => {
    answering(described('ACTIVE', 'other'));
    const found = await domain.read(await mockAws(), desired);
    expect(found).toMatchObject({ poolId: 'other', foreign: true });
  });

  it('is made with the pages that need no style, and waited for until it is active', async () => {
    answering(absent, described('CREATING'), described('ACTIVE'));
    const reasons: string[] = [];
    const made = await domain.create(await mockAws(), desired, (reason) => reasons.push(reason));
    expect(domain.compare(desired, made)).toEqual([]);
    expect(reasons).toEqual(Array(2).fill(expect.stringContaining('demo')));
    expect(written(cognito)).toEqual([
      ['CreateUserPoolDomain', { UserPoolId: 'pool', Domain: 'demo', ManagedLoginVersion: 1 }],
    ]);
  });

  it('takes the place of the one that the pool has, once that is gone', async () => {
    answering(described('DELETING'), absent, described('ACTIVE'));
    await domain.create(await mockAws(), { ...desired, present: 'before' }, ignoreWait);
    expect(written(cognito)).toEqual([
      ['DeleteUserPoolDomain', { UserPoolId: 'pool', Domain: 'before' }],
      ['CreateUserPoolDomain', { UserPoolId: 'pool', Domain: 'demo', ManagedLoginVersion: 1 }],
    ]);
  });

  it.each(['FAILED', 'DELETING'] as const)('that is %s is made anew', async (status) => {
    answering(absent, described('ACTIVE'));
    const found = { ...actual, status };
    const changes = domain.compare(desired, found);
    expect(changes).toEqual([{ property: 'status', from: status, to: 'ACTIVE' }]);
    await domain.update(await mockAws(), { desired, actual: found, changes, onWait: ignoreWait });
    const operations = written(cognito).map(([operation]) => operation);
    expect(operations).toEqual(
      status === 'FAILED' ? ['DeleteUserPoolDomain', 'CreateUserPoolDomain'] : ['CreateUserPoolDomain'],
    );
  });

  it('that does not become active ends at the deadline; one that is deleted meanwhile is told at once', async () => {
    answering(described('CREATING'));
    await expect(domain.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({ code: 'WaitedTooLong' });
    answering(described('DELETING'));
    await expect(domain.create(await mockAws(), desired, ignoreWait)).rejects.toMatchObject({
      code: 'NotFoundException',
    });
  });

  it('whose prefix somebody has in another account is not tried again; in this one it is looked at again', async () => {
    const message = 'Domain already associated with another user pool.';
    answering(absent);
    cognito.on(CreateUserPoolDomainCommand).rejects(new InvalidParameterException({ $metadata: {}, message }));
    const error = await domain.create(await mockAws(), desired, ignoreWait).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DomainTaken' });
    expect(isWorthAnotherLook(error)).toBe(false);
    answering(described('ACTIVE', 'other'));
    cognito.on(CreateUserPoolDomainCommand).rejects(new InvalidParameterException({ $metadata: {}, message }));
    const here = await domain.create(await mockAws(), desired, ignoreWait).catch((cause: unknown) => cause);
    expect(here).toMatchObject({ code: 'InvalidParameterException', message: expect.stringContaining(message) });
    expect(isWorthAnotherLook(here)).toBe(true);
  });

  it('is gone when Cognito does not know it any more, also when it never did', async () => {
    answering(described('DELETING'), absent);
    await domain.remove(await mockAws(), actual, ignoreWait);
    cognito.on(DeleteUserPoolDomainCommand).rejects(noDomain);
    cognito.on(DescribeUserPoolDomainCommand).rejects(noDomain);
    await domain.remove(await mockAws(), actual, ignoreWait);
  });
});

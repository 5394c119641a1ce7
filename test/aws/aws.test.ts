import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { findBaseUrl } from '../../src/aws/api-address.ts';
import { connect } from '../../src/aws/aws.ts';
import { findDomainUrl } from '../../src/aws/sign-in-address.ts';
import { ExitStatus } from '../../src/exit-status.ts';
import { mockClient } from '../mock-client.ts';
import { account, awsError, mockAws } from './mocks.ts';

const api = { id: 'abc123', stage: 'prod' };

describe('connect', () => {
  it.each([
    ['aws', 'eu-central-1', 'amazonaws.com'],
    ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
    ['aws-eusc', 'eusc-de-east-1', 'amazonaws.eu'],
  ])('takes the partition %s from the caller’s own ARN', async (partition, region, urlSuffix) => {
    const aws = await mockAws({ partition, target: { region } });
    expect(aws).toMatchObject({ partition, region, accountId: account, urlSuffix });
    expect(await findBaseUrl(aws, api)).toBe(`https://abc123.execute-api.${region}.${urlSuffix}/prod`);
  });

  it('with expired credentials says how to renew them, with exit status 4', async () => {
    mockClient(STSClient)
      .on(GetCallerIdentityCommand)
      .rejects(awsError('ExpiredTokenException', 'The security token included in the request is expired'));
    const target = { kind: 'aws', endpoint: undefined, region: 'eu-west-1', credentials: undefined } as const;
    const options = { target: { ...target, profile: 'work' }, signal: new AbortController().signal };
    await expect(connect(options)).rejects.toMatchObject({
      code: 'ExpiredTokenException',
      exitStatus: ExitStatus.credentials,
      facts: { problem: 'session-expired', profile: 'work' },
    });
  });
});

describe('an endpoint that is not AWS’s', () => {
  it.each([undefined, '', '..', '../../x', 'a/b'])(
    'answers who is calling without an account (%j): nothing is begun there',
    async (Account) => {
      mockClient(STSClient).on(GetCallerIdentityCommand).resolves({ Account });
      const endpoint = 'http://127.0.0.1:8080';
      const target = {
        kind: 'endpoint',
        endpoint,
        region: 'eu-west-1',
        credentials: undefined,
        profile: undefined,
      } as const;
      await expect(connect({ target, signal: new AbortController().signal })).rejects.toMatchObject({
        code: 'UnreadableAnswer',
        message: expect.stringContaining(endpoint),
      });
    },
  );
});

describe('addresses', () => {
  it('of an endpoint that is not AWS’s are below it, with one slash', async () => {
    const aws = await mockAws({ target: { kind: 'local', endpoint: 'http://127.0.0.1:4566/' } });
    expect(await findBaseUrl(aws, api)).toBe('http://127.0.0.1:4566/_aws/execute-api/abc123/prod');
    expect(await findDomainUrl(aws, 'demo', '')).toBe('http://127.0.0.1:4566/_aws/cognito-domain/demo');
  });

  it('of hosted sign-in: GovCloud serves the FIPS host only', async () => {
    expect(await findDomainUrl(await mockAws(), 'demo', '')).toBe('https://demo.auth.eu-central-1.amazoncognito.com');
    const gov = await mockAws({ partition: 'aws-us-gov', target: { region: 'us-gov-west-1' } });
    expect(await findDomainUrl(gov, 'demo', '')).toBe('https://demo.auth-fips.us-gov-west-1.amazoncognito.com');
  });
});

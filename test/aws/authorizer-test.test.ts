import { APIGatewayClient, TestInvokeAuthorizerCommand } from '@aws-sdk/client-api-gateway';
import { expect, it } from 'vitest';
import { testAuthorizer } from '../../src/aws/authorizer-test.ts';
import { mockClient } from '../mock-client.ts';
import { mockAws, sent } from './mocks.ts';

const gateway = mockClient(APIGatewayClient);

it('an authorizer’s verdict: AWS says 0 for a token that is good', async () => {
  gateway
    .on(TestInvokeAuthorizerCommand)
    .resolvesOnce({ clientStatus: 0, claims: { sub: '1' }, latency: 7, log: 'ok' })
    .resolvesOnce({ clientStatus: 401, latency: 3 });
  const aws = await mockAws();
  const what = { apiId: 'abc', authorizerId: 'a1', token: 'token' };
  expect(await testAuthorizer(aws, what)).toEqual({ status: 200, claims: { sub: '1' }, latencyMs: 7, log: 'ok' });
  expect(await testAuthorizer(aws, what)).toEqual({ status: 401, claims: {}, latencyMs: 3, log: '' });
  expect(sent(gateway)[0]).toEqual([
    'TestInvokeAuthorizer',
    { restApiId: 'abc', authorizerId: 'a1', headers: { Authorization: 'token' } },
  ]);
});

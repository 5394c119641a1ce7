import {
  APIGatewayClient,
  DeleteGatewayResponseCommand,
  GetGatewayResponseCommand,
  NotFoundException,
  PutGatewayResponseCommand,
} from '@aws-sdk/client-api-gateway';
import { afterEach, describe, expect, it } from 'vitest';
import { type DesiredGatewayResponse, gatewayResponse } from '../../src/aws/gateway-response.ts';
import { mockClient } from '../mock-client.ts';
import { ignoreWait, mockAws, sent } from './mocks.ts';

const gateway = mockClient(APIGatewayClient);
afterEach(() => gateway.reset());

const parameters = { 'gatewayresponse.header.Access-Control-Allow-Origin': "'https://a.org'" };
const desired: DesiredGatewayResponse = { apiId: 'abc', responseType: 'DEFAULT_4XX', parameters };
const notFound = new NotFoundException({ $metadata: {}, message: 'gone' });

describe('gateway response', () => {
  it('that nobody has put is absent, though API Gateway tells it', async () => {
    gateway.on(GetGatewayResponseCommand).resolves({ defaultResponse: true, responseParameters: {} });
    expect(await gatewayResponse.read(await mockAws(), desired)).toBeUndefined();
    gateway.on(GetGatewayResponseCommand).rejects(notFound);
    expect(await gatewayResponse.read(await mockAws(), desired)).toBeUndefined();
  });

  it('with other headers differs, and is put anew', async () => {
    gateway.on(GetGatewayResponseCommand).resolves({ defaultResponse: false, responseParameters: { x: "'y'" } });
    const aws = await mockAws();
    const actual = await gatewayResponse.read(aws, desired);
    if (!actual) throw new Error('it was not read');
    const changes = gatewayResponse.compare(desired, actual);
    expect(changes).toEqual([{ property: 'parameters', from: { x: "'y'" }, to: parameters }]);
    gateway.on(PutGatewayResponseCommand).resolves({});
    await gatewayResponse.update(aws, { desired, actual, changes, onWait: ignoreWait });
    expect(sent(gateway).at(-1)).toMatchObject([
      'PutGatewayResponse',
      { restApiId: 'abc', responseType: 'DEFAULT_4XX', responseParameters: parameters },
    ]);
  });

  it('that is gone already is removed', async () => {
    gateway.on(DeleteGatewayResponseCommand).rejects(notFound);
    const actual = { ...desired, id: 'DEFAULT_4XX' };
    await expect(gatewayResponse.remove(await mockAws(), actual, ignoreWait)).resolves.toBeUndefined();
  });
});

import type { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway } from '../execute-api/api-fixture.ts';
import { refusal } from '../refusal.ts';

let fixture: GatewayFixture;
let gateway: APIGateway;
let address: { restApiId: string; resourceId: string | undefined; httpMethod: string };

beforeAll(async () => {
  fixture = await startGateway();
  gateway = fixture.gateway;
  const api = await fixture.makeApi({ '/x': { responses: {} } });
  address = { restApiId: api.restApiId, resourceId: api.resources['/x'], httpMethod: 'POST' };
});
afterAll(() => fixture?.engine.stop());

const notFound = (message: string) => ({ name: 'NotFoundException', message, status: 404 });
const badRequest = (message: unknown) => ({ name: 'BadRequestException', message, status: 400 });
type Operation = ['add' | 'replace' | 'remove', string, string?];
const patches = (operations: Operation[]) => ({
  patchOperations: operations.map(([op, path, value]) => ({ op, path, ...(value !== undefined && { value }) })),
});

describe('methods', () => {
  it('are put once, described and deleted', async () => {
    const get = { ...address, httpMethod: 'GET' };
    const made = await gateway.putMethod({ ...get, authorizationType: 'NONE', operationName: 'read' });
    expect(made).toMatchObject({
      httpMethod: 'GET',
      authorizationType: 'NONE',
      apiKeyRequired: false,
      operationName: 'read',
    });
    expect(await refusal(gateway.putMethod({ ...get, authorizationType: 'NONE' }))).toEqual({
      name: 'ConflictException',
      message: 'Method already exists for this resource',
      status: 409,
    });
    const { resourceMethods } = await gateway.getResource({ ...address });
    expect(Object.keys(resourceMethods ?? {}).sort()).toEqual(['GET', 'POST']);
    await gateway.deleteMethod(get);
    const gone = notFound('Invalid Method identifier specified');
    expect(await refusal(gateway.getMethod(get))).toEqual(gone);
    expect(await refusal(gateway.deleteMethod(get))).toEqual(gone);
    expect(await refusal(gateway.getIntegration(get))).toEqual(gone);
  });

  it('refuse what cannot be, and what the data plane would not do', async () => {
    const put = (input: object) =>
      refusal(gateway.putMethod({ ...address, httpMethod: 'PUT', authorizationType: 'NONE', ...input }));
    expect((await put({ httpMethod: 'FETCH' })).message).toBe(
      'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    );
    const noAuthorizer = badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    );
    expect(await put({ authorizationType: 'COGNITO_USER_POOLS' })).toEqual(noAuthorizer);
    expect(await put({ authorizationType: 'CUSTOM', authorizerId: 'absent' })).toEqual(noAuthorizer);
    expect(await put({ authorizationType: 'MAYBE' })).toEqual(
      badRequest('Invalid authorization type specified: MAYBE'),
    );
    expect((await put({ authorizationType: 'AWS_IAM' })).message).toMatch(/does not serve methods with AWS_IAM/);
    expect(await put({ requestValidatorId: 'absent' })).toEqual(
      badRequest('Invalid Request Validator identifier specified'),
    );
    expect(await put({ resourceId: 'absent' })).toEqual(notFound('Invalid Resource identifier specified'));
    expect(await refusal(gateway.getMethod({ ...address, httpMethod: 'PUT' }))).toMatchObject({ status: 404 });
  });

  it('are patched in what may be patched', async () => {
    const update = (...operations: Operation[]) => gateway.updateMethod({ ...address, ...patches(operations) });
    const changed = await update(
      ['replace', '/apiKeyRequired', 'true'],
      ['add', '/requestParameters/method.request.header.X', 'true'],
      ['add', '/requestModels/application~1json', 'Empty'],
      ['replace', '/operationName', 'write'],
    );
    expect(changed).toMatchObject({
      apiKeyRequired: true,
      requestParameters: { 'method.request.header.X': true },
      requestModels: { 'application/json': 'Empty' },
      operationName: 'write',
    });
    const back = await update(
      ['replace', '/apiKeyRequired', 'false'],
      ['remove', '/requestParameters/method.request.header.X'],
      ['remove', '/requestModels/application~1json'],
    );
    expect([back.apiKeyRequired, back.requestParameters, back.requestModels]).toEqual([false, undefined, undefined]);
    for (const path of ['/httpMethod', '/methodIntegration/uri', '/methodResponses/200', '/__proto__/x', '/']) {
      expect(await refusal(update(['replace', path, 'x']))).toEqual(badRequest(`Invalid patch path ${path}`));
    }
    expect((await refusal(update(['replace', '/authorizationType', 'CUSTOM']))).message).toMatch(
      /^Invalid authorizer ID/,
    );
    expect((await refusal(update(['remove', '/authorizationType']))).name).toBe('BadRequestException');
    expect((await gateway.getMethod(address)).authorizationType).toBe('NONE');
  });
});

describe('integrations', () => {
  it('have the defaults of AWS', async () => {
    expect(await gateway.getIntegration(address)).toMatchObject({
      type: 'AWS',
      httpMethod: 'POST',
      uri: fixture.uriOf(fixture.functionArn),
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: address.resourceId,
      cacheKeyParameters: [],
    });
  });

  it.each<[string, object, RegExp]>([
    ['no verb', { integrationHttpMethod: undefined }, /^Enumeration value for HttpMethod must be non-empty$/],
    ['a URI that is no ARN', { uri: 'https://example.com' }, /^Invalid ARN specified in the request$/],
    [
      'an ARN of something else',
      { uri: 'arn:aws:lambda:us-east-1:123456789012:function:f' },
      /^AWS ARN for integration must contain path or action$/,
    ],
    ['no time', { timeoutInMillis: 49 }, /^Timeout should be between 50 ms and 29000 ms$/],
    ['unknown passthrough', { passthroughBehavior: 'SOMETIMES' }, /^Invalid passthrough behavior specified$/],
    ['too much time', { timeoutInMillis: 29_001 }, /^Timeout should be between 50 ms and 29000 ms$/],
    ['HTTP', { type: 'HTTP', uri: 'https://example.com' }, /does not serve integrations of type HTTP/],
    [
      'HTTP_PROXY',
      { type: 'HTTP_PROXY', uri: 'https://example.com' },
      /does not serve integrations of type HTTP_PROXY/,
    ],
    [
      'another service',
      { uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/PutItem' },
      /does not serve integrations with services other than Lambda/,
    ],
    ['a role', { credentials: 'arn:aws:iam::123456789012:role/r' }, /does not serve integrations with a role/],
    [
      'mapped parameters',
      { requestParameters: { 'integration.request.header.X': "'1'" } },
      /does not serve mapped request parameters/,
    ],
    ['a VPC link', { connectionType: 'VPC_LINK', connectionId: 'v' }, /does not serve VPC links/],
  ])('refuse %s', async (_name, input, message) => {
    const uri = fixture.uriOf(fixture.functionArn);
    const put = gateway.putIntegration({ ...address, type: 'AWS', integrationHttpMethod: 'POST', uri, ...input });
    expect(await refusal(put)).toEqual(badRequest(expect.stringMatching(message)));
    expect((await gateway.getIntegration(address)).uri).toBe(uri);
  });

  it('are patched in what may be patched', async () => {
    const update = (...operations: Operation[]) => gateway.updateIntegration({ ...address, ...patches(operations) });
    const changed = await update(
      ['replace', '/timeoutInMillis', '1000'],
      ['add', '/requestTemplates/application~1json', '{}'],
      ['replace', '/passthroughBehavior', 'NEVER'],
      ['replace', '/contentHandling', 'CONVERT_TO_TEXT'],
    );
    expect(changed).toMatchObject({
      timeoutInMillis: 1000,
      requestTemplates: { 'application/json': '{}' },
      passthroughBehavior: 'NEVER',
      contentHandling: 'CONVERT_TO_TEXT',
    });
    expect((await update(['remove', '/requestTemplates/application~1json'])).requestTemplates).toBeUndefined();
    for (const none of ['soon', '', ' 1000', '0x400', '1e3']) {
      expect((await refusal(update(['replace', '/timeoutInMillis', none]))).name).toBe('BadRequestException');
    }
    expect((await refusal(update(['replace', '/type', 'HTTP'], ['replace', '/uri', 'http://x']))).message).toMatch(
      /does not serve/,
    );
    expect(await refusal(update(['replace', '/nonsense', 'x']))).toEqual(badRequest('Invalid patch path /nonsense'));
    expect(await gateway.getIntegration(address)).toMatchObject({ type: 'AWS', timeoutInMillis: 1000 });
  });
});

describe('responses', () => {
  const ok = () => ({ ...address, statusCode: '200' });
  const metadata = { $metadata: expect.anything() };
  const header = 'method.response.header.X';

  it('belong together: the integration answers by what the method declares', async () => {
    await gateway.putIntegrationResponse(ok());
    await gateway.putMethodResponse({ ...ok(), responseModels: { 'application/json': 'Empty' } });
    expect(await refusal(gateway.putMethodResponse(ok()))).toEqual({
      name: 'ConflictException',
      message: 'Response already exists for this resource',
      status: 409,
    });
    for (const statusCode of ['99', '600', 'ok', '2000']) {
      expect([statusCode, (await refusal(gateway.putMethodResponse({ ...address, statusCode }))).status]).toEqual([
        statusCode,
        400,
      ]);
    }
    const declared = await gateway.updateMethodResponse({
      ...ok(),
      ...patches([
        ['add', `/responseParameters/${header}`, 'true'],
        ['remove', '/responseModels/application~1json'],
      ]),
    });
    expect(declared).toEqual({ ...metadata, statusCode: '200', responseParameters: { [header]: true } });
    await gateway.putIntegrationResponse({ ...ok(), responseParameters: { [header]: "'1'" } });
    const changed = await gateway.updateIntegrationResponse({
      ...ok(),
      ...patches([
        ['replace', '/selectionPattern', 'x.*'],
        ['add', '/responseTemplates/application~1json', '{}'],
      ]),
    });
    expect(changed).toMatchObject({ selectionPattern: 'x.*', responseTemplates: { 'application/json': '{}' } });
    const undeclared = gateway.updateIntegrationResponse({
      ...ok(),
      ...patches([['add', '/responseParameters/method.response.header.Y', "'1'"]]),
    });
    expect((await refusal(undeclared)).message).toContain('method.response.header.Y');
    const method = await gateway.getMethod(address);
    expect(method.methodIntegration?.integrationResponses?.['200']).toMatchObject({ selectionPattern: 'x.*' });
    await gateway.deleteIntegrationResponse(ok());
    await gateway.deleteMethodResponse(ok());
    const gone = notFound('Invalid Response status code specified');
    expect(await refusal(gateway.getIntegrationResponse(ok()))).toEqual(gone);
    expect(await refusal(gateway.getMethodResponse(ok()))).toEqual(gone);
    expect(await refusal(gateway.deleteMethodResponse(ok()))).toEqual(gone);
  });

  it('go with their integration', async () => {
    await gateway.putMethodResponse(ok());
    await gateway.putIntegrationResponse(ok());
    await gateway.deleteIntegration(address);
    expect(await refusal(gateway.getIntegrationResponse(ok()))).toEqual(
      notFound('Invalid Integration identifier specified'),
    );
    expect((await gateway.getMethodResponse(ok())).statusCode).toBe('200');
  });
});

import type { APIGateway } from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from '../execute-api/api-fixture.ts';
import { refusal } from '../refusal.ts';

let fixture: GatewayFixture;
let gateway: APIGateway;
let api: TestApi;
let restApiId: string;

beforeAll(async () => {
  fixture = await startGateway();
  gateway = fixture.gateway;
  api = await fixture.makeApi({ '/x': {} });
  restApiId = api.restApiId;
});
afterAll(() => fixture?.engine.stop());

const notFound = (message: string) => ({ name: 'NotFoundException', message, status: 404 });
const badRequest = (message: unknown) => ({ name: 'BadRequestException', message, status: 400 });
const poolArn = (id: string) => `arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_${id}`;
const patch = (op: 'add' | 'replace' | 'remove', path: string, value?: string) => ({
  op,
  path,
  ...(value !== undefined && { value }),
});

describe('authorizers', () => {
  const create = (name: string, input: object = {}) =>
    gateway.createAuthorizer({
      restApiId,
      name,
      type: 'COGNITO_USER_POOLS',
      providerARNs: [poolArn('a')],
      identitySource: 'method.request.header.Authorization',
      ...input,
    });

  it('are created under a name of their own, patched and listed', async () => {
    const made = await create('pool');
    expect(made).toMatchObject({ name: 'pool', type: 'COGNITO_USER_POOLS', authType: 'cognito_user_pools' });
    expect(await refusal(create('pool'))).toEqual(
      badRequest('Authorizer name must be unique. Authorizer pool already exists in this RestApi.'),
    );
    const authorizerId = made.id;
    const update = (...patchOperations: ReturnType<typeof patch>[]) =>
      gateway.updateAuthorizer({ restApiId, authorizerId, patchOperations });
    const changed = await update(
      patch('add', '/providerARNs', poolArn('b')),
      patch('remove', '/providerARNs', poolArn('a')),
      patch('replace', '/identitySource', 'method.request.header.X-Token'),
      patch('replace', '/name', 'renamed'),
    );
    expect(changed).toMatchObject({
      name: 'renamed',
      providerARNs: [poolArn('b')],
      identitySource: 'method.request.header.X-Token',
    });
    await create('other');
    expect((await refusal(update(patch('replace', '/name', 'other')))).message).toMatch(/must be unique/);
    expect((await refusal(update(patch('remove', '/providerARNs', poolArn('b'))))).message).toBe(
      'Invalid Authorizer provider ARN specified.',
    );
    expect((await refusal(update(patch('replace', '/type', 'TOKEN')))).message).toMatch(/only COGNITO_USER_POOLS/);
    expect(await refusal(update(patch('replace', '/id', 'x')))).toEqual(badRequest('Invalid patch path /id'));
    const { items = [] } = await gateway.getAuthorizers({ restApiId });
    expect(items.map(({ name }) => name).sort()).toEqual(['other', 'renamed']);
    expect((await gateway.getAuthorizers({ restApiId, limit: 1 })).position).toBeDefined();
  });

  it.each<[string, object, RegExp]>([
    ['no pool', { providerARNs: [] }, /^Invalid Authorizer provider ARN specified\.$/],
    ['a pool that is none', { providerARNs: ['us-east-1_a'] }, /^Invalid Authorizer provider ARN specified\.$/],
    [
      'no header',
      { identitySource: 'method.request.querystring.token' },
      /^Identity source must be a method request header$/,
    ],
    ['a function', { type: 'TOKEN', authorizerUri: 'arn:x' }, /does not serve authorizers of type TOKEN/],
    [
      'a function that sees the request',
      { type: 'REQUEST', authorizerUri: 'arn:x' },
      /does not serve authorizers of type REQUEST/,
    ],
  ])('refuse %s', async (_name, input, message) => {
    expect(await refusal(create('refused', input))).toEqual(badRequest(expect.stringMatching(message)));
  });

  it('stay while a method uses them', async () => {
    const { id: authorizerId } = await create('used');
    const address = { restApiId, resourceId: api.resources['/x'], httpMethod: 'GET' };
    await gateway.putMethod({ ...address, authorizationType: 'COGNITO_USER_POOLS', authorizerId });
    const remove = () => gateway.deleteAuthorizer({ restApiId, authorizerId });
    expect(await refusal(remove())).toEqual({
      name: 'ConflictException',
      message: "Cannot delete authorizer 'used', is referenced in method: GET//x",
      status: 409,
    });
    const { patchOperations } = { patchOperations: [patch('replace', '/authorizationType', 'NONE')] };
    expect((await gateway.updateMethod({ ...address, patchOperations })).authorizerId).toBeUndefined();
    await remove();
    expect(await refusal(gateway.getAuthorizer({ restApiId, authorizerId }))).toEqual(
      notFound('Invalid Authorizer identifier specified'),
    );
    await gateway.deleteMethod(address);
  });
});

describe('models and validators', () => {
  it('begin with Empty and Error, and have names of their own', async () => {
    const names = async () => ((await gateway.getModels({ restApiId })).items ?? []).map(({ name }) => name);
    expect(await names()).toEqual(['Empty', 'Error']);
    const model = { restApiId, name: 'Item', contentType: 'application/json', schema: '{}' };
    await gateway.createModel(model);
    for (const name of ['with-dash', 'two words', 'under_score']) {
      expect((await refusal(gateway.createModel({ ...model, name }))).message).toBe(
        `Model name must be alphanumeric: ${name}`,
      );
    }
    expect(await refusal(gateway.createModel(model))).toEqual({
      name: 'ConflictException',
      message: 'Model name already exists for this REST API',
      status: 409,
    });
    const updateModel = (...patchOperations: ReturnType<typeof patch>[]) =>
      gateway.updateModel({ restApiId, modelName: 'Item', patchOperations });
    const schema = '{"type":"object"}';
    const changed = await updateModel(patch('replace', '/schema', schema), patch('replace', '/description', 'one'));
    expect(changed).toMatchObject({ name: 'Item', contentType: 'application/json', schema, description: 'one' });
    expect(await gateway.getModel({ restApiId, modelName: 'Item' })).toMatchObject({ schema, description: 'one' });
    expect(await refusal(updateModel(patch('replace', '/name', 'x')))).toEqual(
      badRequest("Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]"),
    );
    await gateway.deleteModel({ restApiId, modelName: 'Item' });
    expect(await refusal(updateModel(patch('replace', '/schema', schema)))).toEqual(
      notFound('Invalid model name specified: Item'),
    );
    expect(await refusal(gateway.getModel({ restApiId, modelName: 'Item' }))).toEqual(
      notFound('Invalid model name specified: Item'),
    );
  });

  it('stay while a method uses them', async () => {
    const { id } = await gateway.createRequestValidator({ restApiId, name: 'p', validateRequestParameters: true });
    const address = { restApiId, resourceId: api.resources['/x'], httpMethod: 'POST' };
    const use = (value: string) =>
      gateway.updateMethod({ ...address, patchOperations: [patch('replace', '/requestValidatorId', value)] });
    expect((await use(id ?? '')).requestValidatorId).toBe(id);
    const update = (path: string, value: string) =>
      gateway.updateRequestValidator({
        restApiId,
        requestValidatorId: id,
        patchOperations: [patch('replace', path, value)],
      });
    expect(await update('/validateRequestParameters', 'false')).toMatchObject({ validateRequestParameters: false });
    expect(await update('/name', 'q')).toMatchObject({ id, name: 'q', validateRequestParameters: false });
    expect(await update('/validateRequestBody', 'true')).toMatchObject({ validateRequestBody: true });
    expect(await gateway.getRequestValidator({ restApiId, requestValidatorId: id })).toMatchObject({
      name: 'q',
      validateRequestBody: true,
    });
    const remove = () => gateway.deleteRequestValidator({ restApiId, requestValidatorId: id });
    expect((await refusal(remove())).name).toBe('ConflictException');
    expect((await use('')).requestValidatorId).toBeUndefined();
    await remove();
    expect(await refusal(gateway.getRequestValidator({ restApiId, requestValidatorId: id }))).toEqual(
      notFound('Invalid Request Validator identifier specified'),
    );
  });
});

describe('gateway responses', () => {
  const put = (input: object) => gateway.putGatewayResponse({ restApiId, responseType: 'THROTTLED', ...input });

  it('are AWS’s own until the API has one', async () => {
    const get = () => gateway.getGatewayResponse({ restApiId, responseType: 'THROTTLED' });
    const usual = {
      responseType: 'THROTTLED',
      statusCode: '429',
      responseTemplates: { 'application/json': '{"message":$context.error.messageString}' },
      defaultResponse: true,
    };
    expect(await get()).toMatchObject(usual);
    const { items = [] } = await gateway.getGatewayResponses({ restApiId, limit: 500 });
    expect(items).toHaveLength(21);
    expect(items.every(({ defaultResponse }) => defaultResponse)).toBe(true);
    await put({ statusCode: '420' });
    expect(await get()).toMatchObject({ statusCode: '420', defaultResponse: false });
    const update = (...patchOperations: ReturnType<typeof patch>[]) =>
      gateway.updateGatewayResponse({ restApiId, responseType: 'THROTTLED', patchOperations });
    const name = 'gatewayresponse.header.X';
    await update(patch('replace', '/statusCode', '429'), patch('add', `/responseParameters/${name}`, "'1'"));
    expect(await get()).toMatchObject({ statusCode: '429', responseParameters: { [name]: "'1'" } });
    expect((await refusal(update(patch('replace', '/statusCode', 'ok')))).message).toBe('Invalid status code ok');
    await gateway.deleteGatewayResponse({ restApiId, responseType: 'THROTTLED' });
    expect(await get()).toMatchObject(usual);
    expect(await refusal(gateway.deleteGatewayResponse({ restApiId, responseType: 'THROTTLED' }))).toEqual(
      notFound('Gateway response type not defined on api'),
    );
  });

  it.each<[string, object, RegExp]>([
    ['a type that there is none of', { responseType: 'TEAPOT' }, /Value 'TEAPOT' at 'responseType'/],
    [
      'a status that is none',
      { statusCode: 'ok' },
      /'ok' at 'putGatewayResponseInput\.statusCode' .* pattern: \[1-5\]\\d\\d$/,
    ],
    ['a status that ends no request', { statusCode: '101' }, /^Invalid status code 101$/],
    ...['method.request.body.y', 'integration.response.header.Y', 'anything'].map(
      (source): [string, object, RegExp] => [
        `a header from ${source}`,
        { responseParameters: { 'gatewayresponse.header.X': source } },
        new RegExp(`does not serve parameters .* as gatewayresponse\\.header\\.X: ${source}`),
      ],
    ),
  ])('refuse %s', async (_name, input, message) => {
    expect(await refusal(put(input))).toMatchObject({ message: expect.stringMatching(message), status: 400 });
  });
});

describe('APIs, patched', () => {
  it('change what may be changed, and keep their id', async () => {
    const update = (...patchOperations: ReturnType<typeof patch>[]) =>
      gateway.updateRestApi({ restApiId, patchOperations });
    const changed = await update(
      patch('replace', '/name', 'renamed'),
      patch('replace', '/description', 'd'),
      patch('replace', '/endpointConfiguration/types/0', 'REGIONAL'),
      patch('add', '/binaryMediaTypes/image~1png'),
      patch('add', '/binaryMediaTypes/image~1gif'),
      patch('remove', '/binaryMediaTypes/image~1png'),
      patch('replace', '/minimumCompressionSize', '1024'),
    );
    expect(changed).toMatchObject({
      id: restApiId,
      name: 'renamed',
      description: 'd',
      endpointConfiguration: { types: ['REGIONAL'] },
      binaryMediaTypes: ['image/gif'],
      minimumCompressionSize: 1024,
    });
    expect((await update(patch('replace', '/minimumCompressionSize', ''))).minimumCompressionSize).toBeUndefined();
    const dual = await update(patch('replace', '/endpointConfiguration/ipAddressType', 'dualstack'));
    expect(dual.endpointConfiguration).toEqual({ types: ['REGIONAL'], ipAddressType: 'dualstack' });
    const endpoint = update(patch('add', '/endpointConfiguration/vpcEndpointIds', 'vpce-1'));
    expect((await refusal(endpoint)).message).toMatch(/does not serve VPC endpoints \(.*vpcEndpointIds\)/);
    const by = await update(patch('replace', '/endpointConfiguration/types/REGIONAL', 'EDGE'));
    expect(by.endpointConfiguration?.types).toEqual(['EDGE']);
    const keySource = (value: string) => update(patch('replace', '/apiKeySource', value));
    expect((await keySource('AUTHORIZER')).apiKeySource).toBe('AUTHORIZER');
    for (const none of ['COOKIE', 'header']) {
      expect((await refusal(keySource(none))).name).toBe('BadRequestException');
    }
    expect((await gateway.getRestApi({ restApiId })).apiKeySource).toBe('AUTHORIZER');
    for (const path of ['/id', '/region', '/resources/x', '/stages/prod', '/tags/a', '/nonsense', '/constructor']) {
      expect(await refusal(update(patch('replace', path, 'x')))).toEqual(badRequest(`Invalid patch path ${path}`));
    }
    expect(await refusal(update(patch('replace', '/name', '')))).toEqual(badRequest('Name cannot be empty'));
    expect((await refusal(update(patch('remove', '/name')))).name).toBe('BadRequestException');
    expect((await refusal(update(patch('replace', '/policy', '{}')))).message).toMatch(
      /does not serve resource policies/,
    );
    const { items = [] } = await gateway.getRestApis({});
    expect(items.map(({ id }) => id)).toEqual([restApiId]);
  });
});

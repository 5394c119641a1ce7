import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayFixture, startGateway, type TestApi } from '../execute-api/api-fixture.ts';
import { refusal } from '../refusal.ts';

/** What AWS was recorded to refuse (localstack `apigateway/test_apigateway_api`, 2024), in its words. */

let fixture: GatewayFixture;
let api: TestApi;
beforeAll(async () => {
  fixture = await startGateway();
  api = await fixture.makeApi({ '/plain': {} });
});
afterAll(() => fixture?.engine.stop());

const badRequest = (message: string) => ({ name: 'BadRequestException', message, status: 400 });
const restApiId = () => api.restApiId;
const add = (pathPart: string, parentId = api.resources['/']) => ({ restApiId: api.restApiId, parentId, pathPart });

describe('resources', () => {
  it('have one variable child, and nothing below a greedy one', async () => {
    const { gateway } = fixture;
    const { id: greedy = '' } = await gateway.createResource(add('{proxy+}'));
    expect(await refusal(gateway.createResource(add('{id}')))).toEqual(
      badRequest('A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed'),
    );
    for (const pathPart of ['a', '{b}']) {
      expect(await refusal(gateway.createResource(add(pathPart, greedy)))).toEqual(
        badRequest('Cannot create a child of a resource with a greedy path variable: {proxy+}'),
      );
    }
    expect(await gateway.createResource(add('beside'))).toMatchObject({ path: '/beside' });
    const renamed = await gateway.updateResource({
      restApiId: restApiId(),
      resourceId: greedy,
      patchOperations: [{ op: 'replace', path: '/pathPart', value: '{rest+}' }],
    });
    expect(renamed.path).toBe('/{rest+}');
  });
});

describe('variable resources', () => {
  const variables: [first: string, second: string, taken: boolean][] = [
    ['{id}', '{all+}', false],
    ['{id}', '{name}', false],
    ['{all+}', '{rest+}', false],
    ['{id}', 'id', true],
    ['plain', '{id}', true],
  ];
  it.each(variables)('%s and then %s beside it', async (first, second, taken) => {
    const { gateway } = fixture;
    const { id: parent = '' } = await gateway.createResource(
      add(`of-${variables.findIndex(([f, s]) => f === first && s === second)}`),
    );
    await gateway.createResource(add(first, parent));
    const outcome = gateway.createResource(add(second, parent));
    if (taken) expect((await outcome).pathPart).toBe(second);
    else {
      expect(await refusal(outcome)).toEqual(
        badRequest(`A sibling (${first}) of this resource already has a variable path part -- only one is allowed`),
      );
    }
  });

  it('are told apart by their parents, and free again when one goes', async () => {
    const { gateway } = fixture;
    const { id: one = '' } = await gateway.createResource(add('one'));
    const { id: two = '' } = await gateway.createResource(add('two'));
    const { id: below = '' } = await gateway.createResource(add('{id}', one));
    expect((await gateway.createResource(add('{id}', two))).path).toBe('/two/{id}');
    expect((await gateway.createResource(add('{id2}', below))).path).toBe('/one/{id}/{id2}');
    await gateway.deleteResource({ restApiId: restApiId(), resourceId: below });
    expect((await gateway.createResource(add('{all+}', one))).path).toBe('/one/{all+}');
  });
});

describe('methods', () => {
  const put = (more: object) =>
    refusal(
      fixture.gateway.putMethod({
        restApiId: restApiId(),
        resourceId: api.resources['/plain'],
        httpMethod: 'GET',
        authorizationType: 'NONE',
        ...more,
      }),
    );

  it('name their parameters once', async () => {
    const requestParameters = { 'method.request.querystring.q': false, 'method.request.header.q': false };
    expect(await put({ requestParameters })).toEqual(
      badRequest('Parameter names must be unique across querystring, header and path'),
    );
  });

  it.each([
    ['path and query', { 'method.request.path.id': true, 'method.request.querystring.id': true }],
    ['header and path', { 'method.request.header.x': false, 'method.request.path.x': true }],
    [
      'all three',
      {
        'method.request.header.n': false,
        'method.request.path.n': true,
        'method.request.querystring.n': false,
        'method.request.querystring.m': true,
      },
    ],
  ])('name them once: %s', async (_what, requestParameters) => {
    expect(await put({ requestParameters })).toEqual(
      badRequest('Parameter names must be unique across querystring, header and path'),
    );
  });

  it('hold on to the models that they use', async () => {
    const { gateway } = fixture;
    const schema = JSON.stringify({ $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' });
    for (const name of ['asked', 'answered', 'free']) {
      await gateway.createModel({ restApiId: restApiId(), name, contentType: 'application/json', schema });
    }
    await api.add('/modelled', {
      method: { requestModels: { 'application/xml': 'asked' } },
      responses: { 202: { method: { responseModels: { 'application/json': 'answered' } } } },
    });
    const remove = (modelName: string) => gateway.deleteModel({ restApiId: restApiId(), modelName });
    for (const name of ['asked', 'answered']) {
      const { name: code, message, status } = await refusal(remove(name));
      expect([code, status]).toEqual(['ConflictException', 409]);
      expect(message).toContain(name);
    }
    await remove('free');
    await gateway.deleteMethod({ restApiId: restApiId(), resourceId: api.resources['/modelled'], httpMethod: 'POST' });
    await remove('asked');
    await remove('answered');
  });

  it('know their models', async () => {
    expect(await put({ requestModels: { 'application/json': 'petModel' } })).toEqual(
      badRequest('Invalid model identifier specified: petModel'),
    );
    const at = { restApiId: restApiId(), resourceId: api.resources['/plain'], httpMethod: 'POST', statusCode: '218' };
    const unknown = badRequest('Invalid model identifier specified: errorModel');
    const responseModels = { 'text/json': 'Empty', 'application/json': 'errorModel' };
    expect(await refusal(fixture.gateway.putMethodResponse({ ...at, responseModels }))).toEqual(unknown);
    await fixture.gateway.putMethodResponse({ ...at, responseModels: { 'application/json': 'Error' } });
    const patch = (value: string) =>
      fixture.gateway.updateMethodResponse({
        ...at,
        patchOperations: [{ op: 'replace', path: '/responseModels/application~1json', value }],
      });
    expect(await refusal(patch('errorModel'))).toEqual(unknown);
    expect((await patch('Empty')).responseModels).toEqual({ 'application/json': 'Empty' });
  });
});

describe('integrations', () => {
  it('may answer a status before the method declares it', async () => {
    const address = { restApiId: restApiId(), resourceId: api.resources['/plain'], httpMethod: 'POST' };
    await fixture.gateway.putIntegrationResponse({ ...address, statusCode: '404', selectionPattern: 'none' });
    const { statusCode } = await fixture.gateway.getIntegrationResponse({ ...address, statusCode: '404' });
    expect(statusCode).toBe('404');
  });

  it('stay in their region', async () => {
    const uri = fixture.uriOf(fixture.functionArn).replace('apigateway:us-east-1', 'apigateway:eu-west-1');
    expect(await refusal(api.add('/far', { integration: { uri } }))).toEqual(
      badRequest('This endpoint does not serve integrations in another region.'),
    );
  });
});

describe('an integration of another region', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['proxied', () => api.add('/far-proxy', { integration: { type: 'AWS_PROXY', uri: elsewhere('ap-south-1') } })],
    ['of a region of China', () => api.add('/far-china', { integration: { uri: elsewhere('cn-north-1') } })],
    [
      'by a patch',
      () =>
        fixture.gateway.updateIntegration({
          restApiId: restApiId(),
          resourceId: api.resources['/plain'],
          httpMethod: 'POST',
          patchOperations: [{ op: 'replace', path: '/uri', value: elsewhere('eu-west-1') }],
        }),
    ],
  ])('is refused, not called: %s', async (_how, ask) => {
    const { name, status } = await refusal(ask());
    expect([name, status]).toEqual(['BadRequestException', 400]);
  });
  it('is reached by no function of the same name here', async () => {
    const uri = fixture.uriOf(fixture.functionArn.replace('us-east-1', 'eu-west-1'));
    const { call } = await fixture.makeApi({ '/far': { integration: { uri } }, '/near': {} });
    expect((await call('/near', { body: '{"answer":1}' })).status).toBe(200);
    expect((await call('/far', { body: '{"answer":1}' })).status).toBe(500);
  });

  const elsewhere = (region: string) =>
    fixture.uriOf(fixture.functionArn).replace('apigateway:us-east-1', `apigateway:${region}`);
});

describe('APIs', () => {
  it.each([
    [{ description: '' }, 'Description cannot be an empty string'],
    [{ minimumCompressionSize: -1 }, 'Invalid minimum compression size, must be between 0 and 10485760'],
    [{ minimumCompressionSize: 10_485_761 }, 'Invalid minimum compression size, must be between 0 and 10485760'],
    [{ endpointConfiguration: { types: ['EDGE', 'REGIONAL'] } }, 'Cannot create an api with multiple Endpoint Types.'],
  ] as const)('with %j are refused', async (more, message) => {
    const { endpointConfiguration, ...rest } = { endpointConfiguration: undefined, ...more };
    const types = endpointConfiguration && { endpointConfiguration: { types: [...endpointConfiguration.types] } };
    expect(await refusal(fixture.gateway.createRestApi({ name: 'x', ...rest, ...types }))).toEqual(badRequest(message));
  });
});

it.each<[string, () => Promise<unknown>]>([
  [
    "'FTP' at 'putIntegrationInput.type'",
    () => fixture.gateway.putIntegration({ ...nowhere, httpMethod: 'GET', type: 'FTP' as 'HTTP' }),
  ],
  [
    "'NOTHING' at 'responseType'",
    () => fixture.gateway.putGatewayResponse({ restApiId: 'nowhere', responseType: 'NOTHING' as 'QUOTA_EXCEEDED' }),
  ],
  [
    "'OAUTH' at 'createAuthorizerInput.type'",
    () => fixture.gateway.createAuthorizer({ restApiId: 'nowhere', name: 'a', type: 'OAUTH' as 'TOKEN' }),
  ],
  [
    "'swap' at 'updateStageInput.patchOperations.1.member.op'",
    () =>
      fixture.gateway.updateStage({
        restApiId: 'nowhere',
        stageName: 's',
        patchOperations: [{ op: 'swap' as 'copy', path: '/description' }],
      }),
  ],
])('what cannot be is refused before what is not there: %s', async (said, ask) => {
  const { name, message, status } = await refusal(ask());
  expect([name, status]).toEqual(['ValidationException', 400]);
  expect(message).toMatch(/^1 validation error detected: /);
  expect(message).toContain(`Value ${said}`);
});
const nowhere = { restApiId: 'nowhere', resourceId: 'r' };

it('a cache for answers is refused by name', async () => {
  const caching = fixture.gateway.updateStage({
    restApiId: restApiId(),
    stageName: 'prod',
    patchOperations: [{ op: 'replace', path: '/~1plain/POST/caching/enabled', value: 'true' }],
  });
  expect(await refusal(caching)).toEqual(
    badRequest('This endpoint does not serve caching of answers (cachingEnabled).'),
  );
});

it('an API that is not there is refused in the words of each operation', async () => {
  const { gateway } = fixture;
  const nowhere = { restApiId: 'nowhere' };
  const authorizer = { ...nowhere, name: 'a', type: 'COGNITO_USER_POOLS' as const, providerARNs: [] };
  expect(await refusal(gateway.createAuthorizer(authorizer))).toEqual({
    name: 'ConflictException',
    message: 'Unable to complete operation due to concurrent modification. Please try again later.',
    status: 409,
  });
  expect(await refusal(gateway.createRequestValidator({ ...nowhere, name: 'v' }))).toEqual(
    badRequest('Invalid REST API identifier specified'),
  );
  const method = { ...nowhere, resourceId: 'r', httpMethod: 'GET' };
  for (const call of [
    () => gateway.putMethod({ ...method, authorizationType: 'NONE' }),
    () => gateway.getMethod(method),
  ]) {
    expect(await refusal(call())).toEqual({
      name: 'NotFoundException',
      message: 'Invalid Resource identifier specified',
      status: 404,
    });
  }
});

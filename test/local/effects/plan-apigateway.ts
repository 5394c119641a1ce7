import { service } from '../../../src/local/apigateway/service.ts';
import type { Names } from '../every-input.ts';
import { lambdaUri, patches } from './apigateway-patches.ts';
import { absent, type Plan } from './plan.ts';
import { each, itemsOf } from './reading.ts';

/** One API with two of everything. `pools`: ARNs; `token`: one of the first pool. */
export const apigatewayPlan = (pools: [string, string], token: () => string): Plan => ({
  service,
  async scene(run, _number, region) {
    const idOf = async (operation: string, input: object) => String((await run(operation, input)).id);
    const api = await run('CreateRestApi', { name: 'here', tags: { a: 'b', c: 'd' } });
    const otherApi = await idOf('CreateRestApi', { name: 'other' });
    const restApiId = String(api.id);
    const rootId = String(api.rootResourceId);
    const resource = (pathPart: string, parentId = rootId) => idOf('CreateResource', { restApiId, parentId, pathPart });
    const resourceId = await resource('here');
    const otherResource = await resource('other');
    const leafId = await resource('leaf', resourceId);
    const method = { restApiId, resourceId, httpMethod: 'GET' };
    const authorizer = (name: string, header = 'Authorization') =>
      idOf('CreateAuthorizer', {
        restApiId,
        name,
        type: 'COGNITO_USER_POOLS',
        providerARNs: [pools[0]],
        identitySource: `method.request.header.${header}`,
      });
    const authorizerId = await authorizer('here');
    const otherAuthorizer = await authorizer('other', 'Other');
    const requestValidatorId = await idOf('CreateRequestValidator', { restApiId, name: 'here' });
    const otherValidator = await idOf('CreateRequestValidator', {
      restApiId,
      name: 'other',
      validateRequestBody: true,
    });
    const make = async (place: { resourceId: string; httpMethod: string }, status: string) => {
      await run('PutMethod', {
        restApiId,
        ...place,
        authorizationType: 'NONE',
        operationName: 'x',
        requestParameters: { 'method.request.header.A': true },
        requestModels: { 'application/json': 'Empty' },
      });
      const template = `{"statusCode": ${status}}`;
      await run('PutIntegration', {
        restApiId,
        ...place,
        type: 'MOCK',
        requestTemplates: { 'application/json': template },
      });
      await run('PutMethodResponse', {
        restApiId,
        ...place,
        statusCode: status,
        responseModels: { 'application/json': 'Empty' },
        responseParameters: { 'method.response.header.A': true, 'method.response.header.B': true },
      });
      await run('PutIntegrationResponse', {
        restApiId,
        ...place,
        statusCode: status,
        responseParameters: { 'method.response.header.A': "'a'" },
        responseTemplates: {
          'application/json':
            '$input.params().path $input.params("a") $stageVariables.a $input.body $input.params("multi")',
        },
      });
    };
    await make(method, '200');
    await make({ resourceId, httpMethod: 'POST' }, '201');
    await make({ resourceId: otherResource, httpMethod: 'GET' }, '202');
    await run('PutMethodResponse', { ...method, statusCode: '404' });
    await run('PutIntegrationResponse', { ...method, statusCode: '404', selectionPattern: 'n' });
    const deploymentId = await idOf('CreateDeployment', { restApiId, stageName: 'here', description: 'd' });
    const otherDeployment = await idOf('CreateDeployment', { restApiId, stageName: 'other', description: 'e' });
    await run('UpdateStage', {
      restApiId,
      stageName: 'here',
      patchOperations: [{ op: 'replace', path: '/variables/a', value: 'b' }],
    });
    for (const responseType of ['THROTTLED', 'ACCESS_DENIED']) {
      await run('PutGatewayResponse', {
        restApiId,
        responseType,
        statusCode: '499',
        responseTemplates: { 'a/b': 'c' },
        responseParameters: { 'gatewayresponse.header.A': "'a'" },
      });
    }
    const arn = (id: string) => `arn:aws:apigateway:${region}::/restapis/${id}`;
    await run('TagResource', { resourceArn: `${arn(restApiId)}/stages/here`, tags: { s: 't' } });
    const position = async (operation: string, input: object = { restApiId }) =>
      (await run(operation, { ...input, limit: 1 })).position;
    const names = {
      restApiId,
      otherApi,
      rootId,
      resourceId,
      otherResource,
      leafId,
      authorizerId,
      otherAuthorizer,
      requestValidatorId,
      otherValidator,
      deploymentId,
      otherDeployment,
      resourceArn: arn(restApiId),
      region,
      pools,
      Empty: await idOf('GetModel', { restApiId, modelName: 'Empty' }),
    };
    return {
      ...names,
      positions: {
        GetRestApis: await position('GetRestApis', {}),
        GetResources: await position('GetResources'),
        GetDeployments: await position('GetDeployments'),
        GetAuthorizers: await position('GetAuthorizers'),
        GetModels: await position('GetModels'),
        GetRequestValidators: await position('GetRequestValidators'),
        GetGatewayResponses: await position('GetGatewayResponses'),
      },
    };
  },
  async picture(run) {
    const apis = itemsOf(await run('GetRestApis', { limit: 500 }), 'items');
    const all = await each(apis, async ({ id: restApiId }) => {
      const list = (operation: string, more: object = {}) => run(operation, { restApiId, limit: 500, ...more });
      return [
        await run('GetRestApi', { restApiId }),
        await list('GetResources', { embed: ['methods'] }),
        await list('GetStages'),
        await list('GetDeployments'),
        await list('GetAuthorizers'),
        await list('GetModels'),
        await list('GetRequestValidators'),
        await list('GetGatewayResponses'),
      ];
    });
    return [all, await run('GetAccount')];
  },
  values: (names) => {
    const {
      restApiId,
      otherApi,
      rootId,
      resourceId,
      otherResource,
      leafId,
      authorizerId,
      otherAuthorizer,
      requestValidatorId,
      otherValidator,
      deploymentId,
      otherDeployment,
      resourceArn,
      region,
      positions,
    } = names;
    const other = (id: unknown) => `${String(id).slice(0, -1)}_`;
    return {
      restApiId: [restApiId, otherApi],
      resourceId: [resourceId, otherResource],
      parentId: [resourceId, otherResource],
      'DeleteResource.resourceId': [leafId, otherResource],
      authorizerId: [authorizerId, otherAuthorizer],
      requestValidatorId: [requestValidatorId, otherValidator],
      deploymentId: [deploymentId, otherDeployment],
      'DeleteDeployment.deploymentId': [names.freeDeployment, names.freeDeployment2],
      httpMethod: ['GET', 'POST'],
      'PutMethod.httpMethod': ['PUT', 'PATCH', 'ANY'],
      statusCode: ['200', '404'],
      'PutMethodResponse.statusCode': ['300', '301'],
      'PutGatewayResponse.statusCode': ['401', '402'],
      stageName: ['here', 'other'],
      'CreateStage.stageName': ['new', 'newer'],
      'CreateDeployment.stageName': ['here', 'new'],
      modelName: ['Empty', 'Error'],
      'DeleteModel.modelName': ['Free', 'Error'],
      responseType: ['THROTTLED', 'ACCESS_DENIED', 'UNAUTHORIZED'],
      authorizationType: ['NONE', 'AWS_IAM', 'CUSTOM'],
      'PutMethod.authorizationType': ['NONE', 'AWS_IAM', 'COGNITO_USER_POOLS'],
      authorizationScopes: [['a/b'], ['c/d'], ['a/b', 'c/d']],
      resourceArn: [resourceArn, `${resourceArn}/stages/here`],
      tagKeys: [['a'], ['c'], ['a', 'c'], ['s']],
      position: [absent, 'none of ours'],
      ...Object.fromEntries(
        Object.entries((positions ?? {}) as Names).map(([operation, token]) => [
          `${operation}.position`,
          [absent, token],
        ]),
      ),
      schema: ['{"type":"object"}', '{"type":"array"}'],
      embed: [[], ['methods']],
      'GetDeployment.embed': [[], ['apisummary']],
      'CreateRestApi.endpointConfiguration.types': [['EDGE'], ['REGIONAL'], ['PRIVATE']],
      providerARNs: [[names.pools as string[]][0] ?? [], [...(names.pools as string[])].slice(1)],
      identitySource: ['method.request.header.Authorization', 'method.request.header.Other'],
      authorizerResultTtlInSeconds: [0, 100],
      type: ['MOCK', 'HTTP'],
      'CreateAuthorizer.type': ['COGNITO_USER_POOLS', 'TOKEN', 'REQUEST'],
      'PutIntegration.type': ['MOCK', 'AWS', 'AWS_PROXY'],
      'PutIntegration.type:of services elsewhere': ['HTTP', 'HTTP_PROXY'],
      'CreateDeployment.restApiId': [restApiId, 'none'],
      uri: [lambdaUri(String(region), 'a'), lambdaUri(String(region), 'b')],
      'PutIntegration.integrationHttpMethod': ['POST', 'GET'],
      timeoutInMillis: [50, 51],
      requestTemplates: [{ 'application/json': 'x' }, { 'application/json': 'y' }, { 'text/plain': 'x' }],
      responseTemplates: [{ 'application/json': 'x' }, { 'application/json': 'y' }, { 'text/plain': 'x' }],
      'PutIntegrationResponse.responseParameters': [
        { 'method.response.header.A': "'x'" },
        { 'method.response.header.A': "'y'" },
        { 'method.response.header.B': "'x'" },
      ],
      'PutGatewayResponse.responseParameters': [
        { 'gatewayresponse.header.A': "'x'" },
        { 'gatewayresponse.header.A': "'y'" },
        { 'gatewayresponse.header.B': "'x'" },
      ],
      'PutMethodResponse.responseParameters': [
        { 'method.response.header.A': true },
        { 'method.response.header.A': false },
        { 'method.response.header.B': true },
      ],
      'PutMethodResponse.responseModels': [
        { 'application/json': 'Empty' },
        { 'application/json': 'Error' },
        { 'text/plain': 'Empty' },
      ],
      'PutMethod.requestParameters': [
        { 'method.request.header.A': true },
        { 'method.request.header.A': false },
        { 'method.request.header.B': true },
      ],
      'PutMethod.requestModels': [
        { 'application/json': 'Empty' },
        { 'application/json': 'Error' },
        { 'text/plain': 'Empty' },
      ],
      passthroughBehavior: ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'],
      'PutIntegration.contentHandling': ['CONVERT_TO_TEXT', 'CONVERT_TO_BINARY'],
      'TestInvokeAuthorizer.headers': [{ Authorization: token() }, { Authorization: 'x' }],
      'TestInvokeAuthorizer.multiValueHeaders': [{ Authorization: [token()] }, { Authorization: ['x'] }],
      'TestInvokeMethod.pathWithQueryString': ['/here?a=1', '/here?a=2'],
      'TestInvokeMethod.headers': [{ a: '1' }, { a: '2' }, { b: '1' }],
      'TestInvokeMethod.multiValueHeaders': [{ multi: ['1'] }, { multi: ['2'] }],
      ...patches(names),
      other: [other(rootId)],
    };
  },
  bases: ({ leafId, region }) => {
    const integration = { type: 'AWS', integrationHttpMethod: 'POST', uri: lambdaUri(String(region), 'a') };
    return {
      CreateAuthorizer: {
        name: 'new',
        identitySource: 'method.request.header.Authorization',
        providerARNs: pools.slice(0, 1),
      },
      CreateRestApi: { name: 'new' },
      'CreateRestApi.endpointConfiguration.vpcEndpointIds': { endpointConfiguration: { types: ['REGIONAL'] } },
      'CreateRestApi.endpointConfiguration.ipAddressType': { endpointConfiguration: { types: ['REGIONAL'] } },
      CreateResource: { pathPart: 'new' },
      CreateModel: { name: 'new', schema: '{"type":"object"}', contentType: 'application/json' },
      CreateRequestValidator: { name: 'new' },
      CreateStage: { stageName: 'new' },
      CreateDeployment: { stageName: 'here' },
      PutMethod: { httpMethod: 'PUT', authorizationType: 'NONE' },
      'PutIntegration.type:of services elsewhere': { ...integration, httpMethod: 'GET', uri: 'https://a.b' },
      'PutMethod.authorizationType': { authorizerId: undefined },
      'PutMethod.authorizerId': { authorizationType: 'COGNITO_USER_POOLS' },
      PutIntegration: { ...integration, httpMethod: 'GET' },
      DeleteResource: { resourceId: leafId },
      'TestInvokeAuthorizer.authorizerId': { headers: { Authorization: token() } },
      DeleteModel: { modelName: 'Free' },
    };
  },
  before: {
    async DeleteDeployment(run, { restApiId }) {
      const make = async () => (await run('CreateDeployment', { restApiId })).id;
      return { freeDeployment: await make(), freeDeployment2: await make() };
    },
    async DeleteModel(run, { restApiId }) {
      await run('CreateModel', {
        restApiId,
        name: 'Free',
        contentType: 'application/json',
        schema: '{"type":"object"}',
      });
      return undefined;
    },
  },
});

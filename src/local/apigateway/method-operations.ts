import type {
  DeleteIntegrationCommandInput,
  DeleteIntegrationResponseCommandInput,
  DeleteMethodCommandInput,
  DeleteMethodResponseCommandInput,
  GetIntegrationCommandInput,
  GetIntegrationResponseCommandInput,
  GetMethodCommandInput,
  GetMethodResponseCommandInput,
  Integration,
  IntegrationResponse,
  Method,
  MethodResponse,
  PutIntegrationCommandInput,
  PutIntegrationResponseCommandInput,
  PutMethodCommandInput,
  PutMethodResponseCommandInput,
  UpdateIntegrationCommandInput,
  UpdateIntegrationResponseCommandInput,
  UpdateMethodCommandInput,
  UpdateMethodResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { AwsError, type Call } from '../service.ts';
import { applyPatch, type Patchable } from './patch.ts';
import {
  type ApiRecord,
  type ResourceRecord,
  refuseUnserved,
  requireApi,
  requireMethod,
  requireResource,
  saveApi,
  withMethod,
  without,
} from './records.ts';

interface MethodAddress {
  restApiId: string | undefined;
  resourceId: string | undefined;
  httpMethod: string | undefined;
}

/** The method that is addressed, and how to put a changed one in its place. */
function locate(input: MethodAddress, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const resource = requireResource(api, input.resourceId);
  const method = requireMethod(resource, input.httpMethod);
  return { api, resource, method, save: (changed: Method) => saveApi(engine, withMethod(api, resource, changed)) };
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'];

async function putMethod(input: PutMethodCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const resource = requireResource(api, input.resourceId);
  const { restApiId: _api, resourceId: _resource, httpMethod = '', apiKeyRequired = false, ...rest } = input;
  if (!verbs.includes(httpMethod))
    throw new AwsError(
      'BadRequestException',
      'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    );
  if (Object.hasOwn(resource.methods, httpMethod)) {
    throw new AwsError('ConflictException', 'Method already exists for this resource');
  }
  const method: Method = { httpMethod, apiKeyRequired, ...rest };
  checkMethod(api, method);
  await saveApi(engine, withMethod(api, resource, method));
  return method;
}

function checkMethod(api: ApiRecord, method: Method): void {
  const { authorizationType, authorizerId, requestValidatorId } = method;
  if (!['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS'].includes(authorizationType ?? '')) {
    throw new AwsError('BadRequestException', `Invalid authorization type specified: ${authorizationType}`);
  }
  refuseUnserved({ 'methods with AWS_IAM authorization': authorizationType === 'AWS_IAM' });
  if (requestValidatorId !== undefined && !Object.hasOwn(api.validators, requestValidatorId)) {
    throw new AwsError('BadRequestException', 'Invalid Request Validator identifier specified');
  }
  if (authorizationType === 'NONE') return;
  if (authorizerId !== undefined && Object.hasOwn(api.authorizers, authorizerId)) return;
  throw new AwsError(
    'BadRequestException',
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
  );
}

const patchableMethod: Patchable = {
  '/authorizationType': 'text',
  '/authorizerId?': 'text',
  '/authorizationScopes': 'list',
  '/apiKeyRequired': 'boolean',
  '/operationName': 'text',
  '/requestValidatorId?': 'text',
  '/requestParameters/*': 'boolean',
  '/requestModels/*': 'text',
};

const getMethod = (input: GetMethodCommandInput, call: Call) => locate(input, call).method;

async function updateMethod(input: UpdateMethodCommandInput, call: Call) {
  const { api, method, save } = locate(input, call);
  const changed = applyPatch(method, patchableMethod, input.patchOperations);
  if (!changed.requestValidatorId) delete changed.requestValidatorId;
  if (changed.authorizationType === 'NONE') delete changed.authorizerId;
  checkMethod(api, changed);
  await save(changed);
  return changed;
}

async function deleteMethod(input: DeleteMethodCommandInput, call: Call) {
  const { api, resource } = locate(input, call);
  const changed: ResourceRecord = { ...resource, methods: without(resource.methods, input.httpMethod) };
  await saveApi(call.engine, { ...api, resources: { ...api.resources, [resource.id]: changed } });
}

async function putMethodResponse(input: PutMethodResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const { statusCode = '', responseParameters, responseModels } = input;
  checkStatus(statusCode);
  if (Object.hasOwn(method.methodResponses ?? {}, statusCode)) {
    throw new AwsError('ConflictException', 'Response already exists for this resource');
  }
  const response: MethodResponse = {
    statusCode,
    ...(responseParameters && { responseParameters }),
    ...(responseModels && { responseModels }),
  };
  await save({ ...method, methodResponses: { ...method.methodResponses, [statusCode]: response } });
  return response;
}

function checkStatus(statusCode: string): void {
  if (!/^[1-5]\d\d$/.test(statusCode)) throw new AwsError('BadRequestException', `Invalid status code ${statusCode}`);
}

function getMethodResponse(input: GetMethodResponseCommandInput, call: Call): MethodResponse {
  const found = locate(input, call).method.methodResponses?.[input.statusCode ?? ''];
  if (!found) throw new AwsError('NotFoundException', 'Invalid Response status code specified');
  return found;
}

async function updateMethodResponse(input: UpdateMethodResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const changed = applyPatch(
    getMethodResponse(input, call),
    { '/responseModels/*': 'text', '/responseParameters/*': 'boolean' },
    input.patchOperations,
  );
  await save({ ...method, methodResponses: { ...method.methodResponses, [input.statusCode ?? '']: changed } });
  return changed;
}

async function deleteMethodResponse(input: DeleteMethodResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  getMethodResponse(input, call);
  await save({ ...method, methodResponses: without(method.methodResponses ?? {}, input.statusCode) });
}

async function putIntegration(input: PutIntegrationCommandInput, call: Call) {
  const { resource, method, save } = locate(input, call);
  const { restApiId: _api, resourceId: _resource, httpMethod: _verb, integrationHttpMethod, ...rest } = input;
  const integration: Integration = {
    ...rest,
    ...(integrationHttpMethod !== undefined && { httpMethod: integrationHttpMethod }),
    passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
    timeoutInMillis: input.timeoutInMillis ?? 29_000,
    cacheNamespace: input.cacheNamespace ?? resource.id,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
  };
  checkIntegration(integration);
  await save({ ...method, methodIntegration: integration });
  return integration;
}

function checkIntegration(integration: Integration): void {
  const { type, uri, httpMethod, timeoutInMillis = 29_000 } = integration;
  if (type === 'AWS' || type === 'AWS_PROXY') {
    if (!httpMethod) throw new AwsError('BadRequestException', 'Enumeration value for HttpMethod must be non-empty');
    if (!uri?.startsWith('arn:')) throw new AwsError('BadRequestException', 'Invalid ARN specified in the request');
    if (!/^arn:[^:]+:apigateway:[^:]+:[^:]+:(path|action)\//.test(uri)) {
      throw new AwsError('BadRequestException', 'AWS ARN for integration must contain path or action');
    }
  }
  if (timeoutInMillis < 50 || timeoutInMillis > 29_000) {
    throw new AwsError('BadRequestException', 'Timeout should be between 50 ms and 29000 ms');
  }
  refuseUnserved({
    [`integrations of type ${type}`]: !['AWS', 'AWS_PROXY', 'MOCK'].includes(type ?? ''),
    'integrations with services other than Lambda':
      type !== 'MOCK' && !uri?.includes(':lambda:path/2015-03-31/functions/'),
    'VPC links (connectionType)': integration.connectionType === 'VPC_LINK',
    'integrations with a role of their own (credentials)': integration.credentials,
    'mapped request parameters of integrations (requestParameters)': Object.keys(integration.requestParameters ?? {})
      .length,
    'contentHandling CONVERT_TO_BINARY': integration.contentHandling === 'CONVERT_TO_BINARY',
  });
}

const patchableIntegration: Patchable = {
  '/type': 'text',
  '/uri': 'text',
  '/httpMethod': 'text',
  '/passthroughBehavior': 'text',
  '/contentHandling?': 'text',
  '/timeoutInMillis': 'number',
  '/cacheNamespace': 'text',
  '/cacheKeyParameters': 'list',
  '/connectionType': 'text',
  '/credentials?': 'text',
  '/requestParameters/*': 'text',
  '/requestTemplates/*': 'text',
};

function getIntegration(input: GetIntegrationCommandInput, call: Call): Integration {
  const found = locate(input, call).method.methodIntegration;
  if (!found) throw new AwsError('NotFoundException', 'Invalid Integration identifier specified');
  return found;
}

async function updateIntegration(input: UpdateIntegrationCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const changed = applyPatch(getIntegration(input, call), patchableIntegration, input.patchOperations);
  checkIntegration(changed);
  await save({ ...method, methodIntegration: changed });
  return changed;
}

async function deleteIntegration(input: DeleteIntegrationCommandInput, call: Call) {
  getIntegration(input, call);
  const { method, save } = locate(input, call);
  const { methodIntegration: _, ...rest } = method;
  await save(rest);
}

async function putIntegrationResponse(input: PutIntegrationResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const integration = getIntegration(input, call);
  const { restApiId: _api, resourceId: _resource, httpMethod: _verb, statusCode = '', ...rest } = input;
  if (!Object.hasOwn(method.methodResponses ?? {}, statusCode)) {
    throw new AwsError('NotFoundException', 'Invalid Response status code specified');
  }
  const response: IntegrationResponse = { statusCode, ...rest };
  checkResponseMapping(response, method);
  const integrationResponses = { ...integration.integrationResponses, [statusCode]: response };
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
  return response;
}

/** An integration response may set only the headers that the method response declares. */
function checkResponseMapping({ statusCode = '', responseParameters = {} }: IntegrationResponse, method: Method): void {
  const declared = method.methodResponses?.[statusCode]?.responseParameters ?? {};
  const errors = Object.keys(responseParameters)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `Invalid mapping expression parameter specified: ${name}`);
  if (errors.length === 0) return;
  throw new AwsError(
    'BadRequestException',
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`,
  );
}

function getIntegrationResponse(input: GetIntegrationResponseCommandInput, call: Call): IntegrationResponse {
  const found = getIntegration(input, call).integrationResponses?.[input.statusCode ?? ''];
  if (!found) throw new AwsError('NotFoundException', 'Invalid Response status code specified');
  return found;
}

async function updateIntegrationResponse(input: UpdateIntegrationResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const patchable: Patchable = {
    '/selectionPattern?': 'text',
    '/contentHandling?': 'text',
    '/responseParameters/*': 'text',
    '/responseTemplates/*': 'text',
  };
  const changed = applyPatch(getIntegrationResponse(input, call), patchable, input.patchOperations);
  checkResponseMapping(changed, method);
  const integration = getIntegration(input, call);
  const integrationResponses = { ...integration.integrationResponses, [input.statusCode ?? '']: changed };
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
  return changed;
}

async function deleteIntegrationResponse(input: DeleteIntegrationResponseCommandInput, call: Call) {
  getIntegrationResponse(input, call);
  const { method, save } = locate(input, call);
  const integration = getIntegration(input, call);
  const integrationResponses = without(integration.integrationResponses ?? {}, input.statusCode);
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
}

export const methodOperations = {
  DeleteIntegration: deleteIntegration,
  DeleteIntegrationResponse: deleteIntegrationResponse,
  DeleteMethod: deleteMethod,
  DeleteMethodResponse: deleteMethodResponse,
  GetIntegration: getIntegration,
  GetIntegrationResponse: getIntegrationResponse,
  GetMethod: getMethod,
  GetMethodResponse: getMethodResponse,
  PutIntegration: putIntegration,
  PutIntegrationResponse: putIntegrationResponse,
  PutMethod: putMethod,
  PutMethodResponse: putMethodResponse,
  UpdateIntegration: updateIntegration,
  UpdateIntegrationResponse: updateIntegrationResponse,
  UpdateMethod: updateMethod,
  UpdateMethodResponse: updateMethodResponse,
};

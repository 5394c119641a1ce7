import type {
  APIGateway,
  DeleteMethodCommandInput,
  DeleteMethodResponseCommandInput,
  GetMethodCommandInput,
  GetMethodResponseCommandInput,
  Method,
  MethodResponse,
  PutMethodCommandInput,
  PutMethodResponseCommandInput,
  UpdateMethodCommandInput,
  UpdateMethodResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { applyPatch, type Patchable } from './patch.ts';
import {
  type ApiRecord,
  type ResourceRecord,
  refuseUnserved,
  requireApiOr,
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
export function locate(input: MethodAddress, { engine, region }: Call) {
  const missing = new AwsError('NotFoundException', 'Invalid Resource identifier specified');
  const api = requireApiOr(missing, engine, { region, id: input.restApiId });
  const resource = requireResource(api, input.resourceId);
  const method = requireMethod(resource, input.httpMethod);
  return { api, resource, method, save: (changed: Method) => saveApi(engine, withMethod(api, resource, changed)) };
}

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'];

async function putMethod(input: PutMethodCommandInput, { engine, region }: Call) {
  const missing = new AwsError('NotFoundException', 'Invalid Resource identifier specified');
  const api = requireApiOr(missing, engine, { region, id: input.restApiId });
  const resource = requireResource(api, input.resourceId);
  const { restApiId: _api, resourceId: _resource, httpMethod = '', apiKeyRequired = false, ...rest } = input;
  // Recorded: test_put_integration_responses, which says `none`.
  const authorizationType = input.authorizationType?.toUpperCase();
  if (!verbs.includes(httpMethod))
    throw new AwsError(
      'BadRequestException',
      'Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY',
    );
  if (Object.hasOwn(resource.methods, httpMethod)) {
    throw new AwsError('ConflictException', 'Method already exists for this resource');
  }
  const method: Method = { httpMethod, apiKeyRequired, ...rest, authorizationType };
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
  checkRequest(api, method);
  if (authorizationType === 'NONE') return;
  if (authorizerId !== undefined && Object.hasOwn(api.authorizers, authorizerId)) return;
  throw new AwsError(
    'BadRequestException',
    'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
  );
}

/** Recorded (2024): localstack `apigateway/test_apigateway_api` test_method_request_parameters, test_put_method_validation. */
function checkRequest(api: ApiRecord, { requestParameters = {}, requestModels = {} }: Method): void {
  const wrong = Object.keys(requestParameters).find((address) => !isRequestParameter.test(address));
  if (wrong !== undefined) {
    throw new AwsError(
      'BadRequestException',
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${wrong}]`,
    );
  }
  const names = Object.keys(requestParameters).map((address) => address.replace(/^method\.request\.[a-z]+\./, ''));
  if (new Set(names).size < names.length) {
    throw new AwsError('BadRequestException', 'Parameter names must be unique across querystring, header and path');
  }
  checkModels(api, requestModels);
}

/** Of answers too: AWS's console says so where an API has no model `Empty`, which it asks for there. */
function checkModels({ models }: ApiRecord, named: Record<string, string> = {}): void {
  const unknown = Object.values(named).find((model) => !Object.hasOwn(models, model));
  if (unknown !== undefined) {
    throw new AwsError('BadRequestException', `Invalid model identifier specified: ${unknown}`);
  }
}

const isRequestParameter =
  /^method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.[^\s]+$/;

const patchableMethod: Patchable = {
  kinds: {
    '/authorizationType': 'text',
    '/authorizerId?': 'text',
    '/authorizationScopes': 'list',
    '/apiKeyRequired': 'boolean',
    '/operationName': 'text',
    '/requestValidatorId?': 'text',
    '/requestParameters/*': 'boolean',
    '/requestModels/*': 'text',
  },
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
  const { api, method, save } = locate(input, call);
  const { statusCode = '', responseParameters, responseModels } = input;
  checkStatus(statusCode);
  if (Object.hasOwn(method.methodResponses ?? {}, statusCode)) {
    throw new AwsError('ConflictException', 'Response already exists for this resource');
  }
  checkModels(api, responseModels);
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
  const found = ownMember(locate(input, call).method.methodResponses, input.statusCode);
  if (!found) throw new AwsError('NotFoundException', 'Invalid Response status code specified');
  return found;
}

async function updateMethodResponse(input: UpdateMethodResponseCommandInput, call: Call) {
  const { api, method, save } = locate(input, call);
  const changed = applyPatch(
    getMethodResponse(input, call),
    {
      kinds: { '/responseModels/*': 'text', '/responseParameters/*': 'boolean' },
      /** Recorded (2025): localstack `apigateway/test_apigateway_api`, TestApigatewayMethodResponse. */
      missing: {
        responseParameters: 'Invalid parameter name specified',
        responseModels: 'Content-Type specified was not found',
      },
    },
    input.patchOperations,
  );
  checkModels(api, changed.responseModels);
  await save({ ...method, methodResponses: { ...method.methodResponses, [input.statusCode ?? '']: changed } });
  return changed;
}

async function deleteMethodResponse(input: DeleteMethodResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  getMethodResponse(input, call);
  await save({ ...method, methodResponses: without(method.methodResponses ?? {}, input.statusCode) });
}

export const methodOperations = {
  DeleteMethod: deleteMethod,
  DeleteMethodResponse: deleteMethodResponse,
  GetMethod: getMethod,
  GetMethodResponse: getMethodResponse,
  PutMethod: putMethod,
  PutMethodResponse: putMethodResponse,
  UpdateMethod: updateMethod,
  UpdateMethodResponse: updateMethodResponse,
} satisfies Operations<APIGateway>;

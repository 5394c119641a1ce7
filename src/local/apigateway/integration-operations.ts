import type {
  APIGateway,
  DeleteIntegrationCommandInput,
  DeleteIntegrationResponseCommandInput,
  GetIntegrationCommandInput,
  GetIntegrationResponseCommandInput,
  Integration,
  IntegrationResponse,
  Method,
  PutIntegrationCommandInput,
  PutIntegrationResponseCommandInput,
  UpdateIntegrationCommandInput,
  UpdateIntegrationResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import { unservedInTemplate } from '../execute-api/check-template.ts';
import { isResponseMapping } from '../execute-api/response-headers.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { locate } from './method-operations.ts';
import { applyPatch, type Patchable } from './patch.ts';
import { noMethod, refuseUnserved, without } from './records.ts';

async function putIntegration(input: PutIntegrationCommandInput, call: Call) {
  const { resource, method, save } = locate(input, call);
  const { restApiId: _api, resourceId: _resource, httpMethod: _verb, integrationHttpMethod, ...rest } = input;
  const { uri, ...ofAll } = rest;
  const integration: Integration = {
    ...ofAll,
    // A MOCK has none. Recorded: localstack `apigateway/test_apigateway_integrations` test_put_integration_validation.
    ...(uri !== undefined && rest.type !== 'MOCK' && { uri }),
    ...(integrationHttpMethod !== undefined && { httpMethod: integrationHttpMethod }),
    passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
    timeoutInMillis: input.timeoutInMillis ?? 29_000,
    cacheNamespace: input.cacheNamespace ?? resource.id,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
  };
  checkIntegration(integration, call.region);
  await save({ ...method, methodIntegration: integration });
  return integration;
}

function checkIntegration(integration: Integration, region: string): void {
  const { type, uri, httpMethod, timeoutInMillis = 29_000, passthroughBehavior = '' } = integration;
  if (type !== 'MOCK' && !httpMethod) {
    throw new AwsError('BadRequestException', 'Enumeration value for HttpMethod must be non-empty');
  }
  if ((type === 'HTTP' || type === 'HTTP_PROXY') && !/^https?:\/\//.test(uri ?? '')) {
    throw new AwsError('BadRequestException', 'Invalid HTTP endpoint specified for URI');
  }
  if (type === 'AWS' || type === 'AWS_PROXY') {
    if (!uri?.startsWith('arn:')) throw new AwsError('BadRequestException', 'Invalid ARN specified in the request');
    if (!/^arn:[^:]+:apigateway:[^:]+:[^:]+:(path|action)\//.test(uri)) {
      throw new AwsError('BadRequestException', 'AWS ARN for integration must contain path or action');
    }
    if (type === 'AWS_PROXY' && !isProxyUri.test(uri)) {
      throw new AwsError(
        'BadRequestException',
        "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
      );
    }
  }
  if (timeoutInMillis < 50 || timeoutInMillis > 29_000) {
    throw new AwsError('BadRequestException', 'Timeout should be between 50 ms and 29000 ms');
  }
  if (!['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'].includes(passthroughBehavior)) {
    // The words are unconfirmed.
    throw new AwsError('BadRequestException', 'Invalid passthrough behavior specified');
  }
  checkTypes(integration.requestTemplates);
  refuseUnserved({
    [`integrations of type ${type}`]: !['AWS', 'AWS_PROXY', 'MOCK'].includes(type ?? ''),
    'integrations with services other than Lambda':
      type !== 'MOCK' && !uri?.includes(':lambda:path/2015-03-31/functions/'),
    'integrations in another region': type !== 'MOCK' && uri?.split(':')[3] !== region,
    'VPC links (connectionType)': integration.connectionType === 'VPC_LINK',
    'integrations with a role of their own (credentials)': integration.credentials,
    'mapped request parameters of integrations (requestParameters)': Object.keys(integration.requestParameters ?? {})
      .length,
    'streamed responses (responseTransferMode STREAM)': integration.responseTransferMode === 'STREAM',
    ...unservedTemplates(integration.requestTemplates),
    'contentHandling CONVERT_TO_BINARY': integration.contentHandling === 'CONVERT_TO_BINARY',
    'keys of cached answers (cacheKeyParameters)': integration.cacheKeyParameters?.length,
    'VPC links (connectionId)': integration.connectionId,
    'VPC links (integrationTarget)': integration.integrationTarget,
    'certificates of HTTP integrations (tlsConfig)': integration.tlsConfig,
  });
}

/** The function may be named by stage variables. */
const isProxyUri = /:lambda:path\/2015-03-31\/functions\/(arn:|\$\{stageVariables\.)|:firehose:action\//;

const unservedTemplates = (templates: Record<string, string> = {}): Record<string, boolean> =>
  Object.fromEntries(
    Object.values(templates).map((template) => [
      `${unservedInTemplate(template)} in mapping templates`,
      unservedInTemplate(template) !== undefined,
    ]),
  );

const patchableIntegration: Patchable = {
  kinds: {
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
  },
};

function getIntegration(input: GetIntegrationCommandInput, call: Call): Integration {
  const found = locate(input, call).method.methodIntegration;
  if (!found) throw new AwsError('NotFoundException', 'Invalid Integration identifier specified');
  return found;
}

async function updateIntegration(input: UpdateIntegrationCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const changed = applyPatch(getIntegration(input, call), patchableIntegration, input.patchOperations);
  checkIntegration(changed, call.region);
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
  const response = checked({ statusCode, ...rest }, method);
  const integrationResponses = { ...integration.integrationResponses, [statusCode]: response };
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
  return response;
}

/**
 * An integration response as it is kept: an empty template is none, and told as null. Recorded (2026): localstack
 * `apigateway/test_apigateway_api` test_put_integration_response_templates. Throws AwsError where it cannot be.
 */
function checked(response: IntegrationResponse, method: Method): IntegrationResponse {
  const templates = response.responseTemplates;
  // One that is there already is null where it is empty.
  const texts = Object.fromEntries(Object.entries(templates ?? {}).filter(([, template]) => template));
  checkTypes(templates);
  checkResponseMapping(response, method);
  refuseUnserved(unservedTemplates(texts));
  if (templates === undefined) return response;
  const entries = Object.keys(templates).map((type) => [type, texts[type] ?? null]);
  return { ...response, responseTemplates: Object.fromEntries(entries) };
}

/** Recorded (2025): localstack `apigateway/test_apigateway_api` test_integration_response_invalid_responsetemplates. */
function checkTypes(templates: Record<string, string> = {}): void {
  const errors = Object.keys(templates)
    .filter((type) => !/^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+(\s*;.*)?$/.test(type))
    .map((type) => `Invalid content type specified: ${type}`);
  if (errors.length === 0) return;
  const message = `Validation Result: warnings : [], errors : [${errors.join(', ')}]`;
  throw new AwsError('BadRequestException', message);
}

/** An integration response may set only the headers that the method response declares. */
function checkResponseMapping({ statusCode = '', responseParameters = {} }: IntegrationResponse, method: Method): void {
  const declared = method.methodResponses?.[statusCode]?.responseParameters ?? {};
  const errors = Object.entries(responseParameters)
    .flatMap(([name, source]) => [
      ...(Object.hasOwn(declared, name) ? [] : [name]),
      ...(isResponseMapping(source) ? [] : [source]),
    ])
    .map((name) => `Invalid mapping expression parameter specified: ${name}`);
  if (errors.length === 0) return;
  throw new AwsError(
    'BadRequestException',
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`,
  );
}

function getIntegrationResponse(input: GetIntegrationResponseCommandInput, call: Call): IntegrationResponse {
  const found = ownMember(getIntegration(input, call).integrationResponses, input.statusCode);
  if (!found) throw new AwsError('NotFoundException', 'Invalid Response status code specified');
  return found;
}

async function updateIntegrationResponse(input: UpdateIntegrationResponseCommandInput, call: Call) {
  const { method, save } = locate(input, call);
  const patchable: Patchable = {
    kinds: {
      '/selectionPattern?': 'text',
      '/contentHandling?': 'text',
      '/responseParameters/*': 'text',
      '/responseTemplates/*': 'text',
    },
  };
  const changed = checked(applyPatch(getIntegrationResponse(input, call), patchable, input.patchOperations), method);
  const integration = getIntegration(input, call);
  const integrationResponses = { ...integration.integrationResponses, [input.statusCode ?? '']: changed };
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
  return changed;
}

/** Of a method that is not there, DeleteIntegrationResponse says that its integration is not. Recorded: test_delete_integration_response_errors. */
function located(input: DeleteIntegrationResponseCommandInput, call: Call) {
  try {
    return locate(input, call);
  } catch (error) {
    if (!(error instanceof AwsError) || error.message !== noMethod) throw error;
    throw new AwsError('NotFoundException', 'Invalid Integration identifier specified');
  }
}

async function deleteIntegrationResponse(input: DeleteIntegrationResponseCommandInput, call: Call) {
  const { method, save } = located(input, call);
  getIntegrationResponse(input, call);
  const integration = getIntegration(input, call);
  const integrationResponses = without(integration.integrationResponses ?? {}, input.statusCode);
  await save({ ...method, methodIntegration: { ...integration, integrationResponses } });
}

export const integrationOperations = {
  DeleteIntegration: deleteIntegration,
  DeleteIntegrationResponse: deleteIntegrationResponse,
  GetIntegration: getIntegration,
  GetIntegrationResponse: getIntegrationResponse,
  PutIntegration: putIntegration,
  PutIntegrationResponse: putIntegrationResponse,
  UpdateIntegration: updateIntegration,
  UpdateIntegrationResponse: updateIntegrationResponse,
} satisfies Operations<APIGateway>;

import {
  APIGatewayClient,
  DeleteIntegrationResponseCommand,
  DeleteMethodCommand,
  DeleteMethodResponseCommand,
  GetMethodCommand,
  type PatchOperation,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import { canonical, differences, type Existing, type Resource, sorted } from './resource.ts';

/** One HTTP answer of the method. */
export interface MethodAnswer {
  /** Java regular expression that the function's `errorMessage` must match; undefined: the default answer. */
  selectionPattern: string | undefined;
  /** Mapping templates by content type; none: the function's answer as it is. */
  templates: Record<string, string>;
  /** Header → its value, the same in every answer. */
  headers?: Record<string, string>;
}

export type DesiredIntegration =
  /** `uri`: `arn:…:lambda:path/2015-03-31/functions/ARN/invocations` */
  | { type: 'AWS' | 'AWS_PROXY'; uri: string }
  /** Answers by itself, with the status that the template says. */
  | { type: 'MOCK'; requestTemplates: Record<string, string> };

export interface DesiredMethod {
  apiId: string;
  resourceId: string;
  httpMethod: string;
  /** undefined: open to anyone. */
  authorizerId: string | undefined;
  integration: DesiredIntegration;
  /** By HTTP status code; none of a proxy integration, whose function answers whole. */
  answers: Record<string, MethodAnswer>;
}

interface MethodPlace {
  restApiId: string;
  resourceId: string;
  httpMethod: string;
}

export interface ActualMethod extends Existing {
  apiId: string;
  resourceId: string;
  httpMethod: string;
  authorizationType: string;
  authorizerId: string | undefined;
  authorizationScopes: string[];
  apiKeyRequired: boolean;
  /** What refuses requests before the function sees them. */
  requestValidatorId: string | null;
  integration: Record<string, unknown> | null;
  /** Status codes that the method itself declares. */
  methodResponses: string[];
  answers: Record<string, MethodAnswer>;
}

/** API Gateway's own default, and all that it allows without asking for more. */
const longestIntegrationMs = 29_000;

async function read(aws: Aws, desired: DesiredMethod): Promise<ActualMethod | undefined> {
  const { apiId, resourceId, httpMethod } = desired;
  const command = new GetMethodCommand({ restApiId: apiId, resourceId, httpMethod });
  const found = await aws.call(APIGatewayClient, command).catch(ignoreMissing);
  if (!found) return undefined;
  const { methodIntegration: integration } = found;
  const answers = Object.entries(integration?.integrationResponses ?? {}).map(
    ([status, { selectionPattern, responseTemplates, responseParameters }]): [string, MethodAnswer] => [
      status,
      // AWS answers an empty template as null, and no pattern as none or as an empty one.
      {
        selectionPattern: selectionPattern || undefined,
        templates: withoutEmpty(responseTemplates),
        ...headersOf(responseParameters),
      },
    ],
  );
  return {
    id: `${resourceId}/${httpMethod}`,
    apiId,
    resourceId,
    httpMethod,
    authorizationType: found.authorizationType ?? 'NONE',
    authorizerId: found.authorizerId,
    authorizationScopes: sorted(found.authorizationScopes),
    apiKeyRequired: found.apiKeyRequired ?? false,
    requestValidatorId: found.requestValidatorId || null,
    integration: integration
      ? {
          type: integration.type,
          uri: integration.uri ?? null,
          httpMethod: integration.httpMethod ?? null,
          passthroughBehavior: integration.passthroughBehavior,
          // By the function's own permission, not by a role's.
          credentials: integration.credentials ?? null,
          timeoutInMillis: integration.timeoutInMillis ?? longestIntegrationMs,
          // The console asks for text, which is what a request without binary media types is.
          contentHandling: integration.contentHandling === 'CONVERT_TO_BINARY' ? 'CONVERT_TO_BINARY' : null,
          requestTemplates: withoutEmpty(integration.requestTemplates),
        }
      : null,
    methodResponses: Object.keys(found.methodResponses ?? {}).sort(),
    answers: Object.fromEntries(answers),
  };
}

const headerParameter = 'method.response.header.';

/** What is a fixed text is written in quotes. */
function headersOf(parameters: Record<string, string> | undefined): Pick<MethodAnswer, 'headers'> {
  const headers = Object.entries(parameters ?? {}).map(([name, value]) => [
    name.replace(headerParameter, ''),
    value.replace(/^'(.*)'$/, '$1'),
  ]);
  return headers.length > 0 ? { headers: Object.fromEntries(headers) } : {};
}

function parametersOf<Value>(headers: Record<string, string> | undefined, value: (text: string) => Value) {
  const entries = Object.entries(headers ?? {}).map(([name, text]) => [`${headerParameter}${name}`, value(text)]);
  return entries.length > 0 ? { responseParameters: Object.fromEntries(entries) as Record<string, Value> } : {};
}

function withoutEmpty(templates: Record<string, string | null> | undefined): Record<string, string> {
  const kept = Object.entries(templates ?? {}).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(kept);
}

function wanted(desired: DesiredMethod) {
  return {
    authorizationType: desired.authorizerId === undefined ? 'NONE' : 'COGNITO_USER_POOLS',
    authorizerId: desired.authorizerId ?? null,
    // With scopes the authorizer takes access tokens, without them id tokens.
    authorizationScopes: [],
    apiKeyRequired: false,
    requestValidatorId: null,
    integration: {
      uri: null,
      // Lambda is invoked by POST, whatever the method's own.
      httpMethod: desired.integration.type === 'MOCK' ? null : 'POST',
      passthroughBehavior: 'WHEN_NO_MATCH',
      credentials: null,
      timeoutInMillis: longestIntegrationMs,
      contentHandling: null,
      requestTemplates: {},
      ...desired.integration,
    },
    methodResponses: Object.keys(desired.answers).sort(),
    answers: desired.answers,
  };
}

function compare(desired: DesiredMethod, actual: ActualMethod): Change[] {
  return differences(wanted(desired), { ...actual, authorizerId: actual.authorizerId ?? null });
}

async function create(aws: Aws, desired: DesiredMethod): Promise<ActualMethod> {
  const { apiId, resourceId, httpMethod } = desired;
  const { authorizationType } = wanted(desired);
  // The authorizer comes with the method itself: there is no moment at which the method is open.
  await aws.call(
    APIGatewayClient,
    new PutMethodCommand({
      restApiId: apiId,
      resourceId,
      httpMethod,
      authorizationType,
      ...(desired.authorizerId !== undefined && { authorizerId: desired.authorizerId }),
    }),
  );
  const { authorizerId } = desired;
  const access = {
    authorizationType,
    authorizerId,
    authorizationScopes: [],
    apiKeyRequired: false,
    requestValidatorId: null,
  };
  const bare = { ...access, integration: null, methodResponses: [], answers: {} };
  const actual = { id: `${resourceId}/${httpMethod}`, apiId, resourceId, httpMethod, ...bare };
  return update(aws, { desired, actual });
}

async function update(aws: Aws, change: { desired: DesiredMethod; actual: ActualMethod }): Promise<ActualMethod> {
  const { desired, actual } = change;
  const { apiId: restApiId, resourceId, httpMethod, authorizerId } = desired;
  const method = { restApiId, resourceId, httpMethod };
  const want = wanted(desired);
  const patchOperations: PatchOperation[] = [];
  if (actual.authorizationType !== want.authorizationType || actual.authorizerId !== authorizerId) {
    patchOperations.push({ op: 'replace', path: '/authorizationType', value: want.authorizationType });
    if (authorizerId !== undefined) patchOperations.push({ op: 'replace', path: '/authorizerId', value: authorizerId });
  }
  for (const value of actual.authorizationScopes) {
    patchOperations.push({ op: 'remove', path: '/authorizationScopes', value });
  }
  if (actual.apiKeyRequired) patchOperations.push({ op: 'replace', path: '/apiKeyRequired', value: 'false' });
  if (actual.requestValidatorId) patchOperations.push({ op: 'replace', path: '/requestValidatorId', value: '' });
  if (patchOperations.length > 0) {
    await aws.call(APIGatewayClient, new UpdateMethodCommand({ ...method, patchOperations }));
  }
  const declarations = declareAnswers(aws, { method, desired, actual });
  try {
    let present = actual.answers;
    if (canonical(actual.integration) !== canonical(want.integration)) {
      const {
        httpMethod: integrationHttpMethod,
        uri,
        credentials: _,
        contentHandling: __,
        ...integration
      } = want.integration;
      const invoked = uri !== null && integrationHttpMethod !== null && { uri, integrationHttpMethod };
      await aws.call(APIGatewayClient, new PutIntegrationCommand({ ...method, ...integration, ...invoked }));
      // A new integration begins without responses.
      present = {};
    }
    for (const statusCode of Object.keys(present).filter((status) => !Object.hasOwn(desired.answers, status))) {
      const command = new DeleteIntegrationResponseCommand({ ...method, statusCode });
      await aws.call(APIGatewayClient, command).catch(ignoreMissing);
    }
    for (const [statusCode, answer] of Object.entries(desired.answers)) {
      // It may set only the headers that the method's own response declares.
      await declarations.get(statusCode);
      if (canonical(present[statusCode]) === canonical(answer)) continue;
      const { selectionPattern, templates: responseTemplates } = answer;
      await aws.call(
        APIGatewayClient,
        new PutIntegrationResponseCommand({
          ...method,
          statusCode,
          responseTemplates,
          ...parametersOf(answer.headers, (text) => `'${text}'`),
          ...(selectionPattern !== undefined && { selectionPattern }),
        }),
      );
    }
  } finally {
    // Nothing goes on behind a failure.
    await Promise.allSettled(declarations.values());
  }
  for (const statusCode of actual.methodResponses.filter((status) => !Object.hasOwn(desired.answers, status))) {
    await aws.call(APIGatewayClient, new DeleteMethodResponseCommand({ ...method, statusCode })).catch(ignoreMissing);
  }
  return { ...actual, ...want, authorizerId };
}

/**
 * The method's own responses, beside the integration's; one after the other, since API Gateway refuses changes of one list that
 * meet. By status code, each settled when it is there.
 */
function declareAnswers(
  aws: Aws,
  { method, desired, actual }: { method: MethodPlace; desired: DesiredMethod; actual: ActualMethod },
): Map<string, Promise<unknown>> {
  let before: Promise<unknown> = Promise.resolve();
  const missing = Object.entries(desired.answers).filter(([status]) => !actual.methodResponses.includes(status));
  return new Map(
    missing.map(([statusCode, { headers }]) => {
      const responses = { responseModels: { 'application/json': 'Empty' }, ...parametersOf(headers, () => false) };
      const command = new PutMethodResponseCommand({ ...method, statusCode, ...responses });
      before = before.then(() => aws.call(APIGatewayClient, command));
      before.catch(() => undefined);
      return [statusCode, before];
    }),
  );
}

async function remove(aws: Aws, { apiId, resourceId, httpMethod }: ActualMethod): Promise<void> {
  const command = new DeleteMethodCommand({ restApiId: apiId, resourceId, httpMethod });
  await aws.call(APIGatewayClient, command).catch(ignoreMissing);
}

export const method: Resource<DesiredMethod, ActualMethod> = { read, compare, create, update, remove };

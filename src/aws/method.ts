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
}

export interface DesiredMethod {
  apiId: string;
  resourceId: string;
  httpMethod: string;
  /** undefined: open to anyone, which only the single steps of the tutorial make. */
  authorizerId: string | undefined;
  /** `arn:…:lambda:path/2015-03-31/functions/ARN/invocations` */
  integrationUri: string;
  /** By HTTP status code. */
  answers: Record<string, MethodAnswer>;
}

export interface ActualMethod extends Existing {
  apiId: string;
  resourceId: string;
  httpMethod: string;
  authorizationType: string;
  authorizerId: string | undefined;
  authorizationScopes: string[];
  apiKeyRequired: boolean;
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
    ([status, { selectionPattern, responseTemplates }]): [string, MethodAnswer] => [
      status,
      // AWS answers an empty template as null, and no pattern as none or as an empty one.
      { selectionPattern: selectionPattern || undefined, templates: withoutEmpty(responseTemplates) },
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
    integration: integration
      ? {
          type: integration.type,
          uri: integration.uri,
          httpMethod: integration.httpMethod,
          passthroughBehavior: integration.passthroughBehavior,
          // By the function's own permission, not by a role's.
          credentials: integration.credentials ?? null,
          timeoutInMillis: integration.timeoutInMillis ?? longestIntegrationMs,
          requestTemplates: withoutEmpty(integration.requestTemplates),
        }
      : null,
    methodResponses: Object.keys(found.methodResponses ?? {}).sort(),
    answers: Object.fromEntries(answers),
  };
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
    integration: {
      type: 'AWS',
      uri: desired.integrationUri,
      httpMethod: 'POST',
      passthroughBehavior: 'WHEN_NO_MATCH',
      credentials: null,
      timeoutInMillis: longestIntegrationMs,
      requestTemplates: {},
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
  const access = { authorizationType, authorizerId, authorizationScopes: [], apiKeyRequired: false };
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
  if (patchOperations.length > 0) {
    await aws.call(APIGatewayClient, new UpdateMethodCommand({ ...method, patchOperations }));
  }
  let present = actual.answers;
  if (canonical(actual.integration) !== canonical(want.integration)) {
    const { httpMethod: integrationHttpMethod, type: _type, credentials: _none, ...integration } = want.integration;
    const command = new PutIntegrationCommand({ ...method, ...integration, type: 'AWS', integrationHttpMethod });
    await aws.call(APIGatewayClient, command);
    // A new integration begins without responses.
    present = {};
  }
  const notWanted = (status: string) => !Object.hasOwn(desired.answers, status);
  for (const statusCode of Object.keys(present).filter(notWanted)) {
    const command = new DeleteIntegrationResponseCommand({ ...method, statusCode });
    await aws.call(APIGatewayClient, command).catch(ignoreMissing);
  }
  for (const statusCode of actual.methodResponses.filter(notWanted)) {
    await aws.call(APIGatewayClient, new DeleteMethodResponseCommand({ ...method, statusCode })).catch(ignoreMissing);
  }
  for (const [statusCode, answer] of Object.entries(desired.answers)) {
    if (!actual.methodResponses.includes(statusCode)) {
      const responseModels = { 'application/json': 'Empty' };
      await aws.call(APIGatewayClient, new PutMethodResponseCommand({ ...method, statusCode, responseModels }));
    }
    if (canonical(present[statusCode]) === canonical(answer)) continue;
    const { selectionPattern, templates: responseTemplates } = answer;
    await aws.call(
      APIGatewayClient,
      new PutIntegrationResponseCommand({
        ...method,
        statusCode,
        responseTemplates,
        ...(selectionPattern !== undefined && { selectionPattern }),
      }),
    );
  }
  return { ...actual, ...want, authorizerId };
}

async function remove(aws: Aws, { apiId, resourceId, httpMethod }: ActualMethod): Promise<void> {
  const command = new DeleteMethodCommand({ restApiId: apiId, resourceId, httpMethod });
  await aws.call(APIGatewayClient, command).catch(ignoreMissing);
}

export const method: Resource<DesiredMethod, ActualMethod> = { read, compare, create, update, remove };

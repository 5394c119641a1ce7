import { type ActualMethod, type DesiredMethod, type MethodAnswer, method } from '../../aws/method.ts';
import { functionNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport, unknownId } from '../node.ts';
import { invocationUri } from '../place.ts';
import { routeName, type Service } from '../service.ts';
import { apiId } from './api.ts';
import { authorizerId } from './authorizer.ts';
import { type MethodRoute, preflight, preflightRoutes } from './cors.ts';

export const methodId = (route: Pick<MethodRoute, 'method' | 'path'>): NodeId<ActualMethod> =>
  `method:${routeName(route)}`;

/** A method of the API for each route, and one for each path that answers a browser's preflight request. */
export function methods(service: Service): Node[] {
  const routes = methodRoutes(service);
  return routes.map((route, index) =>
    node<DesiredMethod, ActualMethod>({
      id: methodId(route),
      type: 'method',
      inside: apiId,
      // One after the other: API Gateway refuses changes of one API that meet.
      after: [apiId, authorizerId, ...routes.slice(Math.max(0, index - 1), index).map(methodId)],
      name: () => routeName(route),
      key: (known) => desiredMethod(known, route),
      resource: method,
      terraform,
      consoleStep:
        'API Gateway → the API → Resources → Create method: POST, Lambda function, not proxy; Method request: the authorizer; Method response and Integration response: 200, 400, 500',
    }),
  );
}

export const methodRoutes = (service: Service): MethodRoute[] => [...service.routes, ...preflightRoutes(service)];

export function desiredMethod(known: Known, route: MethodRoute): DesiredMethod | undefined {
  const found = known.actual(apiId);
  const resourceId = found?.resources[route.path];
  if (!found || resourceId === undefined) return undefined;
  const method = { apiId: found.apiId, resourceId, httpMethod: route.method };
  if (!('function' in route)) return { ...method, authorizerId: undefined, ...preflight(known.service) };
  const direct = route.integration === 'direct';
  const uri = invocationUri(known.place, functionNameIn(known.stack, route.function));
  return {
    ...method,
    authorizerId: route.auth === 'none' ? undefined : authorizerOf(known),
    integration: { type: direct ? 'AWS' : 'AWS_PROXY', uri },
    answers: direct ? directAnswers : {},
  };
}

function authorizerOf(known: Known): string | undefined {
  if (known.goes(authorizerId)) return undefined;
  // In a plan the authorizer may be still to come.
  return known.actual(authorizerId)?.authorizerId ?? (known.stepwise ? undefined : unknownId);
}

// The handler's message and nothing else: the stack trace stays in the log.
const messageOnly = { 'application/json': `{"message": $input.json('$.errorMessage')}` };

/**
 * What the caller gets of a direct integration. Patterns are Java regular expressions over `errorMessage`, written to
 * mean the same whether they must match the whole text or may match a part of it. Alternations with a star (`(.|\n)*`)
 * overflow Java's stack on long messages; `[\s\S]*` does not.
 */
export const directAnswers: Record<string, MethodAnswer> = {
  '200': { selectionPattern: undefined, templates: {} },
  '400': { selectionPattern: '^\\[BadRequest\\][\\s\\S]*', templates: messageOnly },
  '500': { selectionPattern: '^(?!\\[BadRequest\\])[\\s\\S]+', templates: messageOnly },
};

const terraform: TerraformExport<DesiredMethod, ActualMethod> = {
  blocks(desired, { label, actual }) {
    const place = { rest_api_id: desired.apiId, resource_id: desired.resourceId, http_method: desired.httpMethod };
    const importId = actual && `${actual.apiId}/${actual.resourceId}/${actual.httpMethod}`;
    const { integration, authorizerId } = desired;
    const answers = Object.entries(desired.answers).flatMap(([status, { selectionPattern, templates, headers }]) => {
      const parameters = (value: (text: string) => unknown) =>
        headers &&
        Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [`method.response.header.${name}`, value(text)]),
        );
      const one = { label: `${label}_${status}`, importId: importId && `${importId}/${status}` };
      return [
        {
          type: 'aws_api_gateway_method_response',
          ...one,
          attributes: {
            ...place,
            status_code: status,
            response_models: { 'application/json': 'Empty' },
            response_parameters: parameters(() => false),
          },
        },
        {
          type: 'aws_api_gateway_integration_response',
          ...one,
          attributes: {
            ...place,
            status_code: status,
            selection_pattern: selectionPattern,
            response_templates: Object.keys(templates).length > 0 ? templates : undefined,
            response_parameters: parameters((text) => `'${text}'`),
          },
        },
      ];
    });
    return [
      {
        type: 'aws_api_gateway_method',
        label,
        attributes: {
          ...place,
          authorization: authorizerId === undefined ? 'NONE' : 'COGNITO_USER_POOLS',
          authorizer_id: authorizerId,
        },
        importId,
      },
      {
        type: 'aws_api_gateway_integration',
        label,
        attributes: {
          ...place,
          type: integration.type,
          integration_http_method: integration.type === 'MOCK' ? undefined : 'POST',
          passthrough_behavior: 'WHEN_NO_MATCH',
          ...(integration.type === 'MOCK'
            ? { request_templates: integration.requestTemplates }
            : { uri: integration.uri }),
        },
        importId,
      },
      ...answers,
    ];
  },
};

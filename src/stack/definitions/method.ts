import { type ActualMethod, type DesiredMethod, type MethodAnswer, method } from '../../aws/method.ts';
import { functionNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, unknownId } from '../node.ts';
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

import type { DesiredMethod } from '../../aws/method.ts';
import type { Route, Service } from '../service.ts';

/** A method of the API: one of the service's routes, or what answers a browser's question before it. */
export type MethodRoute = Route | { method: 'OPTIONS'; path: string };

/** An OPTIONS method for each path that has none of its own; it goes before ANY. */
export function preflightRoutes({ routes, cors }: Service): MethodRoute[] {
  if (cors.length === 0) return [];
  const own = routes.filter(({ method }) => method === 'OPTIONS').map(({ path }) => path);
  const paths = new Set(routes.map(({ path }) => path));
  return [...paths].filter((path) => !own.includes(path)).map((path) => ({ method: 'OPTIONS', path }));
}

const allowedHeaders = 'Authorization,Content-Type,X-Amzn-Trace-Id';
const allowedMethods = 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS';
const longestAgeSeconds = 600;

/** How such a method answers: without the function, to anyone, since a preflight request carries no token. */
export function preflight({ cors }: Service): Pick<DesiredMethod, 'integration' | 'answers'> {
  const [first = '', ...others] = cors;
  const headers = {
    'Access-Control-Allow-Origin': first,
    'Access-Control-Allow-Headers': allowedHeaders,
    'Access-Control-Allow-Methods': allowedMethods,
    'Access-Control-Max-Age': String(longestAgeSeconds),
    ...(others.length > 0 && { Vary: 'Origin' }),
  };
  return {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 204}' } },
    answers: { '204': { selectionPattern: undefined, templates: originTemplate(others), headers } },
  };
}

/** A header's mapping knows one fixed text; the template puts another listed origin in its place. */
function originTemplate(others: readonly string[]): Record<string, string> {
  if (others.length === 0) return {};
  const isListed = others.map((origin) => `$origin == "${origin}"`).join(' || ');
  return {
    'application/json':
      `#set($origin = $input.params("Origin"))#if(${isListed})` +
      '#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end',
  };
}

/**
 * For the responses that API Gateway generates. These know no template: where several origins are listed, the
 * one that asks is allowed, and sees no more than that it was refused.
 */
export function gatewayResponseParameters({ cors }: Service): Record<string, string> {
  const [first = '', ...others] = cors;
  return {
    'gatewayresponse.header.Access-Control-Allow-Origin':
      others.length > 0 ? 'method.request.header.Origin' : `'${first}'`,
    'gatewayresponse.header.Access-Control-Allow-Headers': `'${allowedHeaders}'`,
  };
}

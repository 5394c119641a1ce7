import { nearest } from '../settings/nearest.ts';
import { type Route, routeName } from '../stack/service.ts';

interface Asked {
  method: string;
  /** From the stage on. */
  path: string;
}

/** The route that answers a request. API Gateway chooses the path first: what is written out before a variable. */
export function routeOf(routes: readonly Route[], { method, path }: Asked): Route | undefined {
  const parts = path.split('/').slice(1);
  const [best] = routes
    .filter((route) => takes(route.path, parts))
    .sort((a, b) => (rank(a.path) < rank(b.path) ? 1 : -1));
  const there = routes.filter((route) => route.path === best?.path);
  return there.find((route) => route.method === method) ?? there.find((route) => route.method === 'ANY');
}

/** The one route whose function takes operations: a JSON body as its event, as in the tutorial. */
export function operationRoute(routes: readonly Route[]): Route | undefined {
  const [only, ...more] = routes.filter(({ integration, method }) => integration === 'direct' && method === 'POST');
  return more.length === 0 ? only : undefined;
}

/** What is wrong with a request that no route takes, and which may have been meant. */
export function noRoute(routes: readonly Route[], { method, path }: Asked): { message: string; right: string } {
  const asked = `${method} ${path}`;
  const given = path.split('/');
  // As the request would be if it were that route's.
  const alike = routes.map((route) => {
    const parts = route.path.split('/').map((part, index) => (part.startsWith('{') ? (given[index] ?? part) : part));
    return `${route.method === 'ANY' ? method : route.method} ${parts.join('/')}`;
  });
  const close = nearest(asked, alike);
  const meant = close === undefined ? undefined : routes[alike.indexOf(close)];
  return {
    message: `no route takes ${asked}`,
    right: meant
      ? `Did you mean ${JSON.stringify(routeName(meant))}?`
      : `The service has ${routes.map(routeName).join(', ')}.`,
  };
}

function takes(path: string, given: readonly string[]): boolean {
  const parts = path.split('/').slice(1);
  const isGreedy = parts.at(-1)?.endsWith('+}') === true;
  if (isGreedy ? given.length < parts.length : given.length !== parts.length) return false;
  return parts.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index]));
}

/** A digit a segment, so that texts compare as paths do. */
const rank = (path: string): string =>
  path
    .split('/')
    .map((part) => (part.endsWith('+}') ? 0 : part.startsWith('{') ? 1 : 2))
    .join('');

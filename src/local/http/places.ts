/** Where on the data planes a request goes. */
export type Place =
  | { kind: 'execute-api'; apiId: string; stage: string; path: string }
  | { kind: 'sign-in'; domainPrefix: string; basePath: string; path: string };

const hostName = /^([^.]+)\.(execute-api|auth)\.(?:[a-z0-9-]+\.)?localhost(?::\d+)?$/;

/** Deployed APIs and hosted pages, by path (`/_aws/execute-api/ID/STAGE/…`) or by host (`ID.execute-api.localhost`). */
export function dataPlaneOf(host: string, path: string): Place | undefined {
  const byHost = hostName.exec(host.toLowerCase());
  if (!byHost && !path.startsWith('/_aws/')) return undefined;
  if (byHost?.[2] === 'auth') return { kind: 'sign-in', domainPrefix: byHost[1] ?? '', basePath: '', path };
  const [, first, second, third, ...rest] = path.split('/');
  if (byHost) {
    const stage = first ?? '';
    return { kind: 'execute-api', apiId: byHost[1] ?? '', stage, path: path.slice(1 + stage.length) || '/' };
  }
  if (second === 'execute-api') {
    const [stage = '', ...deeper] = rest;
    return { kind: 'execute-api', apiId: third ?? '', stage, path: `/${deeper.join('/')}` };
  }
  if (second === 'cognito-domain' && third) {
    return {
      kind: 'sign-in',
      domainPrefix: third,
      basePath: `/_aws/cognito-domain/${third}`,
      path: `/${rest.join('/')}`,
    };
  }
  return undefined;
}

import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { currentDomain, domainUrl } from './domains.ts';
import { listPools } from './pools.ts';
import type { PoolRecord, SigningKey } from './records.ts';
import { issuerOf } from './tokens.ts';

const jwk = ({ kid, n, e }: SigningKey) => ({ alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' });

function configuration(engine: Engine, pool: PoolRecord): object {
  const issuer = issuerOf(engine, pool);
  const domain = currentDomain(engine, pool);
  const base = domain && domainUrl(engine, domain);
  return {
    ...(base && {
      authorization_endpoint: `${base}/oauth2/authorize`,
      end_session_endpoint: `${base}/logout`,
      revocation_endpoint: `${base}/oauth2/revoke`,
      token_endpoint: `${base}/oauth2/token`,
      userinfo_endpoint: `${base}/oauth2/userInfo`,
    }),
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  };
}

/**
 * `/{poolId}/.well-known/jwks.json` and `openid-configuration`, as `cognito-idp.{region}.amazonaws.com` serves them to anyone.
 * Undefined for any other path.
 */
export function serveDiscovery(engine: Engine, path: string): PlainResponse | undefined {
  const [, poolId, document] = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/([a-z-]+(?:\.json)?)$/.exec(path) ?? [];
  const pool = listPools(engine).find((candidate) => candidate.id === poolId);
  if (!pool) return undefined;
  const documents = new Map<string | undefined, object>([
    ['jwks.json', { keys: [jwk(pool.keys.id), jwk(pool.keys.access)] }],
    ['openid-configuration', configuration(engine, pool)],
  ]);
  const body = documents.get(document);
  if (!body) return undefined;
  return {
    status: 200,
    headers: [
      ['content-type', 'application/json'],
      ['cache-control', 'public, max-age=86400'],
      ['access-control-allow-origin', '*'],
      ['x-content-type-options', 'nosniff'],
    ],
    body: JSON.stringify(body),
  };
}

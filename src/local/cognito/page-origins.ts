import type { Engine } from '../engine.ts';
import { listPools } from './pools.ts';
import type { ClientRecord, PoolRecord } from './records.ts';

/** `null`, of schemes that have no origins, is nobody's. */
export function originOf(url: string): string | undefined {
  const { origin } = new URL(url);
  return origin === 'null' ? undefined : origin;
}

/** The origins of a client's callbacks: those of the web applications that people sign in for. */
export function callbackOrigins(clients: readonly ClientRecord[]): string[] {
  return clients.flatMap((client) => client.CallbackURLs ?? []).flatMap((url) => originOf(url) ?? []);
}

const isOf = (pool: PoolRecord, origin: string) => callbackOrigins(pool.clients).includes(origin);

/** Whether any pool knows the origin; which one a call is for shows only its body. */
export function isRegistered(engine: Engine, origin: string): boolean {
  return listPools(engine).some((pool) => isOf(pool, origin));
}

/** Whether a page of this origin may make an unsigned call with this body: every client and token in it must be of a pool that knows the origin. */
export function mayCall(engine: Engine, origin: string, body: Buffer): boolean {
  const { clientId, token } = membersOf(body);
  const named = [
    ...(clientId === undefined ? [] : [poolOfClient(engine, clientId)]),
    ...(token === undefined ? [] : [poolOfToken(engine, token)]),
  ];
  return named.length > 0 && named.every((pool) => pool !== undefined && isOf(pool, origin));
}

function membersOf(body: Buffer): { clientId?: unknown; token?: unknown } {
  try {
    const { ClientId: clientId, AccessToken: token } = Object(JSON.parse(body.toString('utf8')));
    return { clientId, token };
  } catch {
    return {};
  }
}

function poolOfClient(engine: Engine, clientId: unknown): PoolRecord | undefined {
  return listPools(engine).find(({ clients }) => clients.some(({ ClientId }) => ClientId === clientId));
}

/** By the issuer that the token names, unverified: the operation itself takes only that pool's signature. */
function poolOfToken(engine: Engine, token: unknown): PoolRecord | undefined {
  try {
    const payload = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8');
    const issuer = String(Object(JSON.parse(payload)).iss);
    return listPools(engine).find(({ id }) => issuer.endsWith(`/${id}`));
  } catch {
    return undefined;
  }
}

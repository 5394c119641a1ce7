import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { PoolRecord, UserRecord } from '../cognito/records.ts';
import { findUser } from '../cognito/users.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { cookie, header, type LoginRequest, ownOrigin, setCookie, type Visit } from './exchange.ts';

interface BrowserSession {
  poolId: string;
  username: string;
  sub: string;
  authTimeS: number;
  expiresAtMs: number;
}

/** Keyed by the cookie's hash: who reads the store cannot take a session over. */
const collection = (engine: Engine) => engine.store.collection<BrowserSession>('cognito/browser-sessions');
const keyOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/** AWS's names. */
const sessionCookie = 'cognito';
const csrfCookie = 'XSRF-TOKEN';
const sessionS = 3600;

/** Remembers the browser for an hour, as Cognito does. Resolves to the cookie. */
export async function beginBrowserSession(
  engine: Engine,
  { request, pool }: Visit,
  user: UserRecord,
): Promise<{ authTimeS: number; cookie: string }> {
  const sessions = collection(engine);
  const nowMs = engine.clock();
  const over = sessions.keys().filter((key) => (sessions.get(key)?.expiresAtMs ?? 0) <= nowMs);
  const token = randomBytes(32).toString('base64url');
  const authTimeS = Math.floor(nowMs / 1000);
  const session = {
    poolId: pool.id,
    username: user.username,
    sub: user.sub,
    authTimeS,
    expiresAtMs: nowMs + sessionS * 1000,
  };
  await Promise.all([sessions.put(keyOf(token), session), ...over.map((key) => sessions.delete(key))]);
  return { authTimeS, cookie: setCookie(request, { name: sessionCookie, value: token, maxAgeS: sessionS }) };
}

/** The user whom this browser is still signed in as. */
export function browserUser(
  engine: Engine,
  pool: PoolRecord,
  request: LoginRequest,
): { user: UserRecord; authTimeS: number } | undefined {
  const session = collection(engine).get(keyOf(cookie(request, sessionCookie) ?? ''));
  if (session?.poolId !== pool.id || session.expiresAtMs <= engine.clock()) return undefined;
  const user = findUser(engine, pool, session.username);
  if (user?.sub !== session.sub || !user.enabled || user.status !== 'CONFIRMED') return undefined;
  return { user, authTimeS: session.authTimeS };
}

/** Forgets the session here and, by the cookie that it resolves to, in the browser. */
export async function endBrowserSession(engine: Engine, request: LoginRequest): Promise<string> {
  const token = cookie(request, sessionCookie);
  if (token !== undefined) await collection(engine).delete(keyOf(token));
  return setCookie(request, { name: sessionCookie, value: '', maxAgeS: 0 });
}

const csrfKey = perEngine(() => randomBytes(32));
const signed = (engine: Engine, nonce: string) =>
  `${nonce}.${createHmac('sha256', csrfKey(engine)).update(nonce).digest('base64url')}`;

function isOurs(engine: Engine, token: string): boolean {
  const [nonce = ''] = token.split('.');
  return equalInConstantTime(token, signed(engine, nonce));
}

/** The form's token and the cookie it is compared with; tabs of one browser share one. */
export function csrf(engine: Engine, request: LoginRequest): { token: string; cookie: string } {
  const known = cookie(request, csrfCookie);
  const nonce = randomBytes(18).toString('base64url');
  const token = known !== undefined && isOurs(engine, known) ? known : signed(engine, nonce);
  return { token, cookie: setCookie(request, { name: csrfCookie, value: token, maxAgeS: sessionS }) };
}

/**
 * True when a form was sent by our own page: the token equals the cookie and was made by this engine, and a browser names
 * our own origin. (Cookies alone prove little here: every program on this machine shares the host.)
 */
export function isOwnForm(engine: Engine, request: LoginRequest, form: URLSearchParams): boolean {
  const token = form.get('_csrf') ?? '';
  const origin = header(request, 'origin');
  const isOwnOrigin = origin === undefined || origin === ownOrigin(request);
  return isOwnOrigin && cookie(request, csrfCookie) === token && isOurs(engine, token);
}

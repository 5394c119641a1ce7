import type { Authorizer } from '@aws-sdk/client-api-gateway';
import { checkKnownToken, PoolTokenError, verifyPoolToken } from '../cognito/pools.ts';
import type { Engine } from '../engine.ts';
import { isHeader } from '../http/headers.ts';

/** What a COGNITO_USER_POOLS authorizer says of a request. */
export type Verdict =
  | { allowed: true; claims: Record<string, string> }
  | { allowed: false; message: 'Unauthorized' | 'The incoming token has expired' };

const unauthorized: Verdict = { allowed: false, message: 'Unauthorized' };

/**
 * Without scopes on the method only an id token opens it; with scopes, an access token that has one of them.
 * Source: API Gateway developer guide, "Integrate a REST API with a Cognito user pool".
 */
export async function authorizeByPool(
  engine: Engine,
  request: {
    authorizer: Authorizer;
    headers: readonly (readonly [name: string, value: string])[];
    scopes: readonly string[] | undefined;
  },
): Promise<Verdict> {
  const { authorizer, headers, scopes } = request;
  const token = tokenOf(authorizer, headers);
  if (token === undefined) return unauthorized;
  const asked = {
    token,
    poolArns: authorizer.providerARNs ?? [],
    clientIdPattern: authorizer.identityValidationExpression,
  };
  try {
    const claims = checkKnownToken(engine, asked) ?? (await verifyPoolToken(engine, asked));
    if (!scopes?.length) return claims.token_use === 'id' ? { allowed: true, claims: asText(claims) } : unauthorized;
    const granted = String(claims.scope ?? '').split(' ');
    const fits = claims.token_use === 'access' && scopes.some((scope) => granted.includes(scope));
    return fits ? { allowed: true, claims: asText(claims) } : unauthorized;
  } catch (error) {
    if (!(error instanceof PoolTokenError)) throw error;
    return error.reason === 'expired' ? { allowed: false, message: 'The incoming token has expired' } : unauthorized;
  }
}

/** The token that a request carries, if it is one. */
function tokenOf(
  authorizer: Authorizer,
  headers: readonly (readonly [name: string, value: string])[],
): string | undefined {
  const source = sources.get(authorizer) ?? readSource(authorizer);
  let value: string | undefined;
  for (const [name, given] of headers) {
    if (!isHeader(name, source.header)) continue;
    // Of two tokens nobody can say which one counts.
    if (value !== undefined) return undefined;
    value = given;
  }
  if (value === undefined || value === source.lastValue) return value && source.lastToken;
  source.lastValue = value;
  source.lastToken = /^[ \t]*(?:Bearer +)?([\x21-\x7e]+)[ \t]*$/i.exec(value)?.[1];
  return source.lastToken;
}

/** Where an authorizer looks for its token, and what it found there last: mostly the same one comes again and again. */
interface Source {
  header: string;
  lastValue?: string;
  lastToken?: string | undefined;
}

const sources = new WeakMap<Authorizer, Source>();

function readSource(authorizer: Authorizer): Source {
  const made = { header: (authorizer.identitySource ?? '').replace('method.request.header.', '').toLowerCase() };
  sources.set(authorizer, made);
  return made;
}

/** Claims of a token that was verified before are the same object. */
const texts = new WeakMap<object, Record<string, string>>();

/** Every claim is text: lists joined by commas, and the times of a token as Java prints a date. Source: docs/aws-facts.md, 11.1. */
function asText(claims: object): Record<string, string> {
  const known = texts.get(claims);
  if (known) return known;
  const text = Object.fromEntries(
    Object.entries(claims).map(([name, value]: [string, unknown]) => [name, claimText(name, value)]),
  );
  texts.set(claims, text);
  return text;
}

function claimText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  return (name === 'exp' || name === 'iat') && typeof value === 'number'
    ? javaDate(new Date(value * 1000))
    : JSON.stringify(value);
}

/** `Tue Apr 04 18:39:39 UTC 2023` */
export function javaDate(date: Date): string {
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

import { isObject } from '../is-object.ts';

/** What dynops reads in a JSON Web Token. Nothing here checks a signature: the API does. */
export interface Claims {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  tokenUse: string;
  issuer: string;
  expiresAtMs: number;
}

/** undefined for a text that is not a JSON Web Token, or whose expiry is not a valid time. */
export function claimsOf(token: string): Claims | undefined {
  const [header, payload] = token.split('.').slice(0, 2).map(decoded);
  if (header === undefined || payload === undefined) return undefined;
  const expiresAtMs = Number(payload.exp ?? 0) * 1000;
  if (Number.isNaN(new Date(expiresAtMs).getTime())) return undefined;
  return {
    header,
    payload,
    tokenUse: String(payload.token_use ?? ''),
    issuer: String(payload.iss ?? ''),
    expiresAtMs,
  };
}

/** The app client: `aud` of an id token, `client_id` of an access token. */
export function audienceOf({ payload }: Claims): string {
  return String(payload.aud ?? payload.client_id ?? '');
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

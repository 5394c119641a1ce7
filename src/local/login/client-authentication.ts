import type { ClientRecord } from '../cognito/records.ts';
import { isClientSecret } from '../cognito/sign-in.ts';
import { header, isRepeated, type Visit } from './exchange.ts';

/** `client_id:secret` of a Basic header, both form-decoded (RFC 6749 §2.3.1). */
function basicCredentials(visit: Visit): { id: string; secret: string } | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header(visit.request, 'authorization') ?? '') ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  // Not whatever can be read as base64 by leaving something out.
  const text = bytes.toString('base64') === encoded ? bytes.toString() : '';
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return { id: decodeURIComponent(text.slice(0, colon)), secret: decodeURIComponent(text.slice(colon + 1)) };
  } catch {
    // Not form-encoded: taken as it is, as many clients send it.
    return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  }
}

/**
 * The client behind a POST: by Basic header or by `client_id` (and `client_secret`) in the form. Undefined when the id is unknown,
 * the secret is wrong, missing or superfluous, or the two places disagree.
 */
export function authenticateClient(visit: Visit, form: URLSearchParams): ClientRecord | undefined {
  const hasHeader = header(visit.request, 'authorization') !== undefined;
  const basic = basicCredentials(visit);
  if (hasHeader && !basic) return undefined;
  if (isRepeated(form, 'client_id') || isRepeated(form, 'client_secret')) return undefined;
  const [id, secret] = [form.get('client_id') ?? undefined, form.get('client_secret') ?? undefined];
  if (basic && (secret !== undefined || (id !== undefined && id !== basic.id))) return undefined;
  const client = visit.pool.clients.find(({ ClientId }) => ClientId === (basic?.id ?? id));
  return client && isClientSecret(client, basic?.secret ?? secret) ? client : undefined;
}

import { createHash, createHmac } from 'node:crypto';

/** An independent Signature Version 4 signer, as the IAM user guide describes it, with knobs to turn wrong. */

export interface ToSign {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  service: string;
  region?: string | undefined;
  method?: string | undefined;
  /** As it is sent, percent-encoding and all. */
  path?: string | undefined;
  /** As it is sent, without `?`. */
  query?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | Buffer | undefined;
  /** Hashed in place of the body. */
  signedBody?: string | Buffer | undefined;
  date?: Date | undefined;
}

export const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers of the request, `authorization` among them. */
export function signHeaders(given: ToSign): Record<string, string> {
  const request = dated(given);
  const { credentials, headers = {} } = request;
  const { date, scope } = whenAndWhere(request);
  const signed: Record<string, string> = { host: new URL(request.endpoint).host, 'x-amz-date': date, ...headers };
  const names = Object.keys(signed).sort();
  const signature = signatureOf(request, { signed, query: request.query ?? '', payload: payloadHash(request) });
  const credential = `Credential=${credentials.accessKeyId}/${scope}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** The query of a presigned URL. */
export function presignQuery(
  given: ToSign & { expiresSeconds?: string; algorithm?: string; payload?: string },
): string {
  const request = dated(given);
  const { credentials, headers = {}, query = '', expiresSeconds = '60', algorithm = 'AWS4-HMAC-SHA256' } = request;
  const { date, scope } = whenAndWhere(request);
  const signed: Record<string, string> = { host: new URL(request.endpoint).host, ...headers };
  const own = Object.entries({
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': expiresSeconds,
    'X-Amz-SignedHeaders': Object.keys(signed).sort().join(';'),
  }).map(([name, value]) => `${name}=${encode(value)}`);
  const whole = [...(query === '' ? [] : [query]), ...own].join('&');
  const payload = request.payload ?? payloadHash(request);
  return `${whole}&X-Amz-Signature=${signatureOf(request, { signed, query: whole, payload })}`;
}

/** One time for all that is signed: a second may end in between. */
const dated = <Request extends ToSign>(request: Request): Request => ({ ...request, date: request.date ?? new Date() });

const payloadHash = ({ signedBody, body = '' }: ToSign) => sha256(signedBody ?? body);

function whenAndWhere({ date = new Date(), region = 'us-east-1', service }: ToSign): { date: string; scope: string } {
  const compact = date.toISOString().replace(/[-:]|\.\d{3}/g, '');
  return { date: compact, scope: `${compact.slice(0, 8)}/${region}/${service}/aws4_request` };
}

function signatureOf(
  request: ToSign,
  what: { signed: Record<string, string>; query: string; payload: string },
): string {
  const { method = 'POST', path = '/', credentials } = request;
  const { date, scope } = whenAndWhere(request);
  const names = Object.keys(what.signed).sort();
  const canonical = [
    method,
    normalize(path).split('/').map(encode).join('/'),
    what.query
      .split('&')
      .filter(Boolean)
      .map((pair) => {
        const at = pair.indexOf('=');
        const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
        return [encode(decode(name)), encode(decode(value))] as const;
      })
      .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
      .map((pair) => pair.join('='))
      .join('&'),
    ...names.map((name) => `${name}:${what.signed[name]}`),
    '',
    names.join(';'),
    what.payload,
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
}

/** Without dot segments and repeated slashes (RFC 3986). */
function normalize(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${path.endsWith('/') && kept.length > 0 ? '/' : ''}`;
}

/** What is not valid percent-encoding is signed as it stands; no service can take it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

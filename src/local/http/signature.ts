import { createHmac, hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ownMember } from '../../own-member.ts';
import { AwsError } from '../aws-error.ts';
import { equalInConstantTime } from '../constant-time.ts';
import { readNumber } from '../wire/numbers.ts';

/** Signature Version 4, as the service's side checks it. Source: IAM user guide, "Create a signed AWS API request". */

export interface SignedRequest {
  method: string;
  /** Raw path as it was sent, percent-encoding and all. */
  path: string;
  /** Raw query string without `?`. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Secret {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface Signature {
  accessKeyId: string;
  region: string;
  service: string;
}

/** Requests are valid five minutes to either side in most services; IAM and STS allow fifteen, which covers all. */
const allowedSkewMs = 15 * 60_000;

/** A request's signature as it was sent, unverified. */
export interface ClaimedSignature extends Signature {
  date: string;
  scopeDate: string;
  signedHeaders: string[];
  signature: string;
  /** The body's hash as its sender declared it, where it did. */
  declaredHash: string | undefined;
  sessionToken: string | undefined;
  expiresSeconds: number | undefined;
  /** The query without `X-Amz-Signature`, for the presigned form. */
  query: [string, string][];
}

/** The keys that signatures are made with, each good for a day, a region and a service; making one takes four HMACs. */
export type SigningKeys = (secretAccessKey: string, scope: { date: string; region: string; service: string }) => Buffer;

/** More regions and services than that are seldom used at once; functions' secrets are as many as their invocations. */
const maxSigningKeys = 100;

export function createSigningKeys(): SigningKeys {
  const known = new Map<string, Buffer>();
  return (secretAccessKey, { date, region, service }) => {
    const name = `${secretAccessKey}/${date}/${region}/${service}`;
    let key = known.get(name);
    if (key) return key;
    key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
    for (const [oldest] of known) {
      if (known.size < maxSigningKeys) break;
      known.delete(oldest);
    }
    known.set(name, key);
    return key;
  };
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * Verifies a request's signature. Throws AwsError: MissingAuthenticationTokenException,
 * UnrecognizedClientException, SignatureDoesNotMatch (InvalidSignatureException in the JSON protocols).
 */
export function verifySignature(
  request: SignedRequest,
  parsed: ClaimedSignature | undefined,
  options: {
    nowMs: number;
    findSecret: (accessKeyId: string, sessionToken: string | undefined) => Secret | undefined;
    signingKey: SigningKeys;
  },
): Signature {
  if (!parsed) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { statusCode: 403 });
  }
  const secret = options.findSecret(parsed.accessKeyId, parsed.sessionToken);
  if (!secret) {
    throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', {
      statusCode: 403,
    });
  }
  checkTime(parsed, options.nowMs);
  const signed = new Set(parsed.signedHeaders);
  if (!signed.has('host')) throw incomplete("'Host' must be a signed header");
  // Named again and again, a long header would become half a gigabyte of text to be hashed.
  if (signed.size < parsed.signedHeaders.length) throw mismatch();
  for (const name of Object.keys(request.headers)) {
    // A header that changes what the request does must not have been added on the way.
    if (
      /^x-amz-(target|security-token|date|content-sha256)$/.test(name) &&
      !signed.has(name) &&
      !fromQuery(parsed, name)
    ) {
      throw mismatch();
    }
  }
  const bodyHash = hash('sha256', request.body, 'hex');
  if (parsed.declaredHash !== undefined && parsed.declaredHash !== bodyHash) throw mismatch();

  const { scopeDate: date, region, service } = parsed;
  const hashed = hash('sha256', canonicalRequest(request, { ...parsed, bodyHash }), 'hex');
  const expected = createHmac('sha256', options.signingKey(secret.secretAccessKey, { date, region, service }))
    .update(`${algorithm}\n${parsed.date}\n${date}/${region}/${service}/aws4_request\n${hashed}`)
    .digest('hex');
  if (!equalInConstantTime(parsed.signature, expected)) throw mismatch();
  return parsed;
}

/** Presigned requests carry these in the query instead. */
function fromQuery(parsed: ClaimedSignature, name: string): boolean {
  return parsed.expiresSeconds !== undefined && name === 'x-amz-content-sha256';
}

/** Whose request it says it is, unverified; undefined where there is no signature at all. Throws IncompleteSignature. */
export function claimedSignature(request: SignedRequest): ClaimedSignature | undefined {
  const query = decodeQuery(request.query);
  const { authorization } = request.headers;
  return authorization === undefined ? claimedInQuery(query) : claimedInHeader(authorization, request.headers, query);
}

const algorithm = 'AWS4-HMAC-SHA256';

function claimedInHeader(
  authorization: string,
  headers: IncomingHttpHeaders,
  query: [string, string][],
): ClaimedSignature | undefined {
  // A JWT on its way to an API's authorizer is not a signature.
  if (!authorization.startsWith(algorithm)) return undefined;
  const fields = new Map(
    authorization
      .slice(algorithm.length)
      .split(/^[ \t]+|,[ \t]*/)
      .map((field) => {
        const at = field.indexOf('=');
        return [field.slice(0, at), field.slice(at + 1)] as const;
      }),
  );
  return {
    ...parseCredential(fields.get('Credential')),
    date: String(headers['x-amz-date'] ?? '') || amzDate(headers.date),
    signedHeaders: required(fields.get('SignedHeaders'), 'SignedHeaders').split(';'),
    signature: required(fields.get('Signature'), 'Signature'),
    declaredHash: declaredHash(headers['x-amz-content-sha256']),
    sessionToken: single(headers['x-amz-security-token']),
    expiresSeconds: undefined,
    query,
  };
}

/** The presigned form. */
function claimedInQuery(query: [string, string][]): ClaimedSignature | undefined {
  const given = new Map(query);
  if (!given.has('X-Amz-Signature')) return undefined;
  if (given.get('X-Amz-Algorithm') !== algorithm) throw incomplete(`X-Amz-Algorithm must be ${algorithm}`);
  const seconds = readNumber(required(given.get('X-Amz-Expires') ?? '900', 'X-Amz-Expires'), 'Integer') ?? 0;
  if (!(seconds >= 1 && seconds <= 604_800)) throw incomplete('X-Amz-Expires must be from 1 to 604800');
  return {
    ...parseCredential(given.get('X-Amz-Credential')),
    date: required(given.get('X-Amz-Date'), 'X-Amz-Date'),
    signedHeaders: required(given.get('X-Amz-SignedHeaders'), 'X-Amz-SignedHeaders').split(';'),
    signature: required(given.get('X-Amz-Signature'), 'X-Amz-Signature'),
    declaredHash: undefined,
    sessionToken: given.get('X-Amz-Security-Token'),
    expiresSeconds: seconds,
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}

/** The body's hash as its sender declared it; only a plain hash is accepted, since the body is always at hand to check. */
function declaredHash(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const declared = String(header);
  if (/^[0-9a-f]{64}$/.test(declared)) return declared;
  throw new AwsError(
    'SignatureDoesNotMatch',
    `x-amz-content-sha256 must be the body's SHA-256, not ${declared.slice(0, 40)}`,
    {
      statusCode: 403,
    },
  );
}

function parseCredential(credential: string | undefined): Signature & { scopeDate: string } {
  const parts = required(credential, 'Credential').split('/');
  const [accessKeyId, scopeDate, region, service, terminator] = parts.slice(-5);
  if (parts.length !== 5 || !accessKeyId || !scopeDate || !region || !service || terminator !== 'aws4_request') {
    throw incomplete('Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term');
  }
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw incomplete('Credential names no region');
  return { accessKeyId, scopeDate, region, service };
}

function checkTime(parsed: ClaimedSignature, nowMs: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(parsed.date);
  if (!match) throw incomplete("Date must be in ISO-8601 'basic format'");
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const signedMs = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  if (!parsed.date.startsWith(parsed.scopeDate))
    throw mismatch('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
  const validMs = parsed.expiresSeconds === undefined ? allowedSkewMs : parsed.expiresSeconds * 1000;
  if (nowMs > signedMs + validMs)
    throw mismatch(`Signature expired: ${parsed.date} is now earlier than the time allowed`);
  if (nowMs < signedMs - allowedSkewMs)
    throw mismatch(`Signature not yet current: ${parsed.date} is still later than the time allowed`);
}

function canonicalRequest(request: SignedRequest, parsed: ClaimedSignature & { bodyHash: string }): string {
  const query = parsed.query
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = parsed.signedHeaders.map((name) => {
    const value = ownMember(request.headers, name);
    if (value === undefined) throw mismatch();
    const joined = Array.isArray(value) ? value.join(',') : value;
    return `${name}:${joined.trim().replace(/ +/g, ' ')}\n`;
  });
  // All services but S3 sign the path as sent, encoded once more.
  const path = normalizePath(request.path).split('/').map(encode).join('/');
  return [request.method, path, query, headers.join(''), parsed.signedHeaders.join(';'), parsed.bodyHash].join('\n');
}

/** RFC 3986 dot segments and repeated slashes removed, as the signers do. */
function normalizePath(path: string): string {
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') out.pop();
    else out.push(segment);
  }
  const trailing = path.length > 1 && path.endsWith('/') && out.length > 0 ? '/' : '';
  return `/${out.join('/')}${trailing}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeQuery(query: string): [string, string][] {
  if (query === '') return [];
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [decode(name), decode(value)];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw incomplete('The query string is not valid percent-encoded text');
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const single = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join(',') : header);

function amzDate(date: string | undefined): string {
  const parsed = new Date(date ?? '');
  return Number.isNaN(parsed.getTime()) ? '' : parsed.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function required(value: string | undefined, name: string): string {
  if (!value) throw incomplete(`Authorization header requires '${name}' parameter.`);
  return value;
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignatureException', message, { statusCode: 400 });
}

function mismatch(
  message = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
): AwsError {
  return new AwsError('InvalidSignatureException', message, { statusCode: 403 });
}

import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../constant-time.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { perEngine } from '../per-engine.ts';
import { readZip } from './code.ts';

/**
 * GetFunction's `Code.Location`: a URL from which the function's zip can be read, and nothing else, without credentials.
 * Nobody can make one who does not know the key, which dies with the process.
 */

const codePath = '/_dynops/function-code/';
/** As long as Lambda's are valid (API reference, GetFunction). */
const validForMs = 10 * 60_000;
const keyOf = perEngine(() => randomBytes(32));

/** `sha256`: the code's, in base64. */
export function codeUrl(engine: Engine, sha256: string): string {
  const name = Buffer.from(sha256, 'base64').toString('hex');
  const expiresAtMs = String(engine.clock() + validForMs);
  return `${engine.baseUrl}${codePath}${name}?expires=${expiresAtMs}&signature=${sign(engine, name, expiresAtMs)}`;
}

const sign = (engine: Engine, name: string, expiresAtMs: string) =>
  createHmac('sha256', keyOf(engine)).update(`${name}\n${expiresAtMs}`).digest('base64url');

/** undefined: not such a URL's path. */
export async function serveCode(
  engine: Engine,
  asked: { path: string; query: string },
): Promise<PlainResponse | undefined> {
  if (!asked.path.startsWith(codePath)) return undefined;
  const name = asked.path.slice(codePath.length);
  const query = new URLSearchParams(asked.query);
  const expiresAtMs = query.get('expires') ?? '';
  const isSigned = equalInConstantTime(query.get('signature') ?? '', sign(engine, name, expiresAtMs));
  if (!isSigned) return plainError(403, 'Access denied');
  if (Number(expiresAtMs) < engine.clock()) return plainError(403, 'Request has expired');
  // The signature proves that `name` was written by `codeUrl`.
  const zip = await readZip(engine.dataDir, Buffer.from(name, 'hex').toString('base64'));
  if (!zip) return plainError(404, 'This code was uploaded before zips were kept; upload it again');
  return {
    status: 200,
    headers: [
      ['content-type', 'application/zip'],
      ['cache-control', 'no-store'],
    ],
    body: zip,
  };
}

const plainError = (status: number, message: string): PlainResponse => ({
  status,
  headers: [['content-type', 'application/json']],
  body: JSON.stringify({ message }),
});

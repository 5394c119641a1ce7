import { promisify } from 'node:util';
import { gunzip, gzip, inflate } from 'node:zlib';
import { ownMember } from '../../own-member.ts';
import { headerOf } from '../http/headers.ts';
import type { PlainRequest, PlainResponse } from '../http/messages.ts';

/** What API Gateway does with the bytes of bodies: binary types, and compression. */

/** Whether an API treats a media type as binary. */
export const isBinaryType = (binaryMediaTypes: readonly string[], type: string): boolean =>
  binaryMediaTypes.some((known) => known === '*/*' || known.toLowerCase() === type.toLowerCase());

/** The first type that a caller accepts: API Gateway looks at no other when it decides on binary answers. */
export function firstAccepted(headers: readonly (readonly [string, string])[]): string {
  const accept = headerOf(headers, 'accept') ?? '';
  return accept.split(/[,;]/)[0]?.trim() ?? '';
}

const unpack: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  identity: async (body) => body,
};
const pack = promisify(gzip);

type Refusal = 'media-type' | 'bad-body' | 'too-long';

/**
 * Answers a request of an API that compresses: what came packed is unpacked first, and the answer is packed where its size and the
 * caller say so. Source: developer guide, "Enable payload compression for an API".
 */
export async function compressed<Request extends PlainRequest>(
  request: Request,
  { fromBytes, maxBytes }: { fromBytes: number; maxBytes: number },
  answerTo: (request: Request | Refusal) => Promise<PlainResponse> | PlainResponse,
): Promise<PlainResponse> {
  const answer = await answerTo(await unpacked(request, maxBytes));
  const body = Buffer.from(answer.body);
  const accepted = headerOf(request.headers, 'accept-encoding') ?? '';
  const takesGzip = accepted.split(',').some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part));
  const isPacked = headerOf(answer.headers, 'content-encoding') !== undefined;
  if (body.length === 0 || body.length < fromBytes || !takesGzip || isPacked) return answer;
  return { ...answer, headers: [...answer.headers, ['Content-Encoding', 'gzip']], body: await pack(body) };
}

async function unpacked<Request extends PlainRequest>(request: Request, maxBytes: number): Promise<Request | Refusal> {
  const encoding = headerOf(request.headers, 'content-encoding')?.trim().toLowerCase();
  if (encoding === undefined || request.body.length === 0) return request;
  const read = ownMember(unpack, encoding);
  if (!read) return 'media-type';
  try {
    const body = await read(request.body, { maxOutputLength: maxBytes });
    const headers = request.headers.filter(([name]) => !/^content-(encoding|length)$/i.test(name));
    return { ...request, body, headers };
  } catch (error) {
    return error instanceof RangeError ? 'too-long' : 'bad-body';
  }
}

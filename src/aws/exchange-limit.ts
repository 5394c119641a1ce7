import { pipeline, type Readable, Transform } from 'node:stream';
import { mostAnswerBytes, tooLarge } from '../endpoint/http.ts';

/** What the SDK's clients send a request with. */
export interface Exchanger {
  handle(
    request: { body?: unknown },
    options?: { abortSignal?: unknown },
  ): Promise<{ response: { body?: Readable | undefined } }>;
}

/** Code may be 50 MB, and a line slow. */
const slowestBytesPerMs = 20;

/**
 * Bounds the time from a request's beginning to its answer's end, whatever becomes of it on the way: the SDK's own bounds are for the
 * connection, for silence and for the headers. What credentials are asked for with is sent by the same exchanger.
 */
export function withinTime(exchanger: Exchanger, longestMs: number): void {
  const handle = exchanger.handle.bind(exchanger);
  exchanger.handle = async (request, options) => {
    const limitMs = longestMs + bytesOf(request.body) / slowestBytesPerMs;
    const late = new AbortController();
    let body: Readable | undefined;
    const timer = setTimeout(() => {
      const message = `the answer was not whole after ${Math.ceil(limitMs / 1000)} s`;
      const error = Object.assign(new Error(message), { name: 'TimeoutError' });
      body?.destroy(error);
      late.abort(error);
    }, limitMs).unref();
    try {
      const answer = await handle(request, { ...options, abortSignal: late.signal });
      body = answer.response.body?.once('close', () => clearTimeout(timer));
      if (body === undefined) clearTimeout(timer);
      return answer;
    } catch (error) {
      clearTimeout(timer);
      throw late.signal.aborted ? late.signal.reason : error;
    }
  };
}

/** Bounds how much of an answer is read. */
export function withinSize(exchanger: Exchanger): void {
  const handle = exchanger.handle.bind(exchanger);
  exchanger.handle = async (request, options) => {
    const answer = await handle(request, options);
    const { body } = answer.response;
    if (body === undefined) return answer;
    let bytes = 0;
    const counted = new Transform({
      transform(part: Uint8Array, _encoding, done) {
        bytes += part.length;
        if (bytes > mostAnswerBytes) done(Object.assign(new Error(tooLarge), { name: tooLargeName }));
        else done(null, part);
      },
    });
    // Who reads is told of what goes wrong.
    answer.response.body = pipeline(body, counted, () => undefined);
    return answer;
  };
}

export const tooLargeName = 'AnswerTooLarge';

const bytesOf = (body: unknown): number =>
  typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.byteLength : 0;

import type { WireRequest } from './mutate.ts';

export interface Tally {
  /** Requests that were answered, by status. */
  answered: Map<number, number>;
  /** Never left this process: HTTP itself cannot say it. */
  unsendable: number;
  /** The connection was closed instead of an answer. */
  closed: number;
  /** What must not be: no answer in time, or a failure of the server's own. */
  faults: string[];
}

export type Send = <Answer extends { response: { statusCode: number; text?: string } }>(
  request: WireRequest,
  send: () => Promise<Answer>,
) => Promise<Answer>;

export const newTally = (): Tally => ({ answered: new Map(), unsendable: 0, closed: 0, faults: [] });

/** An answer may take so long: far more than any needs, and far less than for ever. */
const answerMs = 30_000;

/** Sends, and notes how it ended. */
export function noting(tally: Tally): Send {
  return async (request, send) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), answerMs);
    });
    try {
      const answer = await Promise.race([send(), late]);
      note(tally, request, answer.response);
      return answer;
    } catch (error) {
      noteFailure(tally, request, error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** A function that is asked for another table is refused by its role: a failure with a cause. */
const caused = /not authorized to perform: dynamodb:/;

export function note(tally: Tally, request: WireRequest, response: { statusCode: number; text?: string }): void {
  const { statusCode: status, text = '' } = response;
  tally.answered.set(status, (tally.answered.get(status) ?? 0) + 1);
  // 501 names an operation that is not served; every other 5xx says that the engine failed.
  if (status < 500 || status === 501 || caused.test(text)) return;
  tally.faults.push(`${status} ${text.slice(0, 300)} to ${describe(request)}`);
}

function noteFailure(tally: Tally, request: WireRequest, error: unknown): void {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/^(ECONNRESET|EPIPE|HPE_)/.test(code)) tally.closed += 1;
  else if (/^ERR_(INVALID|UNESCAPED|HTTP_INVALID)/.test(code)) tally.unsendable += 1;
  else tally.faults.push(`${code} ${message} for ${describe(request)}`);
}

function describe({ method, path, query, headers, body }: WireRequest): string {
  const shown = { query, target: headers['x-amz-target'], type: headers['content-type'] };
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(shown).slice(0, 500)} ${String(Buffer.from(body ?? '')).slice(0, 600)}`;
}

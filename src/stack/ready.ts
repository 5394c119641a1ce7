import { type ApiAnswer, type ApiStage, askApi } from '../aws/api-address.ts';
import type { Aws } from '../aws/aws.ts';
import { waitFor } from '../aws/wait.ts';

/** On an endpoint, what is answered so long in place of 401 is how it serves APIs. */
const settledMs = 2_000;

/**
 * Waits until the API answers as itself: 401 to a request without a token, from the authorizer. Gives up after `limitMs`. `settled`:
 * there is nothing to wait for. Beside 401 that is an endpoint that carries the request out, or has no gateway, all the time;
 * of AWS and the embedded engine these are not taken for an answer.
 */
export async function untilApiAnswers(
  aws: Aws,
  options: {
    api: ApiStage;
    path: string;
    method: string;
    limitMs: number;
    onWait: (reason: string) => void;
  },
): Promise<ApiAnswer & { settled: boolean }> {
  const { api, path, method, limitMs, onWait } = options;
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: '{"operation":"ping"}' };
  const startedAtMs = aws.clock();
  let last: { answer: ApiAnswer; sinceMs: number } | undefined;
  return waitFor(aws, {
    reason: 'the API does not answer yet',
    limitMs: Number.POSITIVE_INFINITY,
    onWait: () => onWait(`the API answers ${last?.answer.said}, not yet 401`),
    async ask() {
      // The time is up: what came last is the answer.
      if (last && aws.clock() - startedAtMs > limitMs) return { ...last.answer, settled: false };
      // What is carried out runs the function: twice says as much as often.
      if (last?.answer.served === 'open' && aws.clock() - last.sinceMs < settledMs) return undefined;
      const answer = await askApi(aws, api, { method, path, ...body });
      const sinceMs = last && last.answer.served === answer.served ? last.sinceMs : aws.clock();
      last = { answer, sinceMs };
      const isEndpoints = aws.targetKind === 'endpoint' && answer.served !== 'unready';
      const settled = answer.served === 'closed' || (isEndpoints && aws.clock() - sinceMs >= settledMs);
      return settled ? { ...answer, settled } : undefined;
    },
  });
}

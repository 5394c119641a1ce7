import { randomBytes } from 'node:crypto';
import type { Aws } from '../aws/aws.ts';
import { waitFor } from '../aws/wait.ts';
import { send } from '../endpoint/http.ts';

const answerLimitMs = 10_000;

/**
 * Waits until the API answers as itself: 401 to a request without a token, from the authorizer. Gives up after `limitMs`,
 * and then tells what came instead.
 */
export async function untilApiAnswers(
  aws: Aws,
  options: { url: string; method?: string; limitMs: number; onWait: (reason: string) => void },
): Promise<string | undefined> {
  const { url, method = 'POST', limitMs, onWait } = options;
  const startedAtMs = aws.clock();
  let last = 'nothing yet';
  return waitFor(aws, {
    reason: 'the API does not answer as itself yet',
    limitMs: Number.POSITIVE_INFINITY,
    onWait: () => onWait(`the API answers ${last}, not yet 401`),
    async ask() {
      // The time is up: what came last is the answer.
      if (aws.clock() - startedAtMs > limitMs) return { last };
      try {
        const response = await send({
          method,
          url,
          ...(method !== 'GET' && method !== 'HEAD' && { body: '{"operation":"ping"}' }),
          headers: { 'X-Amzn-Trace-Id': untraced(aws.clock()) },
          timeoutMs: answerLimitMs,
          env: aws.env,
        });
        last = `${response.status} ${response.body.toString('utf8').slice(0, 200)}`.trim();
        return response.status === 401 ? { last: undefined } : undefined;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
        return undefined;
      }
    },
  }).then((ended) => ended.last);
}

/** Nobody looking for where time goes wants to find this among the requests, refused. */
function untraced(nowMs: number): string {
  return `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`;
}

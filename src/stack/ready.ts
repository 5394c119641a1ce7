import { randomBytes } from 'node:crypto';
import type { Aws } from '../aws/aws.ts';
import { waitFor } from '../aws/wait.ts';

const answerLimitMs = 10_000;

/**
 * Waits until the API answers as itself: 401 to a request without a token, from the authorizer.
 * Throws DynopsError `WaitedTooLong` after `limitMs`.
 */
export async function untilApiAnswers(
  aws: Aws,
  options: { url: string; limitMs: number; onWait: (reason: string) => void },
): Promise<void> {
  const { url, limitMs, onWait } = options;
  let last = 'nothing yet';
  await waitFor(aws, {
    reason: 'the API does not answer as itself yet',
    limitMs,
    onWait: () => onWait(`the API answers ${last}, not yet 401`),
    async ask() {
      try {
        const response = await fetch(url, {
          method: 'POST',
          body: '{"operation":"ping"}',
          headers: { 'X-Amzn-Trace-Id': untraced(aws.clock()) },
          signal: AbortSignal.timeout(answerLimitMs),
        });
        await response.body?.cancel();
        last = String(response.status);
        return response.status === 401 ? true : undefined;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
        return undefined;
      }
    },
  });
}

/** Nobody looking for where time goes wants to find this among the requests, refused. */
function untraced(nowMs: number): string {
  return `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`;
}

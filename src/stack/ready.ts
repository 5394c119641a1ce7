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

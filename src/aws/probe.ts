import { type HttpRequest, type HttpResponse, send } from '../endpoint/http.ts';
import type { Aws } from './aws.ts';

const answerLimitMs = 10_000;
/** Who answers so has too much to do: that says nothing of what is served there. */
const passing = [429, 503];
const mostAttempts = 5;

/** Asks what is served at an address, and again while only such an answer comes. Rejects as `send` does. */
export async function probe(aws: Aws, request: Omit<HttpRequest, 'timeoutMs' | 'env'>): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send({ ...request, timeoutMs: answerLimitMs, env: aws.env });
    if (!passing.includes(answer.status) || attempt === mostAttempts) return answer;
    await aws.pause(100 * 2 ** attempt);
  }
}

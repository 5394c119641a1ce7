/** How a failed attempt is judged: undefined, another would fail like it. */
export type Retryable = 'throttled' | 'transient' | undefined;

// The SDK's standard retry mode with its defaults for DynamoDB:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const baseDelayMs = { throttled: 1_000, transient: 50 };
const tokens = { throttled: 5, transient: 14 };
const maxDelayMs = 20_000;
const capacity = 500;
const throttling =
  /^(LimitExceeded|PriorRequestNotComplete|ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|SlowDown|Throttled|Throttling|TooManyRequests|TransactionInProgress)(Exception)?$/;
const network = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** Judges DynamoDB's error by its name and HTTP status, and a connection's by its code. */
export function judge({
  name = '',
  status = 0,
  code = '',
}: {
  name?: string;
  status?: number;
  code?: string;
}): Retryable {
  if (status === 429 || throttling.test(name)) return 'throttled';
  if ([500, 502, 503, 504].includes(status) || network.test(code)) return 'transient';
  return undefined;
}

/** A quota of retries, shared by all calls, so that a service in trouble is not asked ever more often. */
export function createRetries({ random, maxAttempts }: { random: () => number; maxAttempts: number }) {
  let left = capacity;
  let cost = 1;
  return {
    /** Milliseconds to wait before the next attempt, after the `attempt`th (from 1) failed; undefined: give up. */
    delayAfter(attempt: number, kind: Retryable): number | undefined {
      if (!kind || attempt >= maxAttempts || left < tokens[kind]) return undefined;
      cost = tokens[kind];
      left -= cost;
      return Math.min(maxDelayMs, random() * 2 ** (attempt - 1) * baseDelayMs[kind]);
    },
    succeeded(attempts: number): void {
      left = Math.min(capacity, left + (attempts > 1 ? cost : 1));
    },
  };
}

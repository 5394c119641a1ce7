import { AwsError } from '../aws-error.ts';
import { createTokenBuckets } from '../token-bucket.ts';
import { callLatencyMs, type DelayName, delays, rateLimits } from './aws-like.ts';

/** How the engine behaves in time: plain (at once), or as an AWS account does (`--aws-like SCALE`). */
export interface Simulation {
  /** 0: plain, nothing waits. 1: AWS's own times. 0.1: ten times faster. */
  readonly scale: number;
  /** How long a state lasts, in milliseconds; 0 where nothing is simulated. */
  delayMs(name: DelayName): number;
  /**
   * Whether a state lasts still that was to last until then. One with more than twice its time left began before the clock was put
   * back, and is over: it would last until the clock is there again.
   */
  lasts(name: DelayName, untilMs: number): boolean;
  /** Takes the time that a call takes, or throws the service's throttling error. Nothing where nothing is simulated. */
  beforeCall(service: string, operation: string): Promise<void>;
}

export function createSimulation(options: {
  scale: number;
  clock: () => number;
  sleep: (ms: number) => Promise<void>;
}): Simulation {
  const { scale, clock, sleep } = options;
  const takeToken = createTokenBuckets(clock);
  const delayMs = (name: DelayName) => delays[name].ms * scale;
  return {
    scale,
    delayMs,
    lasts(name, untilMs) {
      const leftMs = untilMs - clock();
      return leftMs > 0 && leftMs <= 2 * delayMs(name);
    },
    async beforeCall(service, operation) {
      if (scale === 0) return;
      for (const limit of rateLimits) {
        const { burst, perSecond } = limit;
        if (!limit.applies(service, operation) || takeToken(limit.name, { burst, perSecond: perSecond / scale }))
          continue;
        throw new AwsError(limit.error, limit.message, { statusCode: limit.status });
      }
      await sleep(callLatencyMs(service) * scale);
    },
  };
}

/**
 * X-Ray's default rule: the first request of each second, then 5 % of the others.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 * Where nothing is simulated, it takes every request instead, so that a call just made has a trace to show.
 */
export interface SamplingRule {
  reservoirPerSecond: number;
  fixedRate: number;
}

export interface Sampler {
  readonly rule: SamplingRule;
  /** Whether to trace the next request of a service (`{api}/{stage}`, or a function's name). */
  sample(service: string): boolean;
}

/** `scale` is the simulation's. `random` answers 0 to below 1. */
export function createSampler(options: { scale: number; clock: () => number; random?: () => number }): Sampler {
  const { scale, clock, random = Math.random } = options;
  const rule = scale === 0 ? { reservoirPerSecond: 1, fixedRate: 1 } : { reservoirPerSecond: 1, fixedRate: 0.05 };
  const lastSecond = new Map<string, number>();
  return {
    rule,
    sample(service) {
      const second = Math.floor(clock() / 1000);
      if (lastSecond.get(service) !== second) {
        lastSecond.set(service, second);
        return true;
      }
      return random() < rule.fixedRate;
    },
  };
}

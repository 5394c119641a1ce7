import type { ApiRecord, StageRecord } from '../apigateway/records.ts';
import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import { createTokenBuckets } from '../token-bucket.ts';

const tokens = perEngine((engine) => createTokenBuckets(engine.clock));

const isLimited = ({ throttlingRateLimit: rate }: { throttlingRateLimit?: number | undefined }) =>
  rate !== undefined && rate >= 0;

/** Takes a token from the stage's bucket for a method; false: 429. Without settings there is no limit here. */
export function takesThrottleToken(
  engine: Engine,
  request: { api: ApiRecord; stage: StageRecord; resource: string; method: string },
): boolean {
  const { api, stage, resource, method } = request;
  if (!stage.methodSettings || !Object.values(stage.methodSettings).some(isLimited)) return true;
  const key = `${resource.slice(1).replaceAll('/', '~1')}/${method}`;
  const settings = { ...stage.methodSettings['*/*'], ...stage.methodSettings[key] };
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settings;
  if (rate === undefined || rate < 0) return true;
  const limit = Math.max(burst ?? rate, rate > 0 ? 1 : 0);
  return tokens(engine)(`${api.id}/${stage.stageName}/${key}`, { burst: limit, perSecond: rate });
}

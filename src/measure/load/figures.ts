import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Latencies in milliseconds; all 0 where nothing was answered. */
export interface LatencyFigures {
  min: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** A stretch of the run, usually a second. */
export interface Interval {
  /** Its end, from the run's start. */
  atMs: number;
  /** The most at once. */
  users: number;
  requests: number;
  failed: number;
  requestsPerSecond: number;
  latencyMs: LatencyFigures;
}

export interface FailureCount {
  /** `HTTP 500`, `timeout`, `ECONNRESET`, `function error (HTTP 200)`… */
  kind: string;
  count: number;
  /** One of them: the response's body, or the transport's message; shortened. */
  sample: string;
}

export interface RequestFigures {
  name: string;
  requests: number;
  failed: number;
  latencyMs: LatencyFigures;
}

/** How many responses took from `fromMs` to below `toMs`. */
export interface Bin {
  fromMs: number;
  toMs: number;
  count: number;
}

export interface Figures {
  requests: number;
  failed: number;
  /** failed / requests; 0 where there were none. */
  errorRate: number;
  bytesReceived: number;
  /** Of every request that got a response, whatever its status. */
  latencyMs: LatencyFigures;
  failures: FailureCount[];
  byRequest: RequestFigures[];
  series: Interval[];
  distribution: Bin[];
}

export interface Recorder {
  /** `latencyMs`: undefined where no response arrived. `sample`: the response's body, or what went wrong instead. */
  record(
    index: number,
    of: { latencyMs: number | undefined; bytes: number; failure: string | undefined; sample: Buffer | string },
  ): void;
  /** Ends the current interval. */
  tick(atMs: number, users: number): Interval;
  figures(): Figures;
}

/** Twenty bins for each power of ten, from 10 µs on: wide enough to draw, fine enough to see two humps. */
const binsPerDecade = 20;
const firstBinMs = 0.01;
const binCount = 8 * binsPerDecade;

/** Counts what a run does. Percentiles are exact to three digits (perf_hooks' HDR histogram, in microseconds). */
export function createRecorder(names: readonly string[]): Recorder {
  const whole = newHistogram();
  const interval = newHistogram();
  const byRequest = names.map((name) => ({
    name,
    requests: 0,
    failed: 0,
    histogram: newHistogram(),
    recent: newHistogram(),
  }));
  const failures = new Map<string, { count: number; sample: string }>();
  const bins = new Uint32Array(binCount);
  const series: Interval[] = [];
  let [requests, failed, bytesReceived, tickedRequests, tickedFailed, tickedAtMs] = [0, 0, 0, 0, 0, 0];

  /** Each latency is recorded once, and added to the other histograms when somebody looks: recording is what costs. */
  function spread(): void {
    for (const { histogram, recent } of byRequest) {
      if (recent.count === 0) continue;
      for (const into of [whole, interval, histogram]) into.add(recent);
      recent.reset();
    }
  }

  return {
    record(index, { latencyMs, bytes, failure, sample }) {
      const request = byRequest[index];
      requests++;
      bytesReceived += bytes;
      if (request) request.requests++;
      if (latencyMs !== undefined) {
        request?.recent.record(Math.max(1, Math.round(latencyMs * 1000)));
        const bin = Math.floor(Math.log10(latencyMs / firstBinMs) * binsPerDecade);
        const at = Math.min(binCount - 1, Math.max(0, bin));
        bins[at] = (bins[at] ?? 0) + 1;
      }
      if (failure === undefined) return;
      failed++;
      if (request) request.failed++;
      const known = failures.get(failure);
      if (known) known.count++;
      else failures.set(failure, { count: 1, sample: sample.toString().slice(0, 300) });
    },
    tick(atMs, users) {
      spread();
      const seconds = (atMs - tickedAtMs) / 1000;
      const ended = {
        atMs,
        users,
        requests: requests - tickedRequests,
        failed: failed - tickedFailed,
        requestsPerSecond: seconds > 0 ? (requests - tickedRequests) / seconds : 0,
        latencyMs: latencyFigures(interval),
      };
      series.push(ended);
      interval.reset();
      [tickedRequests, tickedFailed, tickedAtMs] = [requests, failed, atMs];
      return ended;
    },
    figures() {
      spread();
      return {
        requests,
        failed,
        errorRate: requests === 0 ? 0 : failed / requests,
        bytesReceived,
        latencyMs: latencyFigures(whole),
        failures: [...failures]
          .map(([kind, { count, sample }]) => ({ kind, count, sample }))
          .sort((a, b) => b.count - a.count),
        byRequest: byRequest.map(({ histogram, recent: _spread, ...counts }) => ({
          ...counts,
          latencyMs: latencyFigures(histogram),
        })),
        series: [...series],
        distribution: distributionOf(bins),
      };
    },
  };
}

function newHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
}

function latencyFigures(histogram: RecordableHistogram): LatencyFigures {
  if (histogram.count === 0) return { min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 };
  const percentile = (share: number) => histogram.percentile(share) / 1000;
  return {
    min: histogram.min / 1000,
    mean: Math.round(histogram.mean) / 1000,
    p50: percentile(50),
    p90: percentile(90),
    p95: percentile(95),
    p99: percentile(99),
    max: histogram.max / 1000,
  };
}

/** From the first bin that holds something to the last. */
function distributionOf(bins: Uint32Array): Bin[] {
  const edge = (index: number) => Number((firstBinMs * 10 ** (index / binsPerDecade)).toPrecision(4));
  const all = [...bins].map((count, index) => ({ fromMs: edge(index), toMs: edge(index + 1), count }));
  const first = all.findIndex(({ count }) => count > 0);
  const last = all.findLastIndex(({ count }) => count > 0);
  return first < 0 ? [] : all.slice(first, last + 1);
}

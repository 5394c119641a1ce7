import { service as xray } from '../../../src/local/xray/service.ts';
import { absent, type Plan } from './plan.ts';
import { now } from './reading.ts';

const trace = (n: number, name: string) => ({
  id: String(n).padStart(16, '0'),
  trace_id: `1-${Math.floor(now / 1000).toString(16)}-${String(n).padStart(24, '0')}`,
  name,
  start_time: now / 1000 - n,
  end_time: now / 1000 - n / 2,
});

export const xrayPlan: Plan = {
  service: xray,
  async scene(run) {
    const traces = [trace(1, 'one'), trace(2, 'two')];
    await run('PutTraceSegments', { TraceSegmentDocuments: traces.map((document) => JSON.stringify(document)) });
    return { ids: traces.map((document) => document.trace_id) };
  },
  picture: async (run) => run('GetTraceSummaries', { StartTime: new Date(now - 100_000), EndTime: new Date(now) }),
  values: ({ ids }) => {
    const [one, two] = ids as string[];
    return {
      TraceIds: [[one], [two], [one, two]],
      StartTime: [new Date(now - 5_000), new Date(now - 1_500)],
      EndTime: [new Date(now), new Date(now - 1_500)],
      FilterExpression: ['service("one")', 'service("two")'],
      TraceSegmentDocuments: [['x'], [JSON.stringify(trace(3, 'three'))], [JSON.stringify(trace(4, 'four'))]],
      RuleName: ['Default', 'other'],
      TimeRangeType: ['TraceId', 'Event', 'Service'],
      NextToken: [absent, 'none of ours'],
    };
  },
  bases: () => ({
    'GetTraceSummaries.TimeRangeType': { StartTime: new Date(now - 500) },
    GetTraceSummaries: { StartTime: new Date(now - 5_000), EndTime: new Date(now) },
    GetServiceGraph: { StartTime: new Date(now - 5_000), EndTime: new Date(now) },
  }),
};

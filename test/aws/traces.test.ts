import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterEach, describe, expect, it } from 'vitest';
import { listTraces, readServiceMap, readTraces, sendsTracesElsewhere } from '../../src/aws/traces.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, mockAws } from './mocks.ts';

const xray = mockClient(XRayClient);
afterEach(() => xray.reset());

describe('traces', () => {
  it('a long range is asked in pieces of six hours, each to its last page; the newest come first', async () => {
    const hourMs = 3_600_000;
    const summary = (Id: string, hours: number) => ({
      Id,
      StartTime: new Date(hours * hourMs),
      Duration: 2,
      ResponseTime: 0.5,
      Http: { HttpStatus: 200 },
    });
    xray
      .on(GetTraceSummariesCommand)
      .resolvesOnce({ TraceSummaries: [summary('1-a', 1)], NextToken: 'next' })
      .resolvesOnce({ TraceSummaries: [summary('1-b', 2)] })
      .resolvesOnce({ TraceSummaries: [summary('1-c', 8), summary('1-b', 2)] });
    const traces = await listTraces(await mockAws(), { fromMs: 0, untilMs: 10 * hourMs, filter: 'fault', limit: 2 });
    expect(traces.map(({ id }) => id)).toEqual(['1-c', '1-b']);
    expect(traces[0]).toMatchObject({
      startedAtMs: 8 * hourMs,
      durationMs: 2000,
      responseMs: 500,
      status: 200,
      fault: false,
    });
    expect(
      xray
        .commandCalls(GetTraceSummariesCommand)
        .map(({ args: [{ input }] }) => [Number(input.StartTime), Number(input.EndTime), input.FilterExpression]),
    ).toEqual([
      [0, 6 * hourMs, 'fault'],
      [0, 6 * hourMs, 'fault'],
      [6 * hourMs, 10 * hourMs, 'fault'],
    ]);
  });

  it('documents are read five at a time; what is not there is missing', async () => {
    xray.on(BatchGetTracesCommand).callsFake(({ TraceIds }: { TraceIds: string[] }) => ({
      Traces: TraceIds.filter((id) => id !== '1-3').map((Id) => ({ Id, Segments: [{ Document: `{"of":"${Id}"}` }] })),
    }));
    const found = await readTraces(await mockAws(), ['1-1', '1-2', '1-3', '1-4', '1-5', '1-6']);
    expect([...found.keys()]).toEqual(['1-1', '1-2', '1-4', '1-5', '1-6']);
    expect(found.get('1-6')).toEqual(['{"of":"1-6"}']);
    expect(xray.commandCalls(BatchGetTracesCommand).map(({ args }) => args[0].input.TraceIds?.length)).toEqual([5, 1]);
  });

  it('of several pages are read to the last, and one that goes on in the next is whole', async () => {
    const part = (Id: string, Document: string) => ({ Id, Segments: [{ Document }] });
    xray
      .on(BatchGetTracesCommand)
      .resolvesOnce({ Traces: [part('1-1', 'a')], NextToken: 'next' })
      .resolves({ Traces: [part('1-1', 'b'), part('1-2', 'c')] });
    const found = await readTraces(await mockAws(), ['1-1', '1-2']);
    expect([...found]).toEqual([
      ['1-1', ['a', 'b']],
      ['1-2', ['c']],
    ]);
    expect(xray.commandCalls(BatchGetTracesCommand).map(({ args }) => args[0].input)).toEqual([
      { TraceIds: ['1-1', '1-2'] },
      { TraceIds: ['1-1', '1-2'], NextToken: 'next' },
    ]);
  });

  it('show the service map', async () => {
    const statistics = {
      TotalCount: 4,
      TotalResponseTime: 2,
      ErrorStatistics: { TotalCount: 2, ThrottleCount: 1 },
      FaultStatistics: { TotalCount: 1 },
    };
    xray
      .on(GetServiceGraphCommand)
      .resolvesOnce({
        Services: [
          { ReferenceId: 0, Name: 'x', Type: 'client', Edges: [{ ReferenceId: 1, SummaryStatistics: statistics }] },
        ],
        NextToken: 'next',
      })
      .resolvesOnce({ Services: [{ ReferenceId: 1, Name: 'api', Type: 'AWS::ApiGateway::Stage' }] });
    const expected = { requests: 4, errors: 2, throttles: 1, faults: 1, meanMs: 500 };
    expect(await readServiceMap(await mockAws(), { fromMs: 0, untilMs: 1 })).toMatchObject([
      { id: 0, isClient: true, calls: [{ to: 1, ...expected }] },
      { id: 1, isClient: false, calls: [], statistics: { requests: 0, meanMs: 0 } },
    ]);
  });

  it('Transaction Search is noticed; an endpoint that does not know of it has none', async () => {
    const aws = await mockAws();
    xray
      .on(GetTraceSegmentDestinationCommand)
      .resolvesOnce({ Destination: 'CloudWatchLogs' })
      .resolvesOnce({ Destination: 'XRay' });
    expect([await sendsTracesElsewhere(aws), await sendsTracesElsewhere(aws)]).toEqual([true, false]);
    xray
      .on(GetTraceSegmentDestinationCommand)
      .rejects(Object.assign(new Error('unknown'), { name: 'UnknownOperationException' }));
    expect(await sendsTracesElsewhere(aws)).toBe(false);
  });

  it('X-Ray’s own throttling is waited out', async () => {
    const throttled = awsError('ThrottledException', 'Rate exceeded', { status: 429 });
    xray.on(GetTraceSummariesCommand).rejectsOnce(throttled).resolves({ TraceSummaries: [] });
    expect(await listTraces(await mockAws(), { fromMs: 0, untilMs: 1, limit: 1 })).toEqual([]);
    expect(xray.calls()).toHaveLength(2);
  });

  it('a trace that does not say when it began is dated by its id', async () => {
    xray.on(GetTraceSummariesCommand).resolves({ TraceSummaries: [{ Id: '1-0000000a-0123456789abcdef01234567' }] });
    const [trace] = await listTraces(await mockAws(), { fromMs: 0, untilMs: 1, limit: 1 });
    expect(trace?.startedAtMs).toBe(10_000);
  });
});

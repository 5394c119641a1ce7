import { createSocket } from 'node:dgram';
import {
  BatchGetTracesCommand,
  GetSamplingRulesCommand,
  GetSamplingTargetsCommand,
  GetServiceGraphCommand,
  GetTraceGraphCommand,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
  PutTelemetryRecordsCommand,
  PutTraceSegmentsCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SegmentDocument } from '../../../src/local/xray/segments.ts';
import { newTraceId } from '../../../src/local/xray/trace-header.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { segment } from './documents.ts';

let engine: TestEngine;
let client: XRayClient;

beforeEach(async () => {
  engine = await startEngine();
  client = new XRayClient(engine.clientConfig);
});

afterEach(async () => {
  client.destroy();
  await engine.stop();
});

const put = (...documents: unknown[]) =>
  client.send(
    new PutTraceSegmentsCommand({
      TraceSegmentDocuments: documents.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    }),
  );
const lastHour = () => ({ StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 1_000) });
const summaries = async (FilterExpression?: string) =>
  (await client.send(new GetTraceSummariesCommand({ ...lastHour(), ...(FilterExpression && { FilterExpression }) })))
    .TraceSummaries ?? [];

async function documentsOf(traceId: string): Promise<SegmentDocument[]> {
  const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
  return (Traces[0]?.Segments ?? []).map(({ Document = '' }) => JSON.parse(Document));
}

test('a time frame is of when traces began, or of when they changed', async () => {
  const anHourAgo = Date.now() / 1000 - 3_600;
  const old = segment({ start_time: anHourAgo, end_time: anHourAgo + 1 });
  await put(old);
  const within = async (minutes: number, TimeRangeType?: 'TraceId' | 'Event') => {
    const range = { StartTime: new Date(Date.now() - minutes * 60_000), EndTime: new Date(Date.now() + 1_000) };
    const { TraceSummaries = [] } = await client.send(new GetTraceSummariesCommand({ ...range, TimeRangeType }));
    return TraceSummaries.map(({ Id }) => Id);
  };
  expect(await within(90)).toEqual([old.trace_id]);
  expect(await within(5)).toEqual([]);
  expect(await within(5, 'TraceId')).toEqual([]);
  expect(await within(5, 'Event')).toEqual([old.trace_id]);
});

/** As no program writes a document, and the time of a stack takes to be written again. */
const nested = (document: SegmentDocument) =>
  JSON.stringify({ ...document, metadata: { deep: 'here' } }).replace(
    '"here"',
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  );

test('segments are taken; each that is not one is answered with its error code', async () => {
  const good = segment({ name: 'api' });
  const { UnprocessedTraceSegments } = await put(
    good,
    '{',
    '[]',
    nested(good),
    { ...good, id: undefined },
    { ...good, id: 'short' },
    { ...good, trace_id: 'nope' },
    { ...good, name: '' },
    { ...good, start_time: 'now' },
    { ...good, end_time: undefined },
    { ...good, metadata: { big: 'x'.repeat(70_000) } },
  );
  expect(UnprocessedTraceSegments?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    'ParseError',
    'ParseError',
    'ParseError',
    'MissingId',
    'InvalidId',
    'InvalidTraceId',
    'InvalidName',
    'MissingStartTime',
    'MissingEndTime',
    'SegmentTooLarge',
  ]);
  expect(await documentsOf(good.trace_id)).toEqual([good]);
  await client.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [{ Timestamp: new Date() }] }));
});

test('a finished segment takes the place of itself in progress', async () => {
  const { end_time, ...began } = segment();
  await put({ ...began, in_progress: true });
  expect((await summaries())[0]).toMatchObject({ IsPartial: true });
  await put({ ...began, end_time });
  expect((await summaries())[0]).toMatchObject({ IsPartial: false });
  expect(await documentsOf(began.trace_id)).toHaveLength(1);
});

test('parts that arrive alone are shown inside their segment, in any order and depth; a called table gets its own', async () => {
  const root = segment();
  const part = (id: string, parent_id: string, over: Partial<SegmentDocument> = {}) =>
    segment({ trace_id: root.trace_id, type: 'subsegment', id, parent_id, ...over });
  const [outer, inner, orphan] = ['a'.repeat(16), 'b'.repeat(16), 'c'.repeat(16)];
  await put(
    part(inner, outer, { name: 'DynamoDB', namespace: 'aws', aws: { table_name: 'things' } }),
    part(outer, root.id, { name: 'work' }),
    root,
    part(orphan, 'f'.repeat(16)),
    part('d'.repeat(16), 'e'.repeat(16)),
    part('e'.repeat(16), 'd'.repeat(16)),
    part('9'.repeat(16), '9'.repeat(16)),
  );
  const documents = await documentsOf(root.trace_id);
  const found = documents.find(({ id }) => id === root.id);
  expect(found?.subsegments).toMatchObject([
    { id: outer, name: 'work', subsegments: [{ id: inner, name: 'DynamoDB' }] },
  ]);
  expect(documents.find(({ origin }) => origin === 'AWS::DynamoDB::Table')).toMatchObject({
    name: 'things',
    parent_id: inner,
    inferred: true,
  });
  // Parts without a place stay what they are, and make nothing fail.
  expect(documents.map(({ id }) => id)).toEqual(expect.arrayContaining([orphan, 'd'.repeat(16), '9'.repeat(16)]));
  expect(await summaries()).toHaveLength(1);
});

test('at most five traces at once, and the unknown are said', async () => {
  const known = segment();
  await put(known);
  const unknown = newTraceId(Date.now());
  const { Traces, UnprocessedTraceIds } = await client.send(
    new BatchGetTracesCommand({ TraceIds: [known.trace_id, unknown] }),
  );
  expect(Traces?.map(({ Id }) => Id)).toEqual([known.trace_id]);
  expect(UnprocessedTraceIds).toEqual([unknown]);
  await expect(
    client.send(new BatchGetTracesCommand({ TraceIds: Array.from({ length: 6 }, () => newTraceId(Date.now())) })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException', message: 'Exceeding maximum query size: 5' });
});

test('a summary says how long, what failed, by which request, and who took part', async () => {
  const root = segment({
    name: 'DynamoDBOperations/prod',
    origin: 'AWS::ApiGateway::Stage',
    start_time: 1_790_000_000.25,
    end_time: 1_790_000_000.75,
    error: true,
    http: {
      request: { url: 'https://x/prod', method: 'POST', client_ip: '127.0.0.1', user_agent: 'curl' },
      response: { status: 429 },
    },
    throttle: true,
    annotations: { 'aws:api_stage': 'prod', tries: 3, last: true },
    user: 'testuser',
  });
  const called = segment({
    trace_id: root.trace_id,
    parent_id: root.id,
    name: 'f',
    origin: 'AWS::Lambda',
    start_time: 1_790_000_000.3,
    end_time: 1_790_000_001.25,
    fault: true,
  });
  await put(called, root);
  const { TraceSummaries = [] } = await client.send(
    new GetTraceSummariesCommand({ StartTime: new Date(1_790_000_000_000), EndTime: new Date(1_790_000_001_000) }),
  );
  expect(TraceSummaries).toEqual([
    expect.objectContaining({
      Id: root.trace_id,
      Duration: 1,
      ResponseTime: 0.5,
      HasFault: true,
      HasError: true,
      HasThrottle: true,
      IsPartial: false,
      Http: {
        HttpURL: 'https://x/prod',
        HttpStatus: 429,
        HttpMethod: 'POST',
        UserAgent: 'curl',
        ClientIp: '127.0.0.1',
      },
      Users: [expect.objectContaining({ UserName: 'testuser' })],
      EntryPoint: expect.objectContaining({ Name: root.name, Type: 'AWS::ApiGateway::Stage' }),
    }),
  ]);
  expect(TraceSummaries[0]?.Annotations).toMatchObject({
    'aws:api_stage': [{ AnnotationValue: { StringValue: 'prod' } }],
    tries: [{ AnnotationValue: { NumberValue: 3 } }],
    last: [{ AnnotationValue: { BooleanValue: true } }],
  });
  expect(TraceSummaries[0]?.ServiceIds?.map(({ Name }) => Name)).toEqual([root.name, 'f']);
});

test('members that are not what they should be make no answer fail', async () => {
  const document = segment();
  const annotations = { kept: 'yes', object: { toString: 1 }, list: [1], nothing: null };
  for (const [cause, found] of [
    [null, 0],
    ['text', 0],
    [{ exceptions: [null, 'text', { message: 'it broke' }] }, 1],
  ] as const) {
    await put({ ...document, cause, annotations });
    expect((await summaries()).map(({ Annotations }) => Object.keys(Annotations ?? {}))).toEqual([['kept']]);
    expect(await summaries('message = "it broke"')).toHaveLength(found);
  }
  const none = { toString: 1 };
  const call = { id: 'a'.repeat(16), name: 'DynamoDB', namespace: 'aws', start_time: 1, end_time: none };
  await put({ ...document, origin: none, subsegments: [call] });
  const { Services } = await client.send(new GetServiceGraphCommand(lastHour()));
  expect(Services?.map(({ Name }) => Name)).toEqual(['service', 'service']);
  const { UnprocessedTraceSegments } = await put({ ...document, end_time: none, in_progress: true });
  expect(UnprocessedTraceSegments).toMatchObject([{ ErrorCode: 'MissingEndTime' }]);
});

test('the time range decides, in order and page by page', async () => {
  const start = Math.floor(Date.now() / 1000) - 2_000;
  const all = Array.from({ length: 1_201 }, (_, index) =>
    segment({ start_time: start + index, end_time: start + index + 1 }),
  );
  for (let at = 0; at < all.length; at += 50) await put(...all.slice(at, at + 50));
  const found: (string | undefined)[] = [];
  let NextToken: string | undefined;
  let pages = 0;
  do {
    const page = await client.send(
      new GetTraceSummariesCommand({
        StartTime: new Date((start + 1) * 1000),
        EndTime: new Date((start + 1_199) * 1000),
        ...(NextToken && { NextToken }),
      }),
    );
    found.push(...(page.TraceSummaries ?? []).map(({ Id }) => Id));
    expect(page.TracesProcessedCount).toBe(1_199);
    NextToken = page.NextToken;
    pages++;
  } while (NextToken);
  expect(pages).toBe(3);
  expect(found).toEqual(all.slice(1, 1_200).map(({ trace_id }) => trace_id));
  await expect(
    client.send(new GetTraceSummariesCommand({ StartTime: new Date(), EndTime: new Date(0) })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('a range of six hours is answered, a longer one refused', async () => {
  const hours = (count: number) => ({ StartTime: new Date(0), EndTime: new Date(count * 3_600_000 + 1_000) });
  const longest = { StartTime: new Date(1_000), EndTime: hours(6).EndTime };
  const tooLong = { name: 'InvalidRequestException', message: 'Time range cannot be longer than 6 hours' };
  await client.send(new GetServiceGraphCommand(longest));
  await client.send(new GetTraceSummariesCommand(longest));
  await expect(client.send(new GetServiceGraphCommand(hours(6)))).rejects.toMatchObject(tooLong);
  await expect(client.send(new GetTraceSummariesCommand(hours(6)))).rejects.toMatchObject(tooLong);
});

test('the service graph: who calls whom, how often, how long, how it ended', async () => {
  for (const fault of [false, false, true]) {
    const stage = segment({
      name: 'api/prod',
      origin: 'AWS::ApiGateway::Stage',
      start_time: Date.now() / 1000 - 2,
      end_time: Date.now() / 1000,
    });
    const called = segment({
      trace_id: stage.trace_id,
      parent_id: stage.id,
      name: 'f',
      origin: 'AWS::Lambda',
      start_time: stage.start_time,
      end_time: stage.start_time + 0.5,
      ...(fault && { fault }),
    });
    await put(stage, called);
  }
  for (const { Services = [] } of [
    await client.send(new GetServiceGraphCommand(lastHour())),
    await client.send(new GetTraceGraphCommand({ TraceIds: (await summaries()).map(({ Id = '' }) => Id) })),
  ]) {
    const [person, stage, lambda] = ['client', 'AWS::ApiGateway::Stage', 'AWS::Lambda'].map((type) =>
      Services.find(({ Type }) => Type === type),
    );
    expect(Services).toHaveLength(3);
    expect(person).toMatchObject({ Name: 'api/prod', Root: true, Edges: [{ ReferenceId: stage?.ReferenceId }] });
    expect(stage).toMatchObject({ Name: 'api/prod', SummaryStatistics: { OkCount: 3, TotalCount: 3 } });
    expect(stage?.Edges).toMatchObject([
      {
        ReferenceId: lambda?.ReferenceId,
        SummaryStatistics: { OkCount: 2, FaultStatistics: { TotalCount: 1 }, TotalCount: 3 },
        ResponseTimeHistogram: [{ Value: 0.5, Count: 3 }],
      },
    ]);
    expect(lambda?.SummaryStatistics?.TotalResponseTime).toBeCloseTo(1.5, 3);
  }
});

test('sampling in the plain simulation takes everything, and says so; traces go to X-Ray', async () => {
  const { SamplingRuleRecords = [] } = await client.send(new GetSamplingRulesCommand({}));
  expect(SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule)).toMatchObject([
    { RuleName: 'Default', FixedRate: 1, ReservoirSize: 1, Priority: 10_000 },
  ]);
  const statistics = { ClientID: 'a'.repeat(24), Timestamp: new Date(), RequestCount: 1, SampledCount: 1 };
  const targets = await client.send(
    new GetSamplingTargetsCommand({
      SamplingStatisticsDocuments: [
        { ...statistics, RuleName: 'Default' },
        { ...statistics, RuleName: 'Other' },
      ],
    }),
  );
  expect(targets.SamplingTargetDocuments).toMatchObject([{ RuleName: 'Default', FixedRate: 1 }]);
  expect(targets.UnprocessedStatistics).toMatchObject([{ RuleName: 'Other' }]);
  expect(await client.send(new GetTraceSegmentDestinationCommand({}))).toMatchObject({ Destination: 'XRay' });
});

test('regions see their own traces alone', async () => {
  await put(segment());
  const elsewhere = new XRayClient({ ...engine.clientConfig, region: 'eu-west-1' });
  const { TraceSummaries } = await elsewhere.send(new GetTraceSummariesCommand(lastHour()));
  elsewhere.destroy();
  expect(TraceSummaries).toEqual([]);
});

test("the daemon's port takes documents of traces that the engine began, and nothing else", async () => {
  const [host = '', port = ''] = engine.engine.traceDaemonAddress.split(':');
  expect(host).toBe('127.0.0.1');
  const socket = createSocket('udp4');
  const sendDatagram = (text: string) =>
    new Promise<void>((resolve, reject) => {
      socket.send(text, Number(port), host, (error) => (error ? reject(error) : resolve()));
    });
  const header = '{"format":"json","version":1}\n';
  const [known, unknown] = [segment(), segment()];
  engine.engine.traces.begin('us-east-1', known.trace_id);
  for (const junk of [
    '',
    '\n',
    'junk',
    header,
    `${header}{`,
    `${header}[]`,
    `{"format":"xml"}\n${JSON.stringify(known)}`,
    header + nested(known),
  ]) {
    await sendDatagram(junk);
  }
  await sendDatagram(header + JSON.stringify(unknown));
  await sendDatagram(header + JSON.stringify(known));
  socket.close();
  await expect.poll(() => documentsOf(known.trace_id)).toEqual([known]);
  expect(engine.engine.traces.find('us-east-1', unknown.trace_id)).toBeUndefined();
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import { assemble } from '../../../src/local/xray/assemble.ts';
import { beginFunctionTrace, beginStageTrace } from '../../../src/local/xray/recorder.ts';
import type { SegmentDocument } from '../../../src/local/xray/segments.ts';
import { readTraceHeader } from '../../../src/local/xray/trace-header.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';

const region = 'us-east-1';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const stage = { region, apiId: 'abc123', apiName: 'DynamoDBOperations', stage: 'prod' };
const called = { region, name: 'f', arn: functionArn, tracing: 'Active' as const };
const request = { method: 'POST', url: 'https://x/prod/y', clientIp: '127.0.0.1', requestId: 'r', contentLength: 2 };
const traceId = '1-58406520-a006649127e371903a2de979';

let running: TestEngine;

beforeEach(async () => {
  running = await startEngine();
});

afterEach(() => running.stop());

function segmentsOf(header: string): SegmentDocument[] {
  const trace = running.engine.traces.find(region, readTraceHeader(header).traceId ?? '');
  return trace ? assemble(trace).segments : [];
}

const byOrigin = (segments: SegmentDocument[], origin: string) => segments.find((segment) => segment.origin === origin);

test('a traced request has the segments that AWS shows, each below its caller', () => {
  const gateway = beginStageTrace(running.engine, { ...stage, tracingEnabled: true });
  gateway.authorizer()();
  const integrationEnded = gateway.integration(functionArn);
  const invocation = beginFunctionTrace(running.engine, called, gateway.header);
  invocation.started();
  invocation.answered(0);
  invocation.end({ requestId: 'r2', initDurationMs: 120 });
  integrationEnded(200);
  gateway.end({ ...request, status: 200, userAgent: 'curl/8' });

  const segments = segmentsOf(gateway.header);
  const [api, service, fn] = ['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function'].map((origin) =>
    byOrigin(segments, origin),
  );
  expect(segments).toHaveLength(3);
  expect(api).toMatchObject({
    name: 'DynamoDBOperations/prod',
    resource_arn: 'arn:aws:apigateway:us-east-1::/restapis/abc123/stages/prod',
    http: { request: { method: 'POST', url: request.url, user_agent: 'curl/8' }, response: { status: 200 } },
    aws: { api_gateway: { account_id: '000000000000', rest_api_id: 'abc123', stage: 'prod', request_id: 'r' } },
    annotations: { 'aws:api_id': 'abc123', 'aws:api_stage': 'prod' },
    subsegments: [{ name: 'Authorizer' }, { name: 'Lambda', namespace: 'aws', aws: { function_name: 'f' } }],
  });
  expect(api).not.toHaveProperty('parent_id');
  expect(service).toMatchObject({ name: 'f', parent_id: api?.subsegments?.[1]?.id, resource_arn: functionArn });
  expect(fn).toMatchObject({ name: 'f', parent_id: service?.id });
  expect(fn?.subsegments?.map(({ name }) => name)).toEqual(['Initialization', 'Invocation', 'Overhead']);
  const [init, invoked] = fn?.subsegments ?? [];
  expect((init?.end_time ?? 0) - (init?.start_time ?? 0)).toBeCloseTo(0.12, 5);
  expect(init?.start_time).toBeLessThan(fn?.start_time ?? 0);
  // The function reports its own calls below Invocation.
  expect(readTraceHeader(invocation.header)).toEqual({ ...readTraceHeader(gateway.header), parentId: invoked?.id });
});

test.each([
  [200, {}],
  [400, { error: true }],
  [429, { error: true, throttle: true }],
  [500, { fault: true }],
])('status %i', (status, flags) => {
  const gateway = beginStageTrace(running.engine, { ...stage, tracingEnabled: true });
  gateway.end({ ...request, status });
  const [segment] = segmentsOf(gateway.header);
  const { error, throttle, fault } = segment ?? {};
  expect({ ...(error && { error }), ...(throttle && { throttle }), ...(fault && { fault }) }).toEqual(flags);
});

test('a function that threw is a fault with its cause', () => {
  const threw = beginFunctionTrace(running.engine, called, undefined);
  threw.started();
  threw.end({ requestId: 'r', error: { errorType: 'Error', errorMessage: 'it broke' } });
  expect(byOrigin(segmentsOf(threw.header), 'AWS::Lambda::Function')).toMatchObject({
    fault: true,
    cause: { exceptions: [{ type: 'Error', message: 'it broke' }] },
    subsegments: [{ name: 'Invocation', fault: true }, { name: 'Overhead' }],
  });
});

test('nothing is recorded where tracing is off or the caller said no; the header goes on', () => {
  const off = beginStageTrace(running.engine, { ...stage, tracingEnabled: false });
  off.integration(functionArn)(200);
  off.end({ ...request, status: 200 });
  expect(off.header).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(off.responseHeader).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  expect(segmentsOf(off.header)).toEqual([]);

  const refused = beginStageTrace(running.engine, {
    ...stage,
    tracingEnabled: true,
    header: `Root=${traceId};Sampled=0`,
  });
  refused.end({ ...request, status: 200 });
  expect(refused.header).toBe(`Root=${traceId};Sampled=0`);

  const header = `Root=${traceId};Parent=4c721bf33e3caf8f;Sampled=1`;
  const passed = beginFunctionTrace(running.engine, { ...called, tracing: 'PassThrough' }, header);
  passed.started();
  passed.end({ requestId: 'r' });
  expect(passed.header).toBe(header);
  expect(segmentsOf(passed.header)).toEqual([]);
});

test("a caller's trace goes on below its segment", () => {
  const header = `Root=${traceId};Parent=4c721bf33e3caf8f;Sampled=1`;
  const gateway = beginStageTrace(running.engine, { ...stage, tracingEnabled: true, header });
  gateway.end({ ...request, status: 200 });
  expect(segmentsOf(header)).toMatchObject([{ trace_id: traceId, parent_id: '4c721bf33e3caf8f' }]);
});

import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ResourceNotFoundException as NoFunction,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { type Aws, connect } from '../../src/aws/aws.ts';
import { accountConcurrency, changeFunctionSettings, readFunctionSettings } from '../../src/aws/function-settings.ts';
import { logEvents } from '../../src/aws/log-events.ts';
import { listTraces, readServiceMap, readTraces, sendsTracesElsewhere } from '../../src/aws/traces.ts';

const [lambda, logs, xray, sts] = [
  mockClient(LambdaClient),
  mockClient(CloudWatchLogsClient),
  mockClient(XRayClient),
  mockClient(STSClient),
];

afterEach(() => {
  for (const mock of [lambda, logs, xray, sts]) mock.reset();
});

function makeAws(): Promise<Aws> {
  sts.on(GetCallerIdentityCommand).resolves({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:root' });
  const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
  const target = {
    kind: 'endpoint',
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials,
    profile: undefined,
  } as const;
  return connect({ target, signal: new AbortController().signal, sleep: async () => undefined });
}

const $metadata = {};

describe('the function’s settings', () => {
  const found = { FunctionName: 'f', MemorySize: 128, Runtime: 'nodejs24.x', Timeout: 3, State: 'Active' } as const;

  test('are read, an old function without an architecture as x86_64', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves({ ...found, TracingConfig: { Mode: 'Active' } });
    expect(await readFunctionSettings(await makeAws(), 'f')).toEqual({
      name: 'f',
      memoryMb: 128,
      architecture: 'x86_64',
      runtime: 'nodejs24.x',
      timeoutSeconds: 3,
      tracing: true,
    });
  });

  test('of a function that is not there: the stack is absent', async () => {
    lambda
      .on(GetFunctionConfigurationCommand)
      .rejects(new NoFunction({ $metadata, message: 'Function not found: f', Type: 'User' }));
    await expect(readFunctionSettings(await makeAws(), 'f')).rejects.toMatchObject({ code: 'StackAbsent' });
  });

  test('are changed one after the other, each once the one before has taken effect', async () => {
    lambda
      .on(GetFunctionConfigurationCommand)
      .resolvesOnce({ ...found, LastUpdateStatus: 'InProgress' })
      .resolvesOnce({ ...found, LastUpdateStatus: 'Successful' })
      .resolvesOnce({ ...found, LastUpdateStatus: 'InProgress' })
      .resolves({ ...found, MemorySize: 512, Architectures: ['arm64'] });
    lambda.on(UpdateFunctionCodeCommand).resolves({});
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    const zip = async () => new Uint8Array([1]);
    const changed = await changeFunctionSettings(await makeAws(), 'f', { memoryMb: 512, architecture: 'arm64', zip });
    expect(changed).toMatchObject({ memoryMb: 512, architecture: 'arm64' });
    expect(lambda.commandCalls(UpdateFunctionCodeCommand)[0]?.args[0].input).toMatchObject({
      Architectures: ['arm64'],
    });
    expect(lambda.commandCalls(UpdateFunctionConfigurationCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'f',
      MemorySize: 512,
    });
  });

  test('as they are make no mutating call', async () => {
    lambda.on(GetFunctionConfigurationCommand).resolves(found);
    const zip = () => Promise.reject(new Error('not needed'));
    await changeFunctionSettings(await makeAws(), 'f', { memoryMb: 128, architecture: 'x86_64', zip });
    expect(lambda.commandCalls(UpdateFunctionConfigurationCommand)).toEqual([]);
    expect(lambda.commandCalls(UpdateFunctionCodeCommand)).toEqual([]);
  });

  test('the account’s concurrency, where the endpoint tells it', async () => {
    const aws = await makeAws();
    lambda
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } });
    expect(await accountConcurrency(aws)).toBe(900);
    lambda
      .on(GetAccountSettingsCommand)
      .rejects(Object.assign(new Error('unknown'), { name: 'UnknownOperationException' }));
    expect(await accountConcurrency(aws)).toBeUndefined();
  });
});

describe('log events', () => {
  test('page by page, with whole milliseconds', async () => {
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({
        events: [{ eventId: '1', timestamp: 5, logStreamName: 's', message: 'one\n' }],
        nextToken: 'next',
      })
      .resolvesOnce({ events: [{ eventId: '2', timestamp: 6, logStreamName: 's', message: 'two\nlines\n\n' }] });
    const lines = [];
    for await (const page of logEvents(await makeAws(), { group: 'g', fromMs: 1.7, untilMs: 9.2, pattern: 'ERROR' }))
      lines.push(...page);
    expect(lines).toEqual([
      { id: '1', atMs: 5, stream: 's', text: 'one' },
      { id: '2', atMs: 6, stream: 's', text: 'two\nlines' },
    ]);
    expect(logs.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input)).toEqual([
      { logGroupName: 'g', startTime: 1, endTime: 10, filterPattern: 'ERROR' },
      { logGroupName: 'g', startTime: 1, endTime: 10, filterPattern: 'ERROR', nextToken: 'next' },
    ]);
  });

  test('a group that is not there has none', async () => {
    logs
      .on(FilterLogEventsCommand)
      .rejects(new ResourceNotFoundException({ $metadata, message: 'The specified log group does not exist.' }));
    const pages = [];
    for await (const page of logEvents(await makeAws(), { group: 'g', fromMs: 0 })) pages.push(page);
    expect(pages).toEqual([[]]);
  });
});

describe('traces', () => {
  test('a long range is asked in pieces of six hours, each to its last page; the newest come first', async () => {
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
    const traces = await listTraces(await makeAws(), { fromMs: 0, untilMs: 10 * hourMs, filter: 'fault', limit: 2 });
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

  test('documents are read five at a time; what is not there is missing', async () => {
    xray.on(BatchGetTracesCommand).callsFake(({ TraceIds }: { TraceIds: string[] }) => ({
      Traces: TraceIds.filter((id) => id !== '1-3').map((Id) => ({ Id, Segments: [{ Document: `{"of":"${Id}"}` }] })),
    }));
    const found = await readTraces(await makeAws(), ['1-1', '1-2', '1-3', '1-4', '1-5', '1-6']);
    expect([...found.keys()]).toEqual(['1-1', '1-2', '1-4', '1-5', '1-6']);
    expect(found.get('1-6')).toEqual(['{"of":"1-6"}']);
    expect(xray.commandCalls(BatchGetTracesCommand).map(({ args }) => args[0].input.TraceIds?.length)).toEqual([5, 1]);
  });

  test('the service map', async () => {
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
    expect(await readServiceMap(await makeAws(), { fromMs: 0, untilMs: 1 })).toMatchObject([
      { id: 0, isClient: true, calls: [{ to: 1, ...expected }] },
      { id: 1, isClient: false, calls: [], statistics: { requests: 0, meanMs: 0 } },
    ]);
  });

  test('Transaction Search is noticed; an endpoint that does not know of it has none', async () => {
    const aws = await makeAws();
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
});

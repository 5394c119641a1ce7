import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  DeleteFunctionEventInvokeConfigCommand,
  type InvocationType,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aliasOperations } from '../../../src/local/lambda/alias-operations.ts';
import type { Call } from '../../../src/local/service.ts';
import { eventually } from '../../eventually.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';
import { type LambdaFixture, startLambda, zip } from './function.ts';

/** Invocations of the types `Event` and `DryRun`. */

let fixture: LambdaFixture;
let logs: CloudWatchLogs;
const engineLog: string[] = [];

async function letWriteLogs({ engine }: LambdaFixture): Promise<void> {
  const iam = new IAM(engine.clientConfig);
  const statement = { Effect: 'Allow', Action: 'logs:*', Resource: '*' };
  await iam.putRolePolicy({
    RoleName: 'role',
    PolicyName: 'logs',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
  });
  iam.destroy();
}

beforeAll(async () => {
  fixture = await startLambda({ log: (line) => engineLog.push(line) });
  logs = new CloudWatchLogs(fixture.engine.clientConfig);
  await letWriteLogs(fixture);
  await fixture.create(
    'noted',
    `exports.handler = async (event, context) => {
      console.log(JSON.stringify({ event, id: context.awsRequestId, client: context.clientContext ?? null }));
      if (event.fails) throw new Error('as told');
      if (event.ends) process.exit(1);
    };`,
  );
});
afterAll(() => fixture?.engine.stop());

const send = (payload: string | Uint8Array, InvocationType: InvocationType, more: object = {}) =>
  fixture.lambda.send(
    new InvokeCommand({ FunctionName: 'noted', Payload: payload as string, InvocationType, ...more }),
  );

interface Note {
  event: { mark?: string };
  id: string;
  client: unknown;
}

/** What the function noted of events with a mark. */
async function notes(mark: string): Promise<Note[]> {
  const { events = [] } = await logs.filterLogEvents({ logGroupName: '/aws/lambda/noted' });
  return events
    .flatMap(({ message = '' }) => /\{"event".*\}/.exec(message)?.[0] ?? [])
    .map((text) => JSON.parse(text) as Note)
    .filter(({ event }) => event.mark === mark);
}

const event = (mark: string, more: object = {}) => JSON.stringify({ mark, ...more });
const seen = (mark: string, times: number) => eventually(async () => expect(await notes(mark)).toHaveLength(times));

describe('an event', () => {
  it('is taken with 202 and nothing else, and runs without the client context', async () => {
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const { $metadata, Payload, ...rest } = await send(event('once'), 'Event', { ClientContext, LogType: 'Tail' });
    expect($metadata.httpStatusCode).toBe(202);
    expect(rest).toEqual({ StatusCode: 202 });
    expect(Payload ?? []).toHaveLength(0);
    await seen('once', 1);
    expect((await notes('once'))[0]?.client).toBeNull();
    expect(
      (await fixture.lambda.send(new InvokeCommand({ FunctionName: 'noted', Payload: event('waits'), ClientContext })))
        .StatusCode,
    ).toBe(200);
    expect((await notes('waits'))[0]?.client).toEqual({ custom: { a: 1 } });
  });

  it.each(['fails', 'ends'])('whose function %s is tried three times under one request id', async (how) => {
    await send(event(how, { [how]: true }), 'Event');
    await seen(how, 3);
    expect(new Set((await notes(how)).map(({ id }) => id)).size).toBe(1);
    await eventually(() =>
      expect(engineLog.filter((line) => line.includes('failed 3 times')).length).toBeGreaterThan(0),
    );
  });

  it('is tried as often as its function is set up for', async () => {
    const { lambda } = fixture;
    const set = (MaximumRetryAttempts: number) =>
      lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'noted', MaximumRetryAttempts }));
    const dropped = (line: string) => line.includes('failed 1 times') || line.includes('failed 2 times');
    await set(0);
    await send(event('one try', { fails: true }), 'Event');
    await eventually(() => expect(engineLog.filter(dropped)).toHaveLength(1));
    await seen('one try', 1);
    await set(1);
    await send(event('two tries', { fails: true }), 'Event');
    await eventually(() => expect(engineLog.filter(dropped)).toHaveLength(2));
    await seen('two tries', 2);
    await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: 'noted' }));
    const Destination = 'arn:aws:sqs:us-east-1:000000000000:failed';
    const elsewhere = { FunctionName: 'noted', DestinationConfig: { OnFailure: { Destination } } };
    expect(await refusal(lambda.send(new PutFunctionEventInvokeConfigCommand(elsewhere)))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'This endpoint does not serve destinations of events (OnFailure).',
    });
  });

  it('is given up when it is older than its function is set up for', async () => {
    let nowMs = Date.now();
    const lines: string[] = [];
    const { engine, lambda, create } = await startLambda({ clock: () => nowMs, log: (line) => lines.push(line) });
    try {
      const FunctionName = 'full';
      await create(FunctionName, 'exports.handler = async () => 1;');
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
      await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumEventAgeInSeconds: 60 }));
      await lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
      nowMs += 61_000;
      const dropped = 'an event for full is dropped: it is too old';
      await eventually(() => expect(lines).toContain(dropped));
    } finally {
      await engine.stop();
    }
  });

  it('waits where the function has no room', async () => {
    const limit = (ReservedConcurrentExecutions: number) =>
      fixture.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'noted', ReservedConcurrentExecutions }));
    await limit(0);
    expect((await refusal(send(event('no room'), 'RequestResponse'))).name).toBe('TooManyRequestsException');
    expect((await send(event('no room'), 'Event')).StatusCode).toBe(202);
    expect(await notes('no room')).toHaveLength(0);
    await limit(5);
    await seen('no room', 1);
  });

  it('waits for the version that its alias is led to meanwhile', async () => {
    // It stands: the version is pending until this says otherwise.
    const startMs = Date.now();
    let laterMs = 0;
    const lines: string[] = [];
    const clock = () => startMs + laterMs;
    const slow = await startLambda({ scale: 0.002, clock, log: (line) => lines.push(line) });
    try {
      const { engine } = slow.engine;
      const FunctionName = 'led';
      laterMs = 60_000;
      await slow.create(FunctionName, 'exports.handler = async () => 1;', { Publish: true });
      laterMs = 120_000;
      const alias = { FunctionName, Name: 'live' };
      await slow.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: '1' }));
      const ZipFile = zip({ 'index.js': 'exports.handler = async () => 2;' });
      await slow.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }));
      const kept = () => engine.store.collection<{ refusals: number }>('lambda/events').values();
      const region = 'us-east-1';
      const payload = Buffer.from('{}');
      const taken = engine.functions.invokeLater({ region, functionName: FunctionName, qualifier: 'live', payload });
      // In the same turn: before it is tried.
      const call: Call = { engine, region, requestId: '', principal: { kind: 'anonymous' } };
      const led = aliasOperations.UpdateAlias({ ...alias, FunctionVersion: '2' }, call);
      await Promise.all([taken, led]);
      await eventually(() => expect(kept()).toMatchObject([{ refusals: 1 }]));
      laterMs = 180_000;
      await eventually(() => expect(kept()).toEqual([]));
      expect(lines.filter((line) => line.includes('dropped'))).toEqual([]);
    } finally {
      await slow.engine.stop();
    }
  });

  it.each(['{', 'a=1'])('that is no JSON is refused at once: %s', async (payload) => {
    expect(await refusal(send(payload, 'Event'))).toMatchObject({
      name: 'InvalidRequestContentException',
      status: 400,
    });
  });

  it('is 1 MB at most', async () => {
    const sized = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
    expect((await send(sized(1_048_576), 'Event')).StatusCode).toBe(202);
    expect(await refusal(send(sized(1_048_577), 'Event'))).toEqual({
      name: 'RequestEntityTooLargeException',
      message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
      status: 413,
    });
  });

  it('of an alias run the version that it stands for, which is told of the alias', async () => {
    const FunctionName = 'aliased';
    const told =
      'exports.handler = async (_, context) => console.log(context.functionVersion, context.invokedFunctionArn);';
    await fixture.create(FunctionName, told, { Publish: true });
    const alias = { FunctionName, Name: 'live', FunctionVersion: '1' };
    await fixture.lambda.send(new CreateAliasCommand(alias));
    await send('{}', 'Event', { FunctionName: 'aliased:live' });
    const lines = async () => {
      const group = { logGroupName: '/aws/lambda/aliased', filterPattern: 'INFO' };
      const { events = [] } = await logs.filterLogEvents(group).catch(() => ({ events: [] }));
      return events.map(({ message = '' }) => message.trim().split('\t').at(-1));
    };
    await eventually(async () =>
      expect(await lines()).toEqual(['1 arn:aws:lambda:us-east-1:000000000000:function:aliased:live']),
    );
  });

  it('for a function that is not there is refused at once', async () => {
    const absent = send('{}', 'Event', { FunctionName: 'absent' });
    expect(await refusal(absent)).toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
  });
});

describe('a dry run', () => {
  it('is answered with 204, and runs nothing', async () => {
    const { $metadata, Payload, ...rest } = await send(event('dry'), 'DryRun');
    expect($metadata.httpStatusCode).toBe(204);
    expect(rest).toEqual({ StatusCode: 204 });
    expect(Payload ?? []).toHaveLength(0);
    await send(event('after the dry run'), 'RequestResponse');
    expect(await notes('dry')).toHaveLength(0);
  });

  it.each([
    [{ FunctionName: 'absent' }, 'ResourceNotFoundException'],
    [{ Qualifier: '7' }, 'ResourceNotFoundException'],
    [{ InvocationType: 'Later' as InvocationType }, 'ValidationException'],
  ])('of %j is refused', async (input, name) => {
    expect((await refusal(send('{}', 'DryRun', input))).name).toBe(name);
  });
});

describe('an engine that ends', () => {
  it('leaves its events to the next: what waits, and what was broken off', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'dynops-events-'));
    const first = await startLambda({ dataDir });
    let next: TestEngine | undefined;
    try {
      await letWriteLogs(first);
      const logged =
        'exports.handler = async (event, { awsRequestId }) => { console.log(event.mark + " " + awsRequestId);';
      await first.create('later', `${logged} };`);
      await first.create('lasts', `${logged} await new Promise((resolve) => setTimeout(resolve, 60_000)); };`, {
        Timeout: 70,
      });
      const sent = (FunctionName: string, mark: string) =>
        first.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: event(mark) }));
      const limit = (lambda: LambdaClient, ReservedConcurrentExecutions: number) =>
        lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'later', ReservedConcurrentExecutions }));
      const lines = async ({ clientConfig }: TestEngine, name: string) => {
        const { events = [] } = await new CloudWatchLogs(clientConfig).filterLogEvents({
          logGroupName: `/aws/lambda/${name}`,
          filterPattern: 'INFO',
        });
        return events.map(({ message = '' }) => message.trim().split('\t').at(-1));
      };
      const untilSeen = (engine: TestEngine, name: string, times: number) =>
        eventually(async () => expect(await lines(engine, name)).toHaveLength(times));
      await sent('later', 'done');
      await untilSeen(first.engine, 'later', 1);
      await limit(first.lambda, 0);
      await sent('later', 'waits');
      await sent('lasts', 'broken');
      await untilSeen(first.engine, 'lasts', 1);
      await first.engine.stop();
      next = await startEngine({ dataDir, log: () => undefined });
      await untilSeen(next, 'lasts', 2);
      // The same event, and what was done does not come again.
      expect(new Set(await lines(next, 'lasts')).size).toBe(1);
      await limit(new LambdaClient(next.clientConfig), 5);
      await untilSeen(next, 'later', 2);
      expect((await lines(next, 'later')).map((line) => line?.split(' ')[0])).toEqual(['done', 'waits']);
      await eventually(() => expect(next?.engine.store.collection('lambda/events').keys()).toHaveLength(1));
    } finally {
      await next?.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('with the waits of AWS, five hundred times faster', () => {
  it('an event is tried again after one and after two minutes', async () => {
    const slow = await startLambda({ scale: 0.002 });
    try {
      await letWriteLogs(slow);
      const create = () => slow.create('fails', 'exports.handler = async () => { throw new Error("as told"); };');
      await eventually(create);
      const invoked = new InvokeCommand({ FunctionName: 'fails', InvocationType: 'Event' });
      await eventually(() => slow.lambda.send(invoked));
      const own = new CloudWatchLogs(slow.engine.clientConfig);
      const started = await eventually(async () => {
        const { events = [] } = await own.filterLogEvents({
          logGroupName: '/aws/lambda/fails',
          filterPattern: '"START RequestId"',
        });
        expect(events).toHaveLength(3);
        return events.map(({ timestamp = 0 }) => timestamp);
      });
      const [first = 0, second = 0, third = 0] = started;
      expect(second - first).toBeGreaterThanOrEqual(120);
      expect(third - second).toBeGreaterThanOrEqual(240);
    } finally {
      await slow.engine.stop();
    }
  });
});

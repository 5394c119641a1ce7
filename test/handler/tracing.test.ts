import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine } from '../start-engine.ts';
import { type RunningFunction, startFunction } from './function.ts';

const root = '1-58406520-a006649127e371903a2de979';
const parent = '4c721bf33e3caf8f';
const sampled = { _X_AMZN_TRACE_ID: `Root=${root};Parent=${parent};Sampled=1;Lineage=1:a87bd80c:1` };
const read = JSON.stringify({ operation: 'read', tableName: 'traced', payload: { Key: { id: '1' } } });

let engine: Awaited<ReturnType<typeof startEngine>>;
let environment: Record<string, string>;
const daemon = createSocket('udp4');

beforeAll(async () => {
  engine = await startEngine();
  const client = new DynamoDBClient(engine.clientConfig);
  await client.send(
    new CreateTableCommand({
      TableName: 'traced',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName: 'traced' });
  client.destroy();
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  environment = {
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
  };
});

afterAll(async () => {
  daemon.close();
  await engine?.stop();
});

async function withFunction(added: Record<string, string>, use: (running: RunningFunction) => Promise<void>) {
  const running = await startFunction({ ...environment, ...added });
  try {
    await use(running);
  } finally {
    await running.stop();
  }
}

/** The next document that the daemon receives. */
async function nextSubsegment(): Promise<Record<string, unknown>> {
  const [message] = await once(daemon, 'message');
  const [header, document, ...rest] = String(message).split('\n');
  expect(JSON.parse(header ?? '')).toEqual({ format: 'json', version: 1 });
  expect(rest).toEqual([]);
  return JSON.parse(document ?? '');
}

const daemonAddress = () => ({ AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${(daemon.address() as AddressInfo).port}` });

test('a call of a sampled invocation is reported with its operation, table, request id and times', async () => {
  await withFunction(daemonAddress(), async (running) => {
    const arriving = nextSubsegment();
    const beforeSeconds = Date.now() / 1000;
    const { text = '' } = await running.invoke(read, sampled);
    const subsegment = await arriving;
    expect(subsegment).toEqual({
      trace_id: root,
      parent_id: parent,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      type: 'subsegment',
      namespace: 'aws',
      name: 'DynamoDB',
      start_time: expect.any(Number),
      end_time: expect.any(Number),
      http: { response: { status: 200 } },
      aws: {
        operation: 'GetItem',
        region: 'us-east-1',
        table_name: 'traced',
        request_id: JSON.parse(text).ResponseMetadata.RequestId,
        retries: 0,
      },
    });
    expect(subsegment.start_time).toBeGreaterThanOrEqual(beforeSeconds);
    expect(subsegment.end_time).toBeGreaterThanOrEqual(Number(subsegment.start_time));
  });
});

test('a refused call is reported as an error with its cause', async () => {
  await withFunction(daemonAddress(), async (running) => {
    const arriving = nextSubsegment();
    const { error } = await running.invoke(read.replace('"1"', '1'), sampled);
    expect(error?.message).toContain('ValidationException');
    expect(await arriving).toMatchObject({
      error: true,
      http: { response: { status: 400 } },
      cause: { exceptions: [{ type: 'ValidationException', message: expect.any(String) }] },
    });
  });
});

test('a call that got no answer is reported as a fault', async () => {
  await withFunction({ ...daemonAddress(), AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, async (running) => {
    const arriving = nextSubsegment();
    await running.invoke(read, sampled);
    expect(await arriving).toMatchObject({ fault: true });
  });
});

test.each([
  {},
  { _X_AMZN_TRACE_ID: '' },
  { _X_AMZN_TRACE_ID: sampled._X_AMZN_TRACE_ID.replace('Sampled=1', 'Sampled=0') },
  { _X_AMZN_TRACE_ID: ';=;Root;Sampled=1' },
])('an invocation that is not sampled reports nothing: %j', async (header) => {
  await withFunction(daemonAddress(), async (running) => {
    const arriving = nextSubsegment();
    const ids = [await running.invoke(read, header), await running.invoke(read, sampled)].map(
      ({ text = '' }) => JSON.parse(text).ResponseMetadata.RequestId,
    );
    // The first to arrive is the second call's.
    expect(await arriving).toMatchObject({ aws: { request_id: ids[1] } });
  });
});

test.each(['', 'nonsense', '127.0.0.1', '127.0.0.1:99999', ':2000', '127.0.0.1:9', '[::1]:2000'])(
  'without a daemon at %j the call answers as ever',
  async (address) => {
    await withFunction({ AWS_XRAY_DAEMON_ADDRESS: address }, async (running) => {
      for (let call = 0; call < 3; call++) {
        const { text = '' } = await running.invoke(read, sampled);
        expect(JSON.parse(text).ResponseMetadata.HTTPStatusCode).toBe(200);
      }
      expect(running.exitCode).toBeNull();
    });
  },
);

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import https from 'node:https';
import { expect, test, vi } from 'vitest';
import { createDynamoDb } from '../../src/handler/dynamodb.ts';
import { createRetries, judge } from '../../src/handler/retries.ts';
import { endless } from '../endless.ts';

interface Attempted {
  /** What the call gave, or the error that it threw. */
  result: unknown;
  requests: number;
  waitsMs: number[];
}

/** One call against a server that answers so; randomness is at its most. */
async function call(
  answer: (attempt: number) => RequestListener,
  added: Record<string, string> = {},
): Promise<Attempted> {
  let requests = 0;
  const waitsMs: number[] = [];
  const server = createServer((request, response) => {
    requests += 1;
    answer(requests)(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Object(server.address());
  const dynamodb = createDynamoDb({
    environment: {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ...added,
    },
    now: () => new Date(0),
    random: () => 1,
    sleep: async (ms) => waitsMs.push(ms),
  });
  const result = await dynamodb('GetItem', { TableName: 'items' }).catch((error: unknown) => error);
  server.close();
  server.closeAllConnections();
  return { result, requests, waitsMs };
}

const refuse =
  (status: number, type: string): RequestListener =>
  (_request, response) =>
    response
      .writeHead(status, { 'x-amzn-requestid': 'r' })
      .end(JSON.stringify({ __type: `x#${type}`, message: 'why' }));
const succeed: RequestListener = (_request, response) => response.writeHead(200, { 'x-amzn-requestid': 'r' }).end('{}');
const hangUp: RequestListener = (request) => request.socket.destroy();

test.each([
  ['eu-central-1', 'dynamodb.eu-central-1.amazonaws.com'],
  ['us-gov-west-1', 'dynamodb.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'dynamodb.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'dynamodb.eusc-de-east-1.amazonaws.eu'],
])('a region is called in its partition: %s', async (AWS_REGION, hostname) => {
  const request = vi.spyOn(https, 'request').mockImplementation(() => {
    throw new Error('nobody is called');
  });
  const environment = { AWS_REGION, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
  const dynamodb = createDynamoDb({ environment, now: () => new Date(0), random: () => 1, sleep: async () => 0 });
  await expect(dynamodb('GetItem', { TableName: 'items' })).rejects.toThrow('nobody is called');
  expect(request.mock.lastCall).toMatchObject([{ hostname }, expect.anything()]);
  request.mockRestore();
});

test.each([
  ['a throttled call', refuse(400, 'ProvisionedThroughputExceededException'), [1000, 2000]],
  ['a call that the service failed', refuse(503, 'ServiceUnavailable'), [50, 100]],
  ['a broken connection', hangUp, [50, 100]],
])('%s is made again, ever later', async (_name, failure, waitsMs) => {
  const attempted = await call((attempt) => (attempt < 3 ? failure : succeed));
  expect(attempted).toEqual({ result: { status: 200, requestId: 'r', attempts: 3, body: {} }, requests: 3, waitsMs });
});

test('after four attempts, or as many as AWS_MAX_ATTEMPTS says, the last error is thrown', async () => {
  const failure = refuse(500, 'InternalServerError');
  const refusal = { name: 'InternalServerError', message: 'why' };
  expect(await call(() => failure)).toMatchObject({ result: { ...refusal, outcome: { attempts: 4 } }, requests: 4 });
  expect(await call(() => failure, { AWS_MAX_ATTEMPTS: '2' })).toMatchObject({ result: refusal, requests: 2 });
});

test.each([
  'ConditionalCheckFailedException',
  'ValidationException',
  'AccessDeniedException',
  'ResourceNotFoundException',
])('%s would fail again and is made once', async (name) => {
  expect(await call(() => refuse(400, name))).toMatchObject({ result: { name }, requests: 1, waitsMs: [] });
});

test('an answer that does not end is read no further, and not asked for again', async () => {
  const { result, requests } = await call(() => endless);
  expect([String(result), requests]).toEqual(["Error: DynamoDB's answer is longer than 16 MB.", 1]);
});

test.each(['', 'not json', '[]', 'null', '{"__type":7}'])(
  'an error with the body %j has a reason all the same',
  async (body) => {
    const { result } = await call(() => (_request, response) => response.writeHead(403).end(body));
    expect(result).toMatchObject({
      name: expect.stringMatching(/./),
      message: 'HTTP status 403',
      outcome: { status: 403 },
    });
  },
);

test('many failing calls use up the retries, and calls that succeed bring them back', () => {
  const retries = createRetries({ random: () => 1, maxAttempts: 4 });
  const transient = judge({ status: 500 });
  let made = 0;
  while (retries.delayAfter(1, transient) !== undefined) made += 1;
  expect(made).toBe(35); // 500 tokens, 14 each.
  for (let call = 0; call < 14; call += 1) retries.succeeded(1);
  expect(retries.delayAfter(1, transient)).toBe(50);
  expect(retries.delayAfter(1, transient)).toBeUndefined();
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APIGatewayClient, CreateRestApiCommand, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCaller } from '../../src/aws/call.ts';
import type { DynopsError } from '../../src/errors.ts';
import { isWorthAnotherLook } from '../../src/stack/failures.ts';
import { endless } from '../endless.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, mockAws, socketError } from './mocks.ts';

const lambda = mockClient(LambdaClient);
const gateway = mockClient(APIGatewayClient);
afterEach(() => {
  lambda.reset();
  gateway.reset();
});

const get = new GetFunctionCommand({ FunctionName: 'demo' });
const make = new CreateRestApiCommand({ name: 'demo' });
const throttled = awsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 });
const conflict = awsError('ConflictException', 'Unable to complete operation due to concurrent modification.');
const failing = awsError('ServiceException', 'internal', { status: 500 });

describe('a call', () => {
  it('is repeated while AWS throttles it, also one that must be made once only', async () => {
    const aws = await mockAws();
    gateway.on(CreateRestApiCommand).rejectsOnce(throttled).rejectsOnce(throttled).resolves({ id: 'abc' });
    expect(await aws.call(APIGatewayClient, make, { once: true })).toMatchObject({ id: 'abc' });
    expect(aws.attempts.map(({ attempt, error }) => [attempt, error])).toEqual([
      [1, 'TooManyRequestsException'],
      [2, 'TooManyRequestsException'],
      [3, undefined],
    ]);
  });

  it('waits as long as DeleteRestApi’s 30 seconds, but gives up on a throttle that does not pass', async () => {
    const aws = await mockAws();
    const startedAtMs = aws.clock();
    lambda.on(GetFunctionCommand).rejects(throttled);
    await expect(aws.call(LambdaClient, get)).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    expect(aws.clock() - startedAtMs).toBeGreaterThan(60_000);
    expect(aws.clock() - startedAtMs).toBeLessThan(300_000);
    expect(Math.max(...aws.pauses)).toBeLessThanOrEqual(2_000);
  });

  it('is not repeated for ever over a conflict: API Gateway tells an API that is gone in the same words', async () => {
    const aws = await mockAws();
    gateway.on(CreateRestApiCommand).rejects(conflict);
    await expect(aws.call(APIGatewayClient, make)).rejects.toMatchObject({ code: 'ConflictException' });
    expect(gateway.calls().length).toBeGreaterThan(5);
    expect(gateway.calls().length).toBeLessThan(50);
  });

  it('is repeated over failures in a row, a few times', async () => {
    const aws = await mockAws();
    lambda.on(GetFunctionCommand).rejectsOnce(socketError('ECONNRESET')).rejectsOnce(failing).resolves({});
    await aws.call(LambdaClient, get);
    lambda.reset();
    lambda.on(GetFunctionCommand).rejects(failing);
    await expect(aws.call(LambdaClient, get)).rejects.toMatchObject({ code: 'ServiceException' });
    expect(lambda.calls()).toHaveLength(6);
  });

  it('is given up sooner on an endpoint that is silent: each attempt has taken a minute already', async () => {
    const aws = await mockAws();
    lambda.on(GetFunctionCommand).rejects(awsError('TimeoutError', 'socket hang up'));
    await expect(aws.call(LambdaClient, get)).rejects.toMatchObject({
      code: 'TimeoutError',
      message: expect.stringContaining('2 attempts'),
    });
    expect(lambda.calls()).toHaveLength(2);
  });

  it('that failed that often lasts: reading it all again and trying anew is in vain', async () => {
    const aws = await mockAws();
    lambda.on(GetFunctionCommand).rejects(failing);
    const error = await aws.call(LambdaClient, get).catch((cause: DynopsError) => cause);
    expect(error).toMatchObject({ facts: { attempts: 6 } });
    expect(isWorthAnotherLook(error)).toBe(false);
    gateway.on(CreateRestApiCommand).rejects(failing);
    const lost = await aws.call(APIGatewayClient, make, { once: true }).catch((cause: DynopsError) => cause);
    expect(isWorthAnotherLook(lost)).toBe(true);
  });

  it('failures that throttling comes between are not in a row', async () => {
    const aws = await mockAws();
    let asked = 0;
    lambda.on(GetFunctionCommand).callsFake(() => {
      asked += 1;
      if (asked > 14) return {};
      throw asked % 2 === 0 ? throttled : failing;
    });
    await aws.call(LambdaClient, get);
    expect(asked).toBe(15);
  });

  it.each([
    awsError('AccessDeniedException', 'denied', { status: 403 }),
    awsError('ExpiredTokenException', 'expired', { status: 403 }),
    awsError('LimitExceededException', 'quota', { status: 429 }),
    awsError('InvalidParameterValueException', 'wrong'),
  ])('is not repeated over $name', async (error) => {
    const aws = await mockAws();
    lambda.on(GetFunctionCommand).rejects(error);
    await expect(aws.call(LambdaClient, get)).rejects.toMatchObject({ code: error.name, requestId: 'request-1' });
    expect(lambda.calls()).toHaveLength(1);
  });

  it('is repeated for a clock that was corrected once, not for one that goes on being corrected', async () => {
    const aws = await mockAws();
    const $metadata = { httpStatusCode: 403, clockSkewCorrected: true };
    lambda.on(GetFunctionCommand).rejects(Object.assign(awsError('InvalidSignatureException'), { $metadata }));
    await expect(aws.call(LambdaClient, get)).rejects.toMatchObject({ code: 'InvalidSignatureException' });
    expect(lambda.calls()).toHaveLength(2);
  });

  it('is not begun once the command is interrupted', async () => {
    const interrupt = new AbortController();
    const aws = await mockAws({ signal: interrupt.signal });
    lambda.on(GetFunctionCommand).callsFake(() => {
      interrupt.abort(new Error('interrupted'));
      throw throttled;
    });
    await expect(aws.call(LambdaClient, get)).rejects.toThrow('interrupted');
    expect(lambda.calls()).toHaveLength(1);
  });
});

describe('a call that must be made once only', () => {
  it.each([socketError('ECONNRESET'), socketError('ETIMEDOUT'), failing, awsError('TimeoutError', 'timeout')])(
    'is not repeated when nobody knows whether it was carried out',
    async (error) => {
      const aws = await mockAws();
      gateway.on(CreateRestApiCommand).rejects(error);
      await expect(aws.call(APIGatewayClient, make, { once: true })).rejects.toMatchObject({ code: 'AnswerLost' });
      expect(gateway.calls()).toHaveLength(1);
    },
  );

  it.each(['ECONNREFUSED', 'EAI_AGAIN'])('is repeated after %s: it cannot have arrived', async (code) => {
    const aws = await mockAws();
    gateway.on(CreateRestApiCommand).rejectsOnce(socketError(code)).resolves({ id: 'abc' });
    expect(await aws.call(APIGatewayClient, make, { once: true })).toMatchObject({ id: 'abc' });
    gateway.on(CreateRestApiCommand).rejects(socketError(code));
    await expect(aws.call(APIGatewayClient, make, { once: true })).rejects.toMatchObject({ code });
  });
});

/** Past the mocks: what the SDK itself makes of what a server answers. */
describe('over the wire', () => {
  async function withServer<Answer>(
    handle: (request: IncomingMessage, response: ServerResponse) => void,
    use: (caller: ReturnType<typeof createCaller>) => Promise<Answer>,
    options: { silenceMs?: number; exchangeMs?: number } = {},
  ): Promise<Answer> {
    const server = createServer(handle).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'x', secretAccessKey: 'y' };
    const target = { kind: 'endpoint', endpoint, region: 'eu-west-1', credentials, profile: undefined } as const;
    try {
      const { signal } = new AbortController();
      return await use(createCaller({ target, signal, sleep: async () => undefined, ...options }));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('a machine whose clock is wrong is told the time once, and goes on', async () => {
    const skewMs = 3_600_000;
    const signedAt: (string | undefined)[] = [];
    await withServer(
      (request, response) => {
        const date = String(request.headers['x-amz-date']);
        signedAt.push(date);
        const atMs = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
        const nowMs = Date.now() + skewMs;
        const right = Math.abs(nowMs - atMs) < 300_000;
        response.writeHead(right ? 200 : 403, {
          'content-type': 'application/x-amz-json-1.0',
          date: new Date(nowMs).toUTCString(),
          ...(!right && { 'x-amzn-errortype': 'InvalidSignatureException' }),
        });
        response.end(right ? '{"TableNames":["demo"]}' : '{"__type":"InvalidSignatureException","message":"expired"}');
      },
      async (caller) => {
        const list = new ListTablesCommand({});
        expect((await caller.call(DynamoDBClient, list)).TableNames).toEqual(['demo']);
        expect(signedAt).toHaveLength(2);
        await caller.call(DynamoDBClient, list);
        expect(signedAt).toHaveLength(3);
      },
    );
  });

  it('credentials that are wrong whatever the time are not tried twice', async () => {
    let asked = 0;
    await withServer(
      (_request, response) => {
        asked += 1;
        const error = '{"__type":"InvalidSignatureException","message":"does not match"}';
        response.writeHead(403, { 'content-type': 'application/x-amz-json-1.0' }).end(error);
      },
      async (caller) => {
        const call = caller.call(DynamoDBClient, new ListTablesCommand({}));
        await expect(call).rejects.toMatchObject({ code: 'InvalidSignatureException', exitStatus: 4 });
        expect(asked).toBe(1);
      },
    );
  });

  it.each([
    ['a proxy’s page instead of an answer', 502, '<html>Bad Gateway</html>'],
    ['an empty server error', 503, ''],
  ])('%s is repeated', async (_what, status, body) => {
    let asked = 0;
    await withServer(
      (_request, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(status, { 'content-type': 'text/html' }).end(body);
        else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"TableNames":["demo"]}');
      },
      async (caller) => {
        const { TableNames } = await caller.call(DynamoDBClient, new ListTablesCommand({}));
        expect(TableNames).toEqual(['demo']);
      },
    );
  });

  it('an answer that breaks off is a lost one', async () => {
    let asked = 0;
    await withServer(
      (_request, response) => {
        asked += 1;
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
        response.write('{"TableNames":', () => response.destroy());
      },
      async (caller) => {
        const list = new ListTablesCommand({});
        await expect(caller.call(DynamoDBClient, list, { once: true })).rejects.toMatchObject({ code: 'AnswerLost' });
        expect(asked).toBe(1);
      },
    );
  });

  it('a server that takes a call and then says nothing is not waited for for ever', async () => {
    let asked = 0;
    await withServer(
      () => {
        asked += 1;
      },
      async (caller) => {
        const list = new ListTablesCommand({});
        await expect(caller.call(DynamoDBClient, list, { once: true })).rejects.toMatchObject({ code: 'AnswerLost' });
        expect(asked).toBe(1);
      },
      { silenceMs: 2_000 },
    );
  });

  it('a server that has work to do is waited for as long as that may take', async () => {
    const { TableNames } = await withServer(
      (_request, response) => {
        const answer = () =>
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"TableNames":["demo"]}');
        setTimeout(answer, 2_500);
      },
      (caller) => caller.call(DynamoDBClient, new ListTablesCommand({}), { once: true, workMs: 60_000 }),
      { silenceMs: 1_000, exchangeMs: 1_000 },
    );
    expect(TableNames).toEqual(['demo']);
  });

  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n';
  it.each([
    ['within its body', `${head}content-length: 100000\r\n\r\n{"TableNames":["`],
    ['within its headers', `${head}x-more: `],
  ])('an answer that never ends is not waited for for ever: %s', async (_where, beginning) => {
    await withServer(
      ({ socket }) => {
        socket.write(beginning);
        const dripping = setInterval(() => socket.write('a'), 10);
        socket.on('close', () => clearInterval(dripping));
      },
      async (caller) => {
        const list = new ListTablesCommand({});
        const message = 'the answer was not whole after 1 s';
        const told = { code: 'TimeoutError', message: `DynamoDB ListTables: ${message} (2 attempts)` };
        await expect(caller.call(DynamoDBClient, list)).rejects.toMatchObject(told);
        const lost = { code: 'AnswerLost', message: expect.stringContaining(message) };
        await expect(caller.call(DynamoDBClient, list, { once: true })).rejects.toMatchObject(lost);
      },
      { exchangeMs: 900 },
    );
  });

  it('an answer that is larger than any is read no further', async () => {
    await withServer(endless, async (caller) => {
      const list = new ListTablesCommand({});
      const message = 'DynamoDB ListTables: the answer is larger than 64 MB';
      const told = { code: 'UnreadableAnswer', message: expect.stringContaining(message) };
      await expect(caller.call(DynamoDBClient, list)).rejects.toMatchObject(told);
      const lost = { code: 'AnswerLost', message: expect.stringContaining(message) };
      await expect(caller.call(DynamoDBClient, list, { once: true })).rejects.toMatchObject(lost);
    });
  });

  it('an answer that comes slowly and ends is a good one', async () => {
    const answer = '{"TableNames":["demo"]}';
    const output = await withServer(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': answer.length });
        let sent = 0;
        const dripping = setInterval(() => {
          response.write(answer[sent]);
          sent += 1;
          if (sent === answer.length) clearInterval(dripping);
        }, 5);
      },
      (caller) => caller.call(DynamoDBClient, new ListTablesCommand({})),
    );
    expect(output.TableNames).toEqual(['demo']);
  });

  it.each([
    ['AWS_USE_FIPS_ENDPOINT', 'true'],
    ['AWS_USE_DUALSTACK_ENDPOINT', 'true'],
    ['AWS_AUTH_SCHEME_PREFERENCE', 'sigv4a'],
    ['AWS_ACCOUNT_ID_ENDPOINT_MODE', 'required'],
    ['AWS_ENABLE_ENDPOINT_DISCOVERY', 'true'],
    ['AWS_RETRY_MODE', 'nonsense'],
    ['AWS_DEFAULTS_MODE', 'auto'],
  ])('%s, meant for endpoints of AWS, stops no call to one that is given', async (name, value) => {
    vi.stubEnv(name, value);
    try {
      const output = await withServer(
        (_request, response) => {
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
          response.end('{"TableNames":["demo"]}');
        },
        (caller) => caller.call(DynamoDBClient, new ListTablesCommand({})),
      );
      expect(output.TableNames).toEqual(['demo']);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('throttling is known by its name', async () => {
    let asked = 0;
    await withServer(
      (_request, response) => {
        asked += 1;
        const throttle = { 'content-type': 'application/json', 'x-amzn-errortype': 'TooManyRequestsException' };
        if (asked < 9) response.writeHead(429, throttle).end('{"message":"Too Many Requests"}');
        else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      },
      async (caller) => {
        gateway.restore();
        await caller.call(APIGatewayClient, new GetAccountCommand({}));
        expect(asked).toBe(9);
      },
    );
  });
});

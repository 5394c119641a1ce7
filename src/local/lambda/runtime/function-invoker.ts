import { createCpuShare } from './cpu-share.ts';
import { describeError, runtimeError } from './describe-error.ts';
import type { Handler } from './load-handler.ts';
import type { FromFunction, FunctionError, ToFunction } from './messages.ts';
import { createResponseStream } from './response-stream.ts';

export interface Invoker {
  /** Now, or when all that was asked for before has ended. */
  invoke(message: ToFunction): void;
  /** What has not begun of these will not. */
  withdraw(numbers: number[]): void;
  /** The request that runs. */
  current(): string | undefined;
}

type Settle = (answer: { value: unknown } | { bytes: Buffer } | { error: unknown }) => void;

/** Lambda's own limit on an answer. */
const maxAnswerBytes = 6_291_556;
/** As they were before the function's code could replace them. */
const { setImmediate: afterPoll, performance } = globalThis;

/** Runs a handler once a message, and sends how that ended. Source of the rules: aws-lambda-nodejs-runtime-interface-client. */
export function createInvoker(
  handler: Handler,
  parts: {
    send: (message: FromFunction) => void;
    together: (say: () => void) => void;
    /** Calls back, at once where nothing waits, when the engine can read all that was said. */
    whenWritten: (then: () => void) => void;
    maxMemoryBytes: () => number;
    hold: (held: boolean) => void;
  },
): Invoker {
  const { send, together, whenWritten, maxMemoryBytes, hold } = parts;
  const cpuShare = createCpuShare();
  const own = ownContext();
  const queue: ToFunction[] = [];
  /** Taken, and not begun yet. */
  let taken: ToFunction | undefined;
  let current: string | undefined;
  let whenIdle: (() => void) | undefined;
  process.on('beforeExit', () => whenIdle?.());

  function takeNext(): void {
    if (taken || current !== undefined) return;
    const message = queue.shift();
    if (!message) return;
    take(message);
    // What the engine wrote before it could read that has been read by then: the poll of the next turn lies between.
    afterPoll(() => whenWritten(() => afterPoll(() => beginTaken(message))));
  }

  function take(message: ToFunction): void {
    send({ kind: 'taken', number: message.number });
    taken = message;
  }

  /** Not before the engine can read that it was taken: what may end this process would be begun again by another one. */
  function beginTaken(message: ToFunction): void {
    if (taken !== message) return;
    taken = undefined;
    begin(message);
  }

  function withdraw(numbers: number[]): void {
    for (const number of numbers) {
      const at = queue.findIndex((waiting) => waiting.number === number);
      if (at >= 0) queue.splice(at, 1);
      else if (taken?.number === number) taken = undefined;
      else continue;
      send({ kind: 'dropped', number });
    }
    takeNext();
  }

  function begin(message: ToFunction): void {
    const { requestId } = message;
    current = requestId;
    const beganMs = performance.now();
    if (message.traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = message.traceId;
    hold(false);
    const share = message.cpuWaitPerMs > 0 ? cpuShare.begin(message.cpuWaitPerMs) : undefined;
    let settled = false;
    const settle: Settle = (answer) => {
      if (settled) return;
      settled = true;
      whenIdle = undefined;
      hold(true);
      const written = write(answer);
      const finish = () => {
        current = undefined;
        const ended = { requestId, maxMemoryBytes: maxMemoryBytes(), durationMs: performance.now() - beganMs };
        together(() => {
          send(
            'error' in written
              ? { kind: 'error', error: written.error, ...ended }
              : { kind: 'answer', payload: written.payload, ...ended },
          );
          takeNext();
        });
      };
      if (share) share.end().then(finish);
      else finish();
    };
    whenIdle = () =>
      settle(
        handler.isAsync
          ? {
              error: runtimeError(
                'NodeJsExit',
                'The function’s promise was never settled, and nothing is left that could settle it.',
              ),
            }
          : { value: null },
      );
    run(handler, message, { own, settle, waitForIdle: (done) => (whenIdle = () => void setImmediate(done)) });
  }

  function write(answer: Parameters<Settle>[0]): { payload: Buffer } | { error: FunctionError } {
    try {
      if ('error' in answer) throw answer.error;
      const payload = 'bytes' in answer ? answer.bytes : Buffer.from(JSON.stringify(answer.value) ?? 'null');
      if (payload.length <= maxAnswerBytes) return { payload };
      return {
        error: {
          errorType: 'Function.ResponseSizeTooLarge',
          errorMessage: `Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`,
          trace: [],
        },
      };
    } catch (error) {
      const described = describeError(error);
      send({ kind: 'log', level: 'ERROR', text: `Invoke Error \t${JSON.stringify(described)}` });
      return { error: described };
    }
  }

  return {
    invoke(message) {
      if (!message.behind && current === undefined && !taken) {
        take(message);
        whenWritten(() => beginTaken(message));
        return;
      }
      queue.push(message);
      takeNext();
    },
    withdraw,
    current: () => current,
  };
}

function run(
  handler: Handler,
  message: ToFunction,
  on: { own: ReturnType<typeof ownContext>; settle: Settle; waitForIdle: (done: () => void) => void },
): void {
  const { settle, waitForIdle } = on;
  const done = (error: unknown, value?: unknown) =>
    settle(error === undefined || error === null ? { value } : { error });
  const callback = (error: unknown, value?: unknown) => {
    if (context.callbackWaitsForEmptyEventLoop && (error === undefined || error === null))
      waitForIdle(() => settle({ value }));
    else done(error, value);
  };
  const context = {
    ...contextOf(on.own, message),
    callbackWaitsForEmptyEventLoop: true,
    ...(handler.takesCallbacks && {
      succeed: (value: unknown) => done(null, value),
      fail: (error: unknown) => done(error ?? 'handled'),
      done,
    }),
  };
  const failed = (error: unknown) => settle({ error });
  try {
    const event: unknown = JSON.parse(Buffer.from(message.payload).toString('utf8'));
    if (handler.streams) {
      const stream = createResponseStream();
      stream.once('error', failed);
      const returned = handler.call(event, stream, context);
      if (!isThenable(returned)) throw new Error('Streaming does not support non-async handlers.');
      returned.then(() => {
        if (!stream.writableEnded) failed(new Error('Response stream is not finished.'));
        else stream.whenFinished((bytes) => settle({ bytes }));
      }, failed);
      return;
    }
    const returned = handler.call(event, context, callback);
    if (isThenable(returned)) returned.then((value) => settle({ value }), failed);
    else if (!handler.takesCallbacks) settle({ value: returned });
  } catch (error) {
    failed(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** What every invocation's context says: reading a variable costs a call to the system's library. */
function ownContext() {
  const { env } = process;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
}

function contextOf(own: ReturnType<typeof ownContext>, message: ToFunction) {
  const deadlineMs = Date.now() + message.limitMs;
  return {
    ...own,
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    ...(message.clientContext !== undefined && { clientContext: JSON.parse(message.clientContext) }),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

import { randomBytes } from 'node:crypto';
import { type CallDynamoDb, DynamoDbRefusal, type Outcome } from './dynamodb.ts';

type Send = (subsegment: object) => void;

/**
 * `call`, with each DynamoDB call of a sampled invocation reported to X-Ray's daemon, as a subsegment of the function's
 * segment. Own code: the X-Ray SDKs are in maintenance, and they and OpenTelemetry cost a start five to ten times as much
 * (docs/tracing.md). Nothing here is awaited and nothing here throws: a call takes as long, and ends, as it would without.
 * Format: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function traceCalls(call: CallDynamoDb): CallDynamoDb {
  let send: Send | undefined;
  return async (operation, input) => {
    const parent = sampledParent(process.env._X_AMZN_TRACE_ID);
    if (!parent) return call(operation, input);
    // Opened while the call runs, so that it is ready when the call ends: Lambda freezes the process after the answer.
    send ??= openDaemon(process.env.AWS_XRAY_DAEMON_ADDRESS);
    const [startMs, beganMs] = [Date.now(), performance.now()];
    const report = ({ status, requestId, attempts }: Outcome, error?: Error) =>
      send?.({
        ...parent,
        ...(status !== undefined && { http: { response: { status } } }),
        ...(error && describeError(error, status)),
        id: randomBytes(8).toString('hex'),
        type: 'subsegment',
        namespace: 'aws',
        name: 'DynamoDB',
        start_time: startMs / 1000,
        end_time: (startMs + performance.now() - beganMs) / 1000,
        aws: {
          operation,
          region: process.env.AWS_REGION,
          table_name: Object.assign({ TableName: undefined }, input).TableName,
          request_id: requestId,
          retries: attempts - 1,
        },
      });
    try {
      const answer = await call(operation, input);
      report(answer);
      return answer;
    } catch (error) {
      const outcome = error instanceof DynamoDbRefusal ? error.outcome : noAnswer;
      report(outcome, error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  };
}

const noAnswer: Outcome = { status: undefined, requestId: undefined, attempts: 1 };

/** From `Root=1-…;Parent=…;Sampled=1`, which Lambda sets anew for each invocation; undefined when this one is not sampled. */
function sampledParent(header = ''): { trace_id: string; parent_id: string } | undefined {
  const { Root, Parent, Sampled } = Object.fromEntries(header.split(';').map((field) => field.split('=')));
  return Root && Parent && Sampled === '1' ? { trace_id: Root, parent_id: Parent } : undefined;
}

/** A socket to `host:port`. What cannot be sent is dropped: a lost trace is better than a failed request. */
function openDaemon(address = ''): Send {
  const [host, port] = address.split(':');
  // Loaded when it is needed: a quarter of this code's import, and most invocations are not sampled.
  const socket = process.getBuiltinModule('node:dgram').createSocket('udp4').unref();
  const drop = () => undefined;
  socket.on('error', drop);
  try {
    socket.connect(Number(port), host);
  } catch {
    return drop; // Not an address: there is no daemon here.
  }
  return (subsegment) => {
    try {
      socket.send(`{"format":"json","version":1}\n${JSON.stringify(subsegment)}`, drop);
    } catch {
      drop(); // Not connected yet, or no more.
    }
  };
}

/** X-Ray's `error` is the caller's side (4xx), `fault` the service's, `throttle` a 429 or DynamoDB's own form of it. */
function describeError({ name, message }: Error, status = 500): object {
  return {
    ...(status >= 400 && status < 500 ? { error: true } : { fault: true }),
    ...(/Throttl|ThroughputExceeded|LimitExceeded/.test(name) && { throttle: true }),
    cause: { exceptions: [{ id: randomBytes(8).toString('hex'), type: name, message: message.slice(0, 500) }] },
  };
}

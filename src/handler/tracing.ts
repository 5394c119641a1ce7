import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What AWS answered, as the SDK leaves it on results and on errors alike. */
interface Outcome {
  $metadata?: { httpStatusCode?: number; requestId?: string; attempts?: number };
  name?: string;
  message?: string;
}

type Send = (subsegment: object) => void;

/**
 * Reports each DynamoDB call of a sampled invocation to X-Ray's daemon, as a subsegment of the function's segment. Own code:
 * the X-Ray SDKs are in maintenance, and they and OpenTelemetry cost a start five to ten times as much (docs/tracing.md).
 * Nothing here is awaited and nothing here throws: a call takes as long, and ends, as it would without.
 * Format: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function traceCalls(client: DynamoDBClient): void {
  let send: Send | undefined;
  client.middlewareStack.add(
    (next, context) => async (call) => {
      const parent = sampledParent(process.env._X_AMZN_TRACE_ID);
      if (!parent) return next(call);
      // Opened while the call runs, so that it is ready when the call ends: Lambda freezes the process after the answer.
      send ??= openDaemon(process.env.AWS_XRAY_DAEMON_ADDRESS);
      const [startMs, beganMs] = [Date.now(), performance.now()];
      const report = (outcome: Outcome) =>
        send?.({
          ...parent,
          ...describeOutcome(outcome),
          id: randomBytes(8).toString('hex'),
          type: 'subsegment',
          namespace: 'aws',
          name: 'DynamoDB',
          start_time: startMs / 1000,
          end_time: (startMs + performance.now() - beganMs) / 1000,
          aws: {
            operation: String(context.commandName).replace(/Command$/, ''),
            region: process.env.AWS_REGION,
            table_name: Object.assign({ TableName: undefined }, call.input).TableName,
            request_id: outcome.$metadata?.requestId,
            retries: (outcome.$metadata?.attempts ?? 1) - 1,
          },
        });
      try {
        const result = await next(call);
        report(result.output);
        return result;
      } catch (error) {
        report(Object(error));
        throw error;
      }
    },
    { step: 'initialize', name: 'traceCalls' },
  );
}

/** From `Root=1-…;Parent=…;Sampled=1`, which Lambda sets anew for each invocation; undefined when this one is not sampled. */
function sampledParent(header = ''): { trace_id: string; parent_id: string } | undefined {
  const { Root, Parent, Sampled } = Object.fromEntries(header.split(';').map((field) => field.split('=')));
  return Root && Parent && Sampled === '1' ? { trace_id: Root, parent_id: Parent } : undefined;
}

/** A socket to `host:port`. What cannot be sent is dropped: a lost trace is better than a failed request. */
function openDaemon(address = ''): Send {
  const [host, port] = address.split(':');
  const socket = createSocket('udp4').unref();
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
function describeOutcome({ $metadata, name, message }: Outcome): object {
  const status = $metadata?.httpStatusCode;
  const http = status === undefined ? {} : { http: { response: { status } } };
  if (name === undefined) return http;
  const theirs = status !== undefined && status >= 400 && status < 500;
  return {
    ...http,
    ...(theirs ? { error: true } : { fault: true }),
    ...(/Throttl|ThroughputExceeded|LimitExceeded/.test(name) && { throttle: true }),
    cause: { exceptions: [{ id: randomBytes(8).toString('hex'), type: name, message: message?.slice(0, 500) }] },
  };
}

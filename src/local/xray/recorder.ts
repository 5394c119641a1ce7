import type { EngineParts } from '../engine-parts.ts';
import type { SegmentDocument, Subsegment } from './segments.ts';
import { newSegmentId, newTraceId, readTraceHeader, writeTraceHeader } from './trace-header.ts';

/** What the gateway tells of one request to a stage. Every method is cheap and does nothing where the request is not sampled. */
export interface StageTrace {
  /** `1-…`: the trace's own id. */
  readonly id: string;
  /** `X-Amzn-Trace-Id` for the integration, which decides on sampling itself where it says nothing of it. */
  readonly header: string;
  /** `X-Amzn-Trace-Id` of the response. */
  readonly responseHeader: string;
  /** The authorizer began; call what is returned when it has decided. */
  authorizer(): () => void;
  /** The function is being called; call what is returned with the call's HTTP status. */
  integration(functionArn: string): (status: number) => void;
  end(request: {
    method: string;
    url: string;
    clientIp: string;
    userAgent?: string | undefined;
    requestId: string;
    status: number;
    contentLength: number;
  }): void;
}

/**
 * Begins the trace of one request, or goes on with the caller's where it sent a header. Segments as API Gateway's:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html
 */
export function beginStageTrace(
  engine: EngineParts,
  stage: {
    region: string;
    apiId: string;
    apiName: string;
    stage: string;
    tracingEnabled: boolean;
    header?: string | undefined;
  },
): StageTrace {
  const { region, apiId, tracingEnabled } = stage;
  const from = readTraceHeader(stage.header);
  const traceId = from.traceId ?? newTraceId(engine.clock());
  const name = `${stage.apiName}/${stage.stage}`;
  const sampled = tracingEnabled ? (from.sampled ?? engine.sampler.sample(name)) : from.sampled;
  if (!tracingEnabled || !sampled) {
    const unsampled = { traceId, parentId: from.parentId ?? newSegmentId(), sampled: sampled ?? false };
    return {
      id: traceId,
      header: writeTraceHeader({ traceId, parentId: from.parentId, sampled }),
      responseHeader: writeTraceHeader(unsampled),
      authorizer: () => () => undefined,
      integration: () => () => undefined,
      end: () => undefined,
    };
  }

  engine.traces.begin(region, traceId);
  const now = preciseClock(engine);
  const startSeconds = now();
  const integrationId = newSegmentId();
  const steps: Subsegment[] = [];
  const header = writeTraceHeader({ traceId, parentId: integrationId, sampled: true });
  return {
    id: traceId,
    header,
    responseHeader: header,
    authorizer() {
      const step = { id: newSegmentId(), name: 'Authorizer', start_time: now() };
      return () => {
        steps.push({ ...step, end_time: now() });
      };
    },
    integration(functionArn) {
      const step = { id: integrationId, name: 'Lambda', namespace: 'aws', start_time: now() };
      const url = `https://lambda.${region}.amazonaws.com/2015-03-31/functions/${functionArn}/invocations`;
      return (status) => {
        steps.push({
          ...step,
          end_time: now(),
          http: { request: { url, method: 'POST' }, response: { status } },
          aws: { operation: 'Invoke', region, function_name: functionArn.split(':')[6], function_arn: functionArn },
          ...flagsOf(status),
        });
      };
    },
    end({ method, url, clientIp, userAgent, requestId, status, contentLength }) {
      engine.traces.put(region, {
        id: newSegmentId(),
        trace_id: traceId,
        ...(from.parentId && { parent_id: from.parentId }),
        name,
        start_time: startSeconds,
        end_time: now(),
        origin: 'AWS::ApiGateway::Stage',
        resource_arn: `arn:aws:apigateway:${region}::/restapis/${apiId}/stages/${stage.stage}`,
        http: {
          request: { url, method, client_ip: clientIp, ...(userAgent && { user_agent: userAgent }) },
          response: { status, content_length: contentLength },
        },
        aws: {
          api_gateway: { account_id: engine.accountId, rest_api_id: apiId, stage: stage.stage, request_id: requestId },
        },
        annotations: { 'aws:api_id': apiId, 'aws:api_stage': stage.stage },
        ...flagsOf(status),
        subsegments: steps,
      });
    },
  };
}

/** What the runtime tells of one invocation. */
export interface FunctionTrace {
  /** For the function's `_X_AMZN_TRACE_ID`. */
  readonly header: string;
  /** The event is being handed to the function's process. */
  started(): void;
  /** Its answer has arrived, after it ran for so long. */
  answered(durationMs: number): void;
  end(invocation: {
    requestId: string;
    /** Of the cold start that this invocation caused. */
    initDurationMs?: number | undefined;
    /** What the function threw, or why its process ended. */
    error?: { errorType?: string | undefined; errorMessage?: string | undefined } | undefined;
  }): void;
}

/**
 * Records one invocation of a function whose tracing is Active; `PassThrough` only hands the caller's header on.
 * Segments as Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export function beginFunctionTrace(
  engine: EngineParts,
  called: { region: string; name: string; arn: string; tracing: 'Active' | 'PassThrough' },
  header: string | undefined,
): FunctionTrace {
  const { region, name: functionName, arn: functionArn } = called;
  const from = readTraceHeader(header);
  const traceId = from.traceId ?? newTraceId(engine.clock());
  const active = called.tracing === 'Active';
  const sampled = from.sampled ?? (active && engine.sampler.sample(functionName));
  if (!active || !sampled) {
    return {
      header: writeTraceHeader({ traceId, parentId: from.parentId ?? newSegmentId(), sampled }),
      started: () => undefined,
      answered: () => undefined,
      end: () => undefined,
    };
  }

  engine.traces.begin(region, traceId);
  const now = preciseClock(engine);
  const calledSeconds = now();
  const [serviceId, functionId, invocationId] = [newSegmentId(), newSegmentId(), newSegmentId()];
  let startedSeconds = calledSeconds;
  let answeredSeconds: number | undefined;
  return {
    // The function's own subsegments belong inside Invocation.
    header: writeTraceHeader({ traceId, parentId: invocationId, sampled: true }),
    started() {
      startedSeconds = now();
    },
    answered(durationMs) {
      answeredSeconds = now();
      // That it began may have been read together with its answer.
      startedSeconds = Math.max(calledSeconds, Math.min(startedSeconds, answeredSeconds - durationMs / 1000));
    },
    end({ requestId, initDurationMs, error }) {
      const endSeconds = now();
      const common = { trace_id: traceId, name: functionName, resource_arn: functionArn };
      engine.traces.put(region, {
        ...common,
        id: serviceId,
        ...(from.parentId && { parent_id: from.parentId }),
        origin: 'AWS::Lambda',
        start_time: calledSeconds,
        end_time: endSeconds,
        // The Invoke call's own: 200 even where the function threw.
        http: { response: { status: 200 } },
        aws: { request_id: requestId, resource_names: [functionName] },
      });
      const finishedSeconds = answeredSeconds ?? endSeconds;
      const failure = error && {
        fault: true,
        cause: {
          exceptions: [
            { id: newSegmentId(), type: error.errorType ?? 'Error', message: (error.errorMessage ?? '').slice(0, 500) },
          ],
        },
      };
      const parts: Subsegment[] = [
        { id: invocationId, name: 'Invocation', start_time: startedSeconds, end_time: finishedSeconds, ...failure },
        { id: newSegmentId(), name: 'Overhead', start_time: finishedSeconds, end_time: endSeconds },
      ];
      if (initDurationMs !== undefined) {
        // Before its own parent, as in AWS: the environment is made before the function's segment begins.
        const start_time = startedSeconds - initDurationMs / 1000;
        parts.unshift({ id: newSegmentId(), name: 'Initialization', start_time, end_time: startedSeconds });
      }
      engine.traces.put(region, {
        ...common,
        id: functionId,
        parent_id: serviceId,
        origin: 'AWS::Lambda::Function',
        start_time: startedSeconds,
        end_time: endSeconds,
        aws: { function_arn: functionArn, request_id: requestId },
        ...failure,
        subsegments: parts,
      });
    },
  };
}

/** `error`: the caller's side, `throttle`: 429, `fault`: ours. */
function flagsOf(status: number): Pick<SegmentDocument, 'error' | 'fault' | 'throttle'> {
  if (status >= 500) return { fault: true };
  if (status < 400) return {};
  return status === 429 ? { error: true, throttle: true } : { error: true };
}

/** Seconds since the epoch with microseconds: a call inside the engine takes less than the clock's millisecond. */
function preciseClock(engine: EngineParts): () => number {
  const [wallMs, beganMs] = [engine.clock(), performance.now()];
  return () => Math.round((wallMs + performance.now() - beganMs) * 1000) / 1_000_000;
}

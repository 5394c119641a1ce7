import { createHash } from 'node:crypto';
import { readLogGroupArn } from '../apigateway/access-log-settings.ts';
import { type ApiRecord, accountOf, type StageRecord } from '../apigateway/records.ts';
import type { Engine } from '../engine.ts';
import type { PlainRequest, PlainResponse } from '../http/messages.ts';
import { createWritePermission } from '../logs/write-permission.ts';
import type { StageTrace } from '../xray/recorder.ts';
import { faultOf, type RequestIds } from './answers.ts';
import { memberText } from './mapping.ts';
import { contextOf } from './request-context.ts';

/** One request to a stage that logs its requests. */
export interface Access {
  /** The request's trace, from which the times of its parts are taken. */
  readonly trace: StageTrace;
  /** `$context`, from where more of it is known than came with the request. */
  knows(read: () => { context: Record<string, unknown> }): void;
  /** What the API answers, before it is compressed. */
  answered(answer: PlainResponse): void;
  /** Writes the line. */
  end(answer: PlainResponse): void;
}

/**
 * Begins the line of a request. The members of `$context` are those of AWS's "Variables for access logging"
 * (api-gateway-variables-for-access-logging); what there is none of is `-`.
 */
export function beginAccess(
  engine: Engine,
  {
    api,
    stage,
    ids,
    request,
    trace,
  }: {
    api: ApiRecord;
    stage: StageRecord;
    ids: RequestIds;
    request: PlainRequest;
    trace: StageTrace;
  },
): Access {
  const started = performance.now();
  const timeMs = engine.clock();
  const since = (ms: number) => Math.round(performance.now() - ms);
  let read = () => ({ context: contextOf(engine, { api, stage, request, ids, timeMs }) });
  let authorizer: Record<string, unknown> | undefined;
  let integration: { latency: number; integrationStatus: number } | undefined;
  let own: PlainResponse | undefined;
  return {
    trace: {
      ...trace,
      authorizer() {
        const [began, decided] = [performance.now(), trace.authorizer()];
        return () => {
          authorizer = { latency: since(began) };
          decided();
        };
      },
      integration(functionArn) {
        const [began, ended] = [performance.now(), trace.integration(functionArn)];
        return (status) => {
          integration = { latency: since(began), integrationStatus: status };
          ended(status);
        };
      },
    },
    knows(known) {
      read = known;
    },
    answered(answer) {
      own = answer;
    },
    end(answer) {
      const { context } = read();
      const fault = own && faultOf(own);
      const known = {
        ...context,
        ...(authorizer && { authorizer: { ...(context.authorizer as object | undefined), ...authorizer } }),
        ...(fault && { error: fault }),
        // A function's status is what its proxy answers with, and otherwise that of the call.
        ...(integration && { integration: { ...integration, ...(own && !fault && { status: own.status }) } }),
        integrationLatency: integration?.latency,
        integrationStatus: integration?.integrationStatus,
        status: answer.status,
        responseLength: Buffer.byteLength(answer.body),
        responseLatency: since(started),
      };
      writerOf(engine, api, stage)(timeMs, (format) => lineOf(format, known));
    },
  };
}

/** Variables alone are filled in; claims are the members that have colons in their names. */
export function lineOf(format: string, context: object): string {
  return format
    .replace(/\r?\n$/, '')
    .replaceAll(
      /\$(?:context\.((?:authorizer\.claims\.\w+(?::\w+)*)|\w+(?:\.\w+)*)|\{context\.([\w.:]+)\})/g,
      (_whole, bare: string | undefined, braced: string | undefined) =>
        memberText(context, (bare ?? braced ?? '').split('.')) ?? '-',
    );
}

type Write = (timestamp: number, line: (format: string) => string) => void;

function writerOf(engine: Engine, { id, region }: ApiRecord, stage: StageRecord): Write {
  const known = writers.get(stage);
  if (known) return known;
  const { destinationArn = '', format } = stage.accessLogSettings ?? {};
  const { group } = readLogGroupArn(destinationArn) ?? {};
  const stream = createHash('md5').update(`${id}/${stage.stageName}`).digest('hex');
  const roleArn = () => accountOf(engine).get(region)?.cloudwatchRoleArn;
  const mayWrite = createWritePermission(engine, { region, group: group ?? '', stream, roleArn });
  const write: Write = (timestamp, line) => {
    if (group === undefined || format === undefined || !mayWrite()) return;
    engine.logs.append(region, group, stream, [{ timestamp, message: line(format) }]);
  };
  writers.set(stage, write);
  return write;
}

/** A changed stage is another record. */
const writers = new WeakMap<StageRecord, Write>();

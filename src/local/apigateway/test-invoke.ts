import { randomUUID } from 'node:crypto';
import type { APIGateway, TestInvokeMethodCommandInput } from '@aws-sdk/client-api-gateway';
import { newExtendedId } from '../execute-api/answers.ts';
import { deployed } from '../execute-api/deployed.ts';
import { integrate, mediaType } from '../execute-api/integration.ts';
import { contextOf } from '../execute-api/request-context.ts';
import { newOverrides } from '../execute-api/template.ts';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import { beginStageTrace } from '../xray/recorder.ts';
import { requireApi, requireMethod, requireResource } from './records.ts';

/** Runs a method as it stands, undeployed, past the authorizer. */
async function testInvokeMethod(input: TestInvokeMethodCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const resource = requireResource(api, input.resourceId);
  const method = requireMethod(resource, input.httpMethod);
  const { httpMethod = '', body = '', headers = {}, stageVariables = {} } = input;
  const [path = resource.path, query = ''] = (input.pathWithQueryString ?? resource.path).split('?');
  const requestId = randomUUID();
  const ids = { requestId, extendedId: newExtendedId() };
  const lines = [`Execution log for request ${requestId}`, `HTTP Method: ${httpMethod}, Resource Path: ${path}`];
  const startedAt = performance.now();
  const ready = deployed({ definition: api });
  const pairs = [...new URLSearchParams(query)];
  const stage = { region, apiId: api.id, apiName: api.name ?? api.id, stage: 'test-invoke-stage' };
  const answer = await integrate({
    engine,
    deployed: ready,
    region,
    apiId: api.id,
    stage: stage.stage,
    method,
    resourcePath: resource.path,
    httpMethod,
    ids,
    body: Buffer.from(body),
    contentType: mediaType(Object.entries(headers)),
    headers: Object.entries(headers),
    query: pairs,
    path,
    trace: beginStageTrace(engine, { ...stage, tracingEnabled: false }),
    overrides: newOverrides(),
    input: {
      parameters: {
        path: ready.match(path)?.parameters ?? {},
        querystring: Object.fromEntries(pairs),
        header: headers,
      },
      stageVariables,
      context: contextOf(engine, {
        api,
        stage: { stageName: stage.stage },
        request: { method: httpMethod, path, headers: Object.entries(headers), sourceIp: 'test-invoke-source-ip' },
        ids,
        resource,
      }),
    },
    log: (line) => lines.push(line),
  });
  const text = answer.body.toString();
  lines.push(
    `Method response body after transformations: ${text}`,
    ...(lines.some((line) => line.startsWith('Execution failed')) ? [] : ['Successfully completed execution']),
    `Method completed with status: ${answer.status}`,
  );
  return {
    status: answer.status,
    body: text,
    headers: Object.fromEntries(answer.headers),
    multiValueHeaders: Object.fromEntries(answer.headers.map(([name, value]) => [name, [value]])),
    log: lines.map((line) => `${new Date(engine.clock()).toUTCString()} : ${line}\n`).join(''),
    latency: Math.round(performance.now() - startedAt),
  };
}

export const testInvokeOperations = { TestInvokeMethod: testInvokeMethod } satisfies Operations<APIGateway>;

import { randomUUID } from 'node:crypto';
import type { APIGateway, TestInvokeMethodCommandInput } from '@aws-sdk/client-api-gateway';
import { gatewayError, newExtendedId } from '../execute-api/answers.ts';
import { javaDate } from '../execute-api/authorize.ts';
import { deployed } from '../execute-api/deployed.ts';
import { integrate, mediaType } from '../execute-api/integration.ts';
import { contextOf } from '../execute-api/request-context.ts';
import { findRequestFault } from '../execute-api/validate.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { beginStageTrace } from '../xray/recorder.ts';
import { refuseUnserved, requireApiOr, requireMethod, requireResource } from './records.ts';

/** Runs a method as it stands, undeployed, past the authorizer. */
async function testInvokeMethod(input: TestInvokeMethodCommandInput, { engine, region }: Call) {
  const missing = new AwsError('NotFoundException', 'Invalid Resource identifier specified');
  const api = requireApiOr(missing, engine, { region, id: input.restApiId });
  const resource = requireResource(api, input.resourceId);
  const method = requireMethod(resource, input.httpMethod);
  const { httpMethod = '', body = '', headers: single = {}, multiValueHeaders = {}, stageVariables = {} } = input;
  refuseUnserved({ 'client certificates (clientCertificateId)': input.clientCertificateId });
  const pairsOf = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const all = [...Object.entries(single).filter(([name]) => !Object.hasOwn(multiValueHeaders, name)), ...pairsOf];
  const headers = Object.fromEntries(all);
  const [, path = resource.path, query = ''] =
    /^([^?]*)\??(.*)$/s.exec(input.pathWithQueryString ?? resource.path) ?? [];
  const requestId = randomUUID();
  const ids = { requestId, extendedId: newExtendedId() };
  const startedAt = performance.now();
  const ready = deployed({ definition: api });
  const pairs = [...new URLSearchParams(query)];
  const match = ready.match(path, httpMethod);
  const parameters = {
    // Any path is taken; of one that is another resource's nothing is known.
    path: match?.resource.id === resource.id ? match.parameters : {},
    querystring: Object.fromEntries(pairs),
    header: headers,
  };
  const lines = [
    `Starting execution for request: ${requestId}`,
    `HTTP Method: ${httpMethod}, Resource Path: ${path}`,
    `Method request path: ${javaMap(parameters.path)}`,
    `Method request query string: ${javaMap(parameters.querystring)}`,
    `Method request headers: ${javaMap(headers)}`,
    `Method request body before transformations: ${body}`,
  ];
  const stage = { region, apiId: api.id, apiName: api.name ?? api.id, stage: 'test-invoke-stage' };
  const contentType = mediaType(all);
  const sources = () => ({
    parameters,
    stageVariables,
    context: contextOf(engine, {
      api,
      stage: { stageName: stage.stage },
      request: { method: httpMethod, path, headers: all, sourceIp: 'test-invoke-source-ip' },
      ids,
      timeMs: engine.clock(),
      resource,
    }),
  });
  const fault = findRequestFault(ready, method, { input: sources, body: Buffer.from(body), contentType });
  if (fault) lines.push(fault.logged);
  const answer = fault
    ? gatewayError(fault.error, ids, { ...fault, own: api.gatewayResponses, input: sources })
    : await integrate({
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
        contentType,
        given: () => ({ headers: all, query: pairs }),
        path,
        trace: beginStageTrace(engine, { ...stage, tracingEnabled: false }),
        overrides: undefined,
        input: sources,
        log: (line) => lines.push(line),
      });
  const text = answer.body.toString();
  const failed = fault !== undefined || lines.some((line) => line.startsWith('Execution failed'));
  const isMock = method.methodIntegration?.type === 'MOCK';
  const hidden = fault ? ofRequestOrType : isMock ? ofRequestOrTrace : ofRequest;
  const shown = answer.headers.filter(([name]) => !hidden.test(name));
  if (!failed) {
    lines.push(
      `Method response body after transformations: ${text}`,
      `Method response headers: ${javaMap(Object.fromEntries(shown))}`,
      'Successfully completed execution',
    );
  }
  lines.push(`Method completed with status: ${answer.status}`);
  const time = javaDate(new Date(engine.clock()));
  return {
    status: answer.status,
    body: text,
    headers: Object.fromEntries(shown),
    multiValueHeaders: Object.fromEntries(shown.map(([name, value]) => [name, [value]])),
    log: [`Execution log for request ${requestId}`, ...lines.map((line) => `${time} : ${line}`), ''].join('\n'),
    latency: Math.round(performance.now() - startedAt),
  };
}

/** What only an answer to a client has. Recorded: localstack `apigateway/test_apigateway_api` test_invoke_test_method. */
const ofRequest = /^(x-amzn-requestid|x-amz-apigw-id)$/i;
const ofRequestOrType = /^(x-amzn-requestid|x-amz-apigw-id|content-type)$/i;
const ofRequestOrTrace = /^(x-amzn-requestid|x-amz-apigw-id|x-amzn-trace-id)$/i;

/** `{a=b, c=d}` */
const javaMap = (map: Record<string, string>) =>
  `{${Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}}`;

export const testInvokeOperations = { TestInvokeMethod: testInvokeMethod } satisfies Operations<APIGateway>;

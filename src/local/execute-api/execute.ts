import { randomUUID } from 'node:crypto';
import { ownMember } from '../../own-member.ts';
import { type ApiRecord, findApi, type StageRecord } from '../apigateway/records.ts';
import type { Engine } from '../engine.ts';
import { headerOf } from '../http/headers.ts';
import type { PlainRequest, PlainResponse } from '../http/messages.ts';
import { lazy } from '../lazy.ts';
import { beginStageTrace, type StageTrace } from '../xray/recorder.ts';
import { type Access, beginAccess } from './access-log.ts';
import { contentTooLong, type GatewayError, gatewayError, newExtendedId, type RequestIds } from './answers.ts';
import { authorizeByPool } from './authorize.ts';
import { compressed } from './content.ts';
import { type Deployed, deployed } from './deployed.ts';
import type { Given } from './exchange.ts';
import { integrate, mediaType } from './integration.ts';
import { contextOf, forwardedHeaders } from './request-context.ts';
import { takesThrottleToken } from './throttle.ts';
import { findRequestFault } from './validate.ts';

/** A request to a deployed API. `path` is what follows the stage. */
export interface ExecuteRequest extends PlainRequest {
  apiId: string;
  stage: string;
}

const maxBodyBytes = 10_485_760;
const maxHeaderBytes = 10_240;

/** Serves one request as the stage's deployment says; changes that were not deployed have no effect. */
export async function execute(engine: Engine, request: ExecuteRequest): Promise<PlainResponse> {
  const ids: RequestIds = { requestId: randomUUID(), extendedId: newExtendedId() };
  if (request.body.length > maxBodyBytes) return contentTooLong;
  const found = findStage(engine, request);
  if (!found) return gatewayError('forbidden', ids);
  const { api, stage } = found;
  if (engine.simulation.lasts('apigateway.stage-ready', stage.readyAtMs)) return gatewayError('missing-token', ids);
  const deployment = ownMember(api.deployments, stage.deploymentId);
  if (!deployment || api.disableExecuteApiEndpoint) return gatewayError('forbidden', ids);

  const trace = beginStageTrace(engine, {
    region: api.region,
    apiId: api.id,
    apiName: api.name ?? api.id,
    stage: stage.stageName,
    tracingEnabled: stage.tracingEnabled ?? false,
    header: headerOf(request.headers, 'x-amzn-trace-id'),
  });
  const ready = deployed(deployment);
  const access = stage.accessLogSettings && beginAccess(engine, { api, stage, ids, request, trace });
  const { minimumCompressionSize: fromBytes, gatewayResponses: own } = ready.definition;
  const answerTo = async (plain: ExecuteRequest | GatewayError) => {
    const answer =
      typeof plain === 'string'
        ? gatewayError(plain, ids, { own })
        : await serve(engine, { request: plain, ids, api, stage, ready, trace: access?.trace ?? trace, access });
    access?.answered(answer);
    return answer;
  };
  const answer =
    fromBytes === undefined
      ? await answerTo(request)
      : await compressed(request, { fromBytes, maxBytes: maxBodyBytes }, answerTo);
  access?.end(answer);
  trace.end({
    method: request.method,
    url: `${engine.baseUrl}/_aws/execute-api/${api.id}/${stage.stageName}${request.path}`,
    clientIp: request.sourceIp,
    userAgent: headerOf(request.headers, 'user-agent'),
    requestId: ids.requestId,
    status: answer.status,
    contentLength: answer.body.length,
  });
  return answer;
}

async function serve(
  engine: Engine,
  what: {
    request: ExecuteRequest;
    ids: RequestIds;
    api: ApiRecord;
    stage: StageRecord;
    ready: Deployed;
    trace: StageTrace;
    access: Access | undefined;
  },
): Promise<PlainResponse> {
  const { request, ids, api, stage, ready, trace } = what;
  const own = ready.definition.gatewayResponses;
  const match = ready.match(request.path, request.method);
  const method = match?.method;
  const timeMs = engine.clock();
  let claims: Record<string, string> | undefined;
  // Most requests need none of these: an integration without a template passes the body on as it is.
  const given = lazy(() => givenBy(request, trace));
  const input = lazy(() => ({
    parameters: { ...namedParameters(given()), path: match?.parameters ?? {} },
    stageVariables: stage.variables ?? {},
    context: {
      ...contextOf(engine, { api, stage, request, ids, timeMs, resource: match?.resource }),
      ...(stage.tracingEnabled && { xrayTraceId: trace.id }),
      ...(claims && { authorizer: { claims, principalId: claims.sub } }),
    },
  }));
  what.access?.knows(input);
  const refused = { own, input };
  if (!match || !method) return gatewayError('missing-token', ids, refused);
  let headerBytes = 0;
  for (const [name, value] of request.headers) headerBytes += name.length + value.length + 4;
  if (headerBytes > maxHeaderBytes) return gatewayError('too-long', ids, refused);

  if (method.authorizationType === 'COGNITO_USER_POOLS') {
    const authorizer = ownMember(ready.definition.authorizers, method.authorizerId);
    if (!authorizer) return gatewayError('configuration', ids, refused);
    const { headers } = request;
    const decided = trace.authorizer();
    const verdict = await authorizeByPool(engine, { authorizer, headers, scopes: method.authorizationScopes });
    decided();
    if (!verdict.allowed) {
      return gatewayError(verdict.message === 'Unauthorized' ? 'unauthorized' : 'expired-token', ids, refused);
    }
    claims = verdict.claims;
  } else if (method.authorizationType !== 'NONE') return gatewayError('configuration', ids, refused);
  // No API keys exist here, so none is a valid one.
  if (method.apiKeyRequired) return gatewayError('forbidden', ids, refused);
  if (!takesThrottleToken(engine, { api, stage, resource: match.resource.path, method: request.method })) {
    return gatewayError('throttled', ids, refused);
  }

  const contentType = mediaType(request.headers);
  const fault = findRequestFault(ready, method, { input, body: request.body, contentType });
  if (fault) return gatewayError(fault.error, ids, { ...refused, ...fault });
  return integrate({
    engine,
    deployed: ready,
    region: api.region,
    apiId: api.id,
    stage: stage.stageName,
    method,
    resourcePath: match.resource.path,
    httpMethod: request.method,
    ids,
    body: request.body,
    contentType,
    given,
    path: request.path,
    trace,
    overrides: undefined,
    input,
    log: (line) => engine.log(`api ${api.id}, request ${ids.requestId}: ${line}`),
  });
}

function givenBy(request: ExecuteRequest, trace: StageTrace): Given {
  return {
    headers: forwardedHeaders(request, trace.header),
    query: request.query === '' ? [] : [...new URLSearchParams(request.query)],
  };
}

const namedParameters = ({ headers, query }: Given) => ({
  querystring: Object.fromEntries(query),
  header: Object.fromEntries(headers),
});

function findStage(engine: Engine, request: ExecuteRequest): { api: ApiRecord; stage: StageRecord } | undefined {
  const api = findApi(engine, request.apiId);
  const stage = ownMember(api?.stages, request.stage);
  return api && stage && { api, stage };
}

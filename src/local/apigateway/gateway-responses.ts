import type {
  APIGateway,
  DeleteGatewayResponseCommandInput,
  GatewayResponse,
  GatewayResponseType,
  GetGatewayResponseCommandInput,
  GetGatewayResponsesCommandInput,
  PutGatewayResponseCommandInput,
  UpdateGatewayResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import {
  completed,
  gatewayResponseHeader,
  gatewayResponseOf,
  gatewayResponseTypes,
  isGatewayResponseSource,
} from '../execute-api/gateway-response.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { describeRule, violationError } from '../wire/violations.ts';
import { applyPatch, type Patchable } from './patch.ts';
import { type ApiRecord, pageOf, refuseUnserved, requireApi, saveApi, without } from './records.ts';

async function putGatewayResponse(input: PutGatewayResponseCommandInput, { engine, region }: Call) {
  const { restApiId, responseType: type, ...own } = input;
  const response = completed({ ...own, responseType: knownType(type) });
  return saveGatewayResponse({ engine, api: requireApi(engine, region, restApiId), response });
}

async function saveGatewayResponse(what: { engine: Engine; api: ApiRecord; response: GatewayResponse }) {
  const { engine, api, response } = what;
  const { statusCode, responseParameters = {} } = response;
  if (statusCode !== undefined && !/^[2-5]\d\d$/.test(statusCode)) {
    throw new AwsError('BadRequestException', `Invalid status code ${statusCode}`);
  }
  const unserved = Object.entries(responseParameters).find(
    ([target, source]) => gatewayResponseHeader(target) === undefined || !isGatewayResponseSource(source),
  );
  refuseUnserved({
    [`parameters of gateway responses other than headers with literals, context and stage variables and parameters of the request, as ${unserved?.join(': ')}`]:
      unserved,
  });
  const gatewayResponses = { ...api.gatewayResponses, [response.responseType ?? '']: response };
  await saveApi(engine, { ...api, gatewayResponses });
  return response;
}

const patchable: Patchable = {
  kinds: { '/statusCode': 'text', '/responseParameters/*': 'text', '/responseTemplates/*': 'text' },
  /** Recorded: test_update_gateway_response. */
  missing: {
    responseParameters: 'Invalid parameter name specified',
    responseTemplates: 'Content-Type specified was not found',
  },
  refusals: 'by path',
};

async function updateGatewayResponse(input: UpdateGatewayResponseCommandInput, call: Call) {
  const changed = applyPatch(getGatewayResponse(input, call), patchable, input.patchOperations);
  for (const name of ['responseParameters', 'responseTemplates'] as const) {
    if (Object.values(changed[name] ?? {}).every(Boolean)) continue;
    throw new AwsError('BadRequestException', `Invalid null or empty value in ${name}`);
  }
  return saveGatewayResponse({
    engine: call.engine,
    api: requireApi(call.engine, call.region, input.restApiId),
    response: completed({ ...changed, responseType: knownType(input.responseType) }),
  });
}

function knownType(type: string | undefined): GatewayResponseType {
  const known = gatewayResponseTypes.find((name) => name === type);
  if (known) return known;
  const rule = describeRule({ kind: 'enum', values: gatewayResponseTypes }, {});
  throw violationError({ code: 'ValidationException' }, [{ at: 'responseType', value: type, rule }]);
}

function getGatewayResponse(input: GetGatewayResponseCommandInput, { engine, region }: Call) {
  const { gatewayResponses } = requireApi(engine, region, input.restApiId);
  const responseType = knownType(input.responseType);
  return gatewayResponseOf(gatewayResponses, responseType);
}

function getGatewayResponses(input: GetGatewayResponsesCommandInput, { engine, region }: Call) {
  const { gatewayResponses } = requireApi(engine, region, input.restApiId);
  return pageOf(
    gatewayResponseTypes.map((type) => gatewayResponseOf(gatewayResponses, type)),
    ({ responseType }) => responseType,
    input,
  );
}

async function deleteGatewayResponse(input: DeleteGatewayResponseCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const responseType = knownType(input.responseType);
  if (!ownMember(api.gatewayResponses, responseType)) {
    throw new AwsError('NotFoundException', 'Gateway response type not defined on api');
  }
  await saveApi(engine, { ...api, gatewayResponses: without(api.gatewayResponses, responseType) });
}

export const gatewayResponseOperations = {
  DeleteGatewayResponse: deleteGatewayResponse,
  GetGatewayResponse: getGatewayResponse,
  GetGatewayResponses: getGatewayResponses,
  PutGatewayResponse: putGatewayResponse,
  UpdateGatewayResponse: updateGatewayResponse,
} satisfies Operations<APIGateway>;

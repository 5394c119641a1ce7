import type {
  APIGateway,
  CreateModelCommandInput,
  CreateRequestValidatorCommandInput,
  DeleteGatewayResponseCommandInput,
  DeleteModelCommandInput,
  DeleteRequestValidatorCommandInput,
  GatewayResponse,
  GatewayResponseType,
  GetGatewayResponseCommandInput,
  GetGatewayResponsesCommandInput,
  GetModelCommandInput,
  GetModelsCommandInput,
  GetRequestValidatorCommandInput,
  GetRequestValidatorsCommandInput,
  Model,
  PutGatewayResponseCommandInput,
  RequestValidator,
  UpdateGatewayResponseCommandInput,
  UpdateModelCommandInput,
  UpdateRequestValidatorCommandInput,
} from '@aws-sdk/client-api-gateway';
import type { Engine } from '../engine.ts';
import {
  defaultGatewayResponse,
  gatewayResponseHeader,
  gatewayResponseTypes,
  literalIn,
} from '../execute-api/answers.ts';
import type { Operations } from '../operations.ts';
import { ownMember } from '../own-member.ts';
import { AwsError, type Call } from '../service.ts';
import { describeRule, violationError } from '../wire/violations.ts';
import { applyPatch } from './patch.ts';
import {
  type ApiRecord,
  newId,
  pageOf,
  refuseUnserved,
  requireApi,
  requireApiOr,
  saveApi,
  without,
} from './records.ts';

/** Every API begins with these two. */
export function defaultModels(): Record<string, Model> {
  const schema = (title: string) =>
    `{\n  "$schema": "http://json-schema.org/draft-04/schema#",\n  "title": "${title} Schema",\n  "type": "object"\n}`;
  const make = (name: string, description: string): Model => ({
    id: newId(6),
    name,
    description,
    schema: schema(name),
    contentType: 'application/json',
  });
  return {
    Empty: make('Empty', 'This is a default empty schema model'),
    Error: make('Error', 'This is a default error schema model'),
  };
}

async function createModel(input: CreateModelCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { name = '', contentType, description, schema } = input;
  if (Object.hasOwn(api.models, name)) {
    throw new AwsError('ConflictException', 'Model name already exists for this REST API');
  }
  const model = { id: newId(6), name, contentType, description, schema };
  await saveApi(engine, { ...api, models: { ...api.models, [name]: model } });
  return model;
}

function getModel(input: GetModelCommandInput, { engine, region }: Call): Model {
  const { modelName } = input;
  const found = ownMember(requireApi(engine, region, input.restApiId).models, modelName);
  if (!found) throw new AwsError('NotFoundException', `Invalid model name specified: ${modelName}`);
  return found;
}

function getModels(input: GetModelsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).models), ({ name }) => name, input);
}

async function updateModel(input: UpdateModelCommandInput, call: Call) {
  const patchable = { '/description': 'text', '/schema': 'text' } as const;
  const model = applyPatch(getModel(input, call), patchable, input.patchOperations);
  const api = requireApi(call.engine, call.region, input.restApiId);
  await saveApi(call.engine, { ...api, models: { ...api.models, [model.name ?? '']: model } });
  return model;
}

async function deleteModel(input: DeleteModelCommandInput, call: Call) {
  getModel(input, call);
  const api = requireApi(call.engine, call.region, input.restApiId);
  await saveApi(call.engine, { ...api, models: without(api.models, input.modelName) });
}

async function createRequestValidator(input: CreateRequestValidatorCommandInput, { engine, region }: Call) {
  const { name, validateRequestBody = false, validateRequestParameters = false } = input;
  const validator = { id: newId(6), name, validateRequestBody, validateRequestParameters };
  const missing = new AwsError('BadRequestException', 'Invalid REST API identifier specified');
  return saveValidator({ engine, api: requireApiOr(missing, engine, { region, id: input.restApiId }), validator });
}

async function saveValidator(what: { engine: Engine; api: ApiRecord; validator: RequestValidator }) {
  const { engine, api, validator } = what;
  refuseUnserved({ 'validating bodies by models (validateRequestBody)': validator.validateRequestBody });
  await saveApi(engine, { ...api, validators: { ...api.validators, [validator.id ?? '']: validator } });
  return validator;
}

function getRequestValidator(input: GetRequestValidatorCommandInput, { engine, region }: Call): RequestValidator {
  const found = ownMember(requireApi(engine, region, input.restApiId).validators, input.requestValidatorId);
  if (!found) throw new AwsError('NotFoundException', 'Invalid Request Validator identifier specified');
  return found;
}

function getRequestValidators(input: GetRequestValidatorsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).validators), ({ id }) => id, input);
}

async function updateRequestValidator(input: UpdateRequestValidatorCommandInput, call: Call) {
  const patchable = {
    '/name': 'text',
    '/validateRequestBody': 'boolean',
    '/validateRequestParameters': 'boolean',
  } as const;
  const validator = applyPatch(getRequestValidator(input, call), patchable, input.patchOperations);
  return saveValidator({ engine: call.engine, api: requireApi(call.engine, call.region, input.restApiId), validator });
}

async function deleteRequestValidator(input: DeleteRequestValidatorCommandInput, call: Call) {
  getRequestValidator(input, call);
  const api = requireApi(call.engine, call.region, input.restApiId);
  const methods = Object.values(api.resources).flatMap((resource) => Object.values(resource.methods));
  if (methods.some(({ requestValidatorId }) => requestValidatorId === input.requestValidatorId)) {
    throw new AwsError('ConflictException', 'Cannot delete request validator, it is in use by a method');
  }
  await saveApi(call.engine, { ...api, validators: without(api.validators, input.requestValidatorId) });
}

async function putGatewayResponse(input: PutGatewayResponseCommandInput, { engine, region }: Call) {
  const { statusCode, responseParameters = {}, responseTemplates = {} } = input;
  const response: GatewayResponse = {
    responseType: knownType(input.responseType),
    ...(statusCode !== undefined && { statusCode }),
    responseParameters,
    responseTemplates,
    defaultResponse: false,
  };
  return saveGatewayResponse({ engine, api: requireApi(engine, region, input.restApiId), response });
}

async function saveGatewayResponse(what: { engine: Engine; api: ApiRecord; response: GatewayResponse }) {
  const { engine, api, response } = what;
  const { statusCode, responseParameters = {}, responseTemplates = {} } = response;
  if (statusCode !== undefined && !/^[2-5]\d\d$/.test(statusCode)) {
    throw new AwsError('BadRequestException', `Invalid status code ${statusCode}`);
  }
  const unserved = Object.entries(responseParameters).find(
    ([target, source]) =>
      gatewayResponseHeader(target) === undefined ||
      (literalIn(source) === undefined && !/^context\.[\w.]+$/.test(source)),
  );
  refuseUnserved({
    [`parameters of gateway responses other than headers with literals and context variables, as ${unserved?.join(': ')}`]:
      unserved,
    'templates of gateway responses for other types than application/json': Object.keys(responseTemplates).some(
      (type) => type !== 'application/json',
    ),
  });
  const gatewayResponses = { ...api.gatewayResponses, [response.responseType ?? '']: response };
  await saveApi(engine, { ...api, gatewayResponses });
  return response;
}

async function updateGatewayResponse(input: UpdateGatewayResponseCommandInput, call: Call) {
  const patchable = { '/statusCode': 'text', '/responseParameters/*': 'text', '/responseTemplates/*': 'text' } as const;
  const changed = applyPatch(getGatewayResponse(input, call), patchable, input.patchOperations);
  const response = { ...changed, defaultResponse: false };
  return saveGatewayResponse({
    engine: call.engine,
    api: requireApi(call.engine, call.region, input.restApiId),
    response,
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
  return ownMember(gatewayResponses, responseType) ?? defaultGatewayResponse(responseType);
}

function getGatewayResponses(input: GetGatewayResponsesCommandInput, { engine, region }: Call) {
  const { gatewayResponses } = requireApi(engine, region, input.restApiId);
  return pageOf(
    gatewayResponseTypes.map((type) => gatewayResponses[type] ?? defaultGatewayResponse(type)),
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

export const modelOperations = {
  CreateModel: createModel,
  CreateRequestValidator: createRequestValidator,
  DeleteGatewayResponse: deleteGatewayResponse,
  DeleteModel: deleteModel,
  DeleteRequestValidator: deleteRequestValidator,
  GetGatewayResponse: getGatewayResponse,
  GetGatewayResponses: getGatewayResponses,
  GetModel: getModel,
  GetModels: getModels,
  GetRequestValidator: getRequestValidator,
  GetRequestValidators: getRequestValidators,
  PutGatewayResponse: putGatewayResponse,
  UpdateGatewayResponse: updateGatewayResponse,
  UpdateModel: updateModel,
  UpdateRequestValidator: updateRequestValidator,
} satisfies Operations<APIGateway>;

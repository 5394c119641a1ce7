import type {
  CreateModelCommandInput,
  CreateRequestValidatorCommandInput,
  DeleteGatewayResponseCommandInput,
  DeleteModelCommandInput,
  DeleteRequestValidatorCommandInput,
  GetGatewayResponseCommandInput,
  GetGatewayResponsesCommandInput,
  GetModelCommandInput,
  GetModelsCommandInput,
  GetRequestValidatorCommandInput,
  GetRequestValidatorsCommandInput,
  Model,
  PutGatewayResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../own-member.ts';
import { AwsError, type Call } from '../service.ts';
import { newId, pageOf, requireApi, saveApi, without } from './records.ts';

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

function getModel(input: GetModelCommandInput, { engine, region }: Call) {
  const { models } = requireApi(engine, region, input.restApiId);
  const model = ownMember(models, input.modelName);
  if (!model) throw new AwsError('NotFoundException', `Invalid model name specified: ${input.modelName}`);
  return model;
}

function getModels(input: GetModelsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).models), input);
}

async function deleteModel(input: DeleteModelCommandInput, call: Call) {
  getModel(input, call);
  const api = requireApi(call.engine, call.region, input.restApiId);
  await saveApi(call.engine, { ...api, models: without(api.models, input.modelName) });
}

async function createRequestValidator(input: CreateRequestValidatorCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { name, validateRequestBody = false, validateRequestParameters = false } = input;
  const validator = { id: newId(6), name, validateRequestBody, validateRequestParameters };
  await saveApi(engine, { ...api, validators: { ...api.validators, [validator.id]: validator } });
  return validator;
}

function getRequestValidator(input: GetRequestValidatorCommandInput, { engine, region }: Call) {
  const { validators } = requireApi(engine, region, input.restApiId);
  const validator = ownMember(validators, input.requestValidatorId);
  if (!validator) throw new AwsError('NotFoundException', 'Invalid Request Validator identifier specified');
  return validator;
}

function getRequestValidators(input: GetRequestValidatorsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).validators), input);
}

async function deleteRequestValidator(input: DeleteRequestValidatorCommandInput, call: Call) {
  getRequestValidator(input, call);
  const api = requireApi(call.engine, call.region, input.restApiId);
  await saveApi(call.engine, { ...api, validators: without(api.validators, input.requestValidatorId) });
}

async function putGatewayResponse(input: PutGatewayResponseCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { responseType = 'DEFAULT_4XX', statusCode, responseParameters = {}, responseTemplates = {} } = input;
  const response = { responseType, statusCode, responseParameters, responseTemplates, defaultResponse: false };
  await saveApi(engine, { ...api, gatewayResponses: { ...api.gatewayResponses, [responseType]: response } });
  return response;
}

function getGatewayResponse(input: GetGatewayResponseCommandInput, { engine, region }: Call) {
  const { gatewayResponses } = requireApi(engine, region, input.restApiId);
  const responseType = input.responseType ?? 'DEFAULT_4XX';
  const responseTemplates = { 'application/json': '{"message":$context.error.messageString}' };
  return (
    ownMember(gatewayResponses, responseType) ?? {
      responseType,
      responseParameters: {},
      responseTemplates,
      defaultResponse: true,
    }
  );
}

function getGatewayResponses(input: GetGatewayResponsesCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).gatewayResponses), input);
}

async function deleteGatewayResponse(input: DeleteGatewayResponseCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  await saveApi(engine, { ...api, gatewayResponses: without(api.gatewayResponses, input.responseType) });
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
};

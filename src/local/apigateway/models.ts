import type {
  APIGateway,
  CreateModelCommandInput,
  CreateRequestValidatorCommandInput,
  DeleteModelCommandInput,
  DeleteRequestValidatorCommandInput,
  GetModelCommandInput,
  GetModelsCommandInput,
  GetRequestValidatorCommandInput,
  GetRequestValidatorsCommandInput,
  Model,
  RequestValidator,
  UpdateModelCommandInput,
  UpdateRequestValidatorCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { schemaFault } from './json-schema.ts';
import { applyPatch, type Patchable } from './patch.ts';
import {
  type ApiRecord,
  newId,
  pageOf,
  type ResourceRecord,
  refuseUnserved,
  requireApi,
  requireApiOr,
  saveApi,
  without,
} from './records.ts';

/** Every API begins with these two. */
export function defaultModels(): Record<string, Model> {
  const schema = (title: string) => {
    const properties = { message: { type: 'string' } };
    const all = { $schema: 'http://json-schema.org/draft-04/schema#', title: `${title} Schema`, type: 'object' };
    return JSON.stringify(title === 'Error' ? { ...all, properties } : all, null, 2);
  };
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
  if (name === '') throw new AwsError('BadRequestException', 'Model name must be non-empty');
  if (Object.hasOwn(api.models, name)) {
    throw new AwsError('ConflictException', 'Model name already exists for this REST API');
  }
  // The words after it are unconfirmed.
  if (!/^[A-Za-z0-9]+$/.test(name))
    throw new AwsError('BadRequestException', `Model name must be alphanumeric: ${name}`);
  return saveModel(engine, api, { id: newId(6), name, contentType, description, schema });
}

/** Recorded (2024): localstack `apigateway/test_apigateway_api`, TestApiGatewayApiModels. */
async function saveModel(engine: Engine, api: ApiRecord, { description, ...given }: Model): Promise<Model> {
  if (!given.schema) {
    const message = 'Model schema must have at least 1 property or array items defined';
    throw new AwsError('BadRequestException', message);
  }
  const fault = given.contentType === 'application/json' ? schemaFault(given.schema) : undefined;
  // Words as seen in public reports of imports and stacks that failed.
  if (fault !== undefined) {
    const message = `Invalid model specified: Validation Result: warnings : [], errors : [${fault}]`;
    throw new AwsError('BadRequestException', message);
  }
  const model = { ...given, ...(description && { description }) };
  await saveApi(engine, { ...api, models: { ...api.models, [model.name ?? '']: model } });
  return model;
}

/** A model that is not there is missed before its API is. */
function requireModel({ restApiId, modelName }: GetModelCommandInput, { engine, region }: Call) {
  const missing = new AwsError('NotFoundException', `Invalid model name specified: ${modelName}`);
  const api = requireApiOr(missing, engine, { region, id: restApiId });
  const model = ownMember(api.models, modelName);
  if (!model) throw missing;
  return { api, model };
}

function getModel(input: GetModelCommandInput, call: Call): Model {
  const { model } = requireModel(input, call);
  refuseUnserved({ 'models with what they refer to (flatten)': input.flatten });
  return model;
}

function getModels(input: GetModelsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).models), ({ name }) => name, input);
}

const patchableModel: Patchable = { kinds: { '/description': 'text', '/schema': 'text' }, refusals: 'listed' };

async function updateModel(input: UpdateModelCommandInput, call: Call) {
  const { api, model } = requireModel(input, call);
  return saveModel(call.engine, api, applyPatch(model, patchableModel, input.patchOperations));
}

async function deleteModel(input: DeleteModelCommandInput, call: Call) {
  const { api, model } = requireModel(input, call);
  const user = Object.values(api.resources)
    .flatMap((resource) => usersOf(model.name, resource))
    .at(-1);
  if (user !== undefined) {
    throw new AwsError('ConflictException', `Cannot delete model '${model.name}', is referenced in method ${user}`);
  }
  await saveApi(call.engine, { ...api, models: without(api.models, input.modelName) });
}

/** Where a resource's methods name a model. Recorded for requests: test_put_method_model. */
function usersOf(name: string | undefined, { path, methods }: ResourceRecord): string[] {
  const isNamed = (models: Record<string, string> = {}) => Object.values(models).some((model) => model === name);
  return Object.entries(methods).flatMap(([verb, { requestModels, methodResponses = {} }]) => [
    ...(isNamed(requestModels) ? [`request: ${path}/${verb}`] : []),
    ...Object.entries(methodResponses)
      .filter(([, { responseModels }]) => isNamed(responseModels))
      .map(([status]) => `response: ${path}/${verb}/${status}`),
  ]);
}

async function createRequestValidator(input: CreateRequestValidatorCommandInput, { engine, region }: Call) {
  const { name, validateRequestBody = false, validateRequestParameters = false } = input;
  const validator = { id: newId(6), name, validateRequestBody, validateRequestParameters };
  const missing = new AwsError('BadRequestException', 'Invalid REST API identifier specified');
  return saveValidator({ engine, api: requireApiOr(missing, engine, { region, id: input.restApiId }), validator });
}

async function saveValidator(what: { engine: Engine; api: ApiRecord; validator: RequestValidator }) {
  const { engine, api, validator } = what;
  if (!validator.name) throw new AwsError('BadRequestException', 'Request Validator name cannot be blank');
  await saveApi(engine, { ...api, validators: { ...api.validators, [validator.id ?? '']: validator } });
  return validator;
}

/** A validator that is not there is missed before its API is. */
function requireValidator(input: GetRequestValidatorCommandInput, { engine, region }: Call) {
  const missing = new AwsError('NotFoundException', 'Invalid Request Validator identifier specified');
  const api = requireApiOr(missing, engine, { region, id: input.restApiId });
  const validator = ownMember(api.validators, input.requestValidatorId);
  if (!validator) throw missing;
  return { api, validator };
}

const getRequestValidator = (input: GetRequestValidatorCommandInput, call: Call) =>
  requireValidator(input, call).validator;

function getRequestValidators(input: GetRequestValidatorsCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).validators), ({ id }) => id, input);
}

const patchableValidator: Patchable = {
  kinds: { '/name': 'text', '/validateRequestParameters': 'boolean', '/validateRequestBody': 'boolean' },
  refusals: 'listed',
};

async function updateRequestValidator(input: UpdateRequestValidatorCommandInput, call: Call) {
  const { api, validator } = requireValidator(input, call);
  const patched = applyPatch(validator, patchableValidator, input.patchOperations);
  return saveValidator({ engine: call.engine, api, validator: patched });
}

async function deleteRequestValidator(input: DeleteRequestValidatorCommandInput, call: Call) {
  const { api } = requireValidator(input, call);
  const methods = Object.values(api.resources).flatMap((resource) => Object.values(resource.methods));
  if (methods.some(({ requestValidatorId }) => requestValidatorId === input.requestValidatorId)) {
    throw new AwsError('ConflictException', 'Cannot delete request validator, it is in use by a method');
  }
  await saveApi(call.engine, { ...api, validators: without(api.validators, input.requestValidatorId) });
}

export const modelOperations = {
  CreateModel: createModel,
  CreateRequestValidator: createRequestValidator,
  DeleteModel: deleteModel,
  DeleteRequestValidator: deleteRequestValidator,
  GetModel: getModel,
  GetModels: getModels,
  GetRequestValidator: getRequestValidator,
  GetRequestValidators: getRequestValidators,
  UpdateModel: updateModel,
  UpdateRequestValidator: updateRequestValidator,
} satisfies Operations<APIGateway>;

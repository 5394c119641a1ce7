import type {
  APIGateway,
  CreateDeploymentCommandInput,
  DeleteDeploymentCommandInput,
  GetDeploymentCommandInput,
  GetDeploymentsCommandInput,
  UpdateDeploymentCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Operations } from '../operations.ts';
import { textOrderOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import { applyPatch } from './patch.ts';
import {
  type ApiRecord,
  type Definition,
  type DeploymentRecord,
  newId,
  pageOf,
  refuseBeyond,
  requireApi,
  requireDeployment,
  type StageRecord,
  saveApi,
  without,
} from './records.ts';
import { checkStage, checkStageName, newStage } from './stage-operations.ts';

async function createDeployment(input: CreateDeploymentCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const methods = Object.values(api.resources).flatMap((resource) => Object.values(resource.methods));
  if (methods.length === 0) throw new AwsError('BadRequestException', "The REST API doesn't contain any methods");
  if (methods.some(({ methodIntegration }) => !methodIntegration)) {
    throw new AwsError('BadRequestException', 'No integration defined for method');
  }
  const deployment: DeploymentRecord = {
    id: newId(),
    ...(input.description !== undefined && { description: input.description }),
    createdAtMs: engine.clock(),
    definition: freeze(api),
  };
  const deployments = { ...api.deployments, [deployment.id]: deployment };
  const { stageName } = input;
  checkStage(input);
  if (!stageName) {
    await saveApi(engine, { ...api, deployments });
    return describeDeployment(deployment);
  }
  checkStageName(stageName);
  const before = ownMember(api.stages, stageName);
  if (!before) refuseBeyond(10, api.stages, 'stages');
  const stage: StageRecord = {
    ...(before ?? newStage(engine, stageName, deployment.id)),
    deploymentId: deployment.id,
    ...(input.stageDescription !== undefined && { description: input.stageDescription }),
    ...(input.variables && { variables: input.variables }),
    ...(input.tracingEnabled !== undefined && { tracingEnabled: input.tracingEnabled }),
    updatedAtMs: engine.clock(),
    readyAtMs: engine.clock() + engine.simulation.delayMs('apigateway.stage-ready'),
  };
  await saveApi(engine, { ...api, deployments, stages: { ...api.stages, [stageName]: stage } });
  return describeDeployment(deployment);
}

/** What the data plane serves from now on, whatever happens to the API. Records are never changed in place. */
function freeze(api: ApiRecord): Definition {
  const { resources, authorizers, gatewayResponses, validators, models, binaryMediaTypes, minimumCompressionSize } =
    api;
  return {
    resources,
    authorizers,
    gatewayResponses,
    validators,
    models,
    binaryMediaTypes,
    ...(minimumCompressionSize !== undefined && { minimumCompressionSize }),
  };
}

function describeDeployment({ id, description, createdAtMs, definition }: DeploymentRecord, summary = false) {
  const methods = Object.values(definition.resources).map((resource) => {
    const verbs = Object.values(resource.methods).map(({ httpMethod = '', authorizationType, apiKeyRequired }) => [
      httpMethod,
      { authorizationType, apiKeyRequired },
    ]);
    return [resource.path, Object.fromEntries(verbs)] as const;
  });
  return {
    id,
    description,
    createdDate: new Date(Math.floor(createdAtMs / 1000) * 1000),
    ...(summary && { apiSummary: Object.fromEntries(methods) }),
  };
}

function getDeployment(input: GetDeploymentCommandInput, { engine, region }: Call) {
  const deployment = requireDeployment(requireApi(engine, region, input.restApiId), input.deploymentId);
  return describeDeployment(deployment, input.embed?.includes('apisummary') ?? false);
}

function getDeployments(input: GetDeploymentsCommandInput, { engine, region }: Call) {
  const deployments = Object.values(requireApi(engine, region, input.restApiId).deployments);
  const { items, ...page } = pageOf(deployments, ({ createdAtMs, id }) => `${textOrderOf(createdAtMs)}/${id}`, input);
  return { items: items.map((deployment) => describeDeployment(deployment)), ...page };
}

async function updateDeployment(input: UpdateDeploymentCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const changed = applyPatch(
    requireDeployment(api, input.deploymentId),
    { kinds: { '/description': 'text' } },
    input.patchOperations,
  );
  await saveApi(engine, { ...api, deployments: { ...api.deployments, [changed.id]: changed } });
  return describeDeployment(changed);
}

async function deleteDeployment(input: DeleteDeploymentCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { id } = requireDeployment(api, input.deploymentId);
  if (Object.values(api.stages).some(({ deploymentId }) => deploymentId === id)) {
    throw new AwsError('BadRequestException', 'Active stages pointing to this deployment must be moved or deleted');
  }
  await saveApi(engine, { ...api, deployments: without(api.deployments, id) });
}

export const deploymentOperations = {
  CreateDeployment: createDeployment,
  DeleteDeployment: deleteDeployment,
  GetDeployment: getDeployment,
  GetDeployments: getDeployments,
  UpdateDeployment: updateDeployment,
} satisfies Operations<APIGateway>;

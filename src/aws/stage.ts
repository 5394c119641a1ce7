import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  GetDeploymentsCommand,
  GetStagesCommand,
  type Deployment as ListedDeployment,
  type PatchOperation,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { answerLost, ignoreMissing, vanished } from './errors.ts';
import { differences, type Existing, type Resource } from './resource.ts';

export interface DesiredStage {
  apiId: string;
  name: string;
  /** Hash of the whole definition that the stage must serve. */
  definition: string;
  tracing: boolean;
}

interface Deployment {
  id: string;
  definition: string | undefined;
}

export interface ActualStage extends Existing {
  apiId: string;
  name: string;
  /** undefined: there is no stage of that name, only deployments. */
  deploymentId: string | undefined;
  definition: string | undefined;
  tracing: boolean;
  deployments: Deployment[];
  /** Deployments that no stage serves. */
  stale: string[];
}

/** A deployment says in its description which definition it holds, so that one whose answer was lost is found again. */
export const deploymentMark = 'dynops:';

async function read(aws: Aws, desired: DesiredStage): Promise<ActualStage | undefined> {
  const actual = await look(aws, desired);
  return actual?.deploymentId === undefined ? undefined : actual;
}

async function look(aws: Aws, desired: DesiredStage): Promise<ActualStage | undefined> {
  const { apiId, name } = desired;
  const restApiId = apiId;
  const [stages, listed] = await Promise.all([
    aws.call(APIGatewayClient, new GetStagesCommand({ restApiId })).catch(ignoreMissing),
    listDeployments(aws, restApiId).catch(ignoreMissing),
  ]);
  if (!stages || !listed) return undefined;
  const deployments = listed
    .sort((a, b) => (b.createdDate?.getTime() ?? 0) - (a.createdDate?.getTime() ?? 0))
    .map(({ id = '', description = '' }) => ({
      id,
      definition: description.startsWith(deploymentMark) ? description.slice(deploymentMark.length) : undefined,
    }));
  const stage = stages.item?.find(({ stageName }) => stageName === name);
  const served = new Set(stages.item?.map(({ deploymentId }) => deploymentId));
  return {
    id: `arn:${aws.partition}:apigateway:${aws.region}::/restapis/${apiId}/stages/${name}`,
    apiId,
    name,
    deploymentId: stage?.deploymentId,
    definition: deployments.find(({ id }) => id === stage?.deploymentId)?.definition,
    tracing: stage?.tracingEnabled ?? false,
    deployments,
    stale: deployments.filter(({ id }) => !served.has(id)).map(({ id }) => id),
  };
}

async function listDeployments(aws: Aws, restApiId: string): Promise<ListedDeployment[]> {
  const deployments: ListedDeployment[] = [];
  let position: string | undefined;
  do {
    const command = new GetDeploymentsCommand({ restApiId, limit: 500, ...(position && { position }) });
    const page = await aws.call(APIGatewayClient, command);
    deployments.push(...(page.items ?? []));
    position = page.position;
  } while (position);
  return deployments;
}

function compare(desired: DesiredStage, actual: ActualStage): Change[] {
  return differences(
    { definition: desired.definition, tracing: desired.tracing, staleDeployments: [] },
    { definition: actual.definition, tracing: actual.tracing, staleDeployments: actual.stale },
  );
}

async function create(aws: Aws, desired: DesiredStage): Promise<ActualStage> {
  const actual = await look(aws, desired);
  if (!actual) throw vanished(`The API ${desired.apiId}`);
  return update(aws, { desired, actual });
}

async function update(aws: Aws, change: { desired: DesiredStage; actual: ActualStage }): Promise<ActualStage> {
  const { desired, actual } = change;
  const { apiId: restApiId, name: stageName, definition, tracing } = desired;
  let deploymentId = actual.deploymentId;
  if (actual.definition !== definition || deploymentId === undefined) {
    deploymentId =
      actual.deployments.find((deployment) => deployment.definition === definition)?.id ??
      (await deploy(aws, { restApiId, definition }));
  }
  if (actual.deploymentId === undefined) {
    const command = new CreateStageCommand({ restApiId, stageName, deploymentId, tracingEnabled: tracing });
    await aws.call(APIGatewayClient, command, { once: true });
  } else {
    const patchOperations: PatchOperation[] = [];
    if (deploymentId !== actual.deploymentId) {
      patchOperations.push({ op: 'replace', path: '/deploymentId', value: deploymentId });
    }
    if (actual.tracing !== tracing) {
      patchOperations.push({ op: 'replace', path: '/tracingEnabled', value: String(tracing) });
    }
    if (patchOperations.length > 0) {
      await aws.call(APIGatewayClient, new UpdateStageCommand({ restApiId, stageName, patchOperations }));
    }
  }
  const moved = actual.deploymentId !== undefined && actual.deploymentId !== deploymentId;
  const stale = [...actual.stale, ...(moved && actual.deploymentId ? [actual.deploymentId] : [])];
  for (const id of stale.filter((old) => old !== deploymentId)) {
    const command = new DeleteDeploymentCommand({ restApiId, deploymentId: id });
    await aws.call(APIGatewayClient, command).catch((error: unknown) => {
      // Another of the API's stages has begun to serve it.
      if (error instanceof Error && 'code' in error && error.code === 'BadRequestException') return undefined;
      return ignoreMissing(error);
    });
  }
  return { ...actual, deploymentId, definition, tracing, stale: [] };
}

/** Makes a deployment of the API as it stands; answers its id. */
async function deploy(aws: Aws, what: { restApiId: string; definition: string }): Promise<string> {
  const { restApiId, definition } = what;
  const command = new CreateDeploymentCommand({ restApiId, description: deploymentMark + definition });
  const { id } = await aws.call(APIGatewayClient, command, { once: true });
  if (!id) throw answerLost('API Gateway CreateDeployment: the answer has no id in it.');
  return id;
}

async function remove(aws: Aws, { apiId, name }: ActualStage): Promise<void> {
  const command = new DeleteStageCommand({ restApiId: apiId, stageName: name });
  await aws.call(APIGatewayClient, command).catch(ignoreMissing);
}

export const stage: Resource<DesiredStage, ActualStage> = { read, compare, create, update, remove };

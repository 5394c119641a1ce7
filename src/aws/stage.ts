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
  type Stage,
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
  variables: Record<string, string>;
  /** Below the account's own limits; by resource and method, as `~1things/POST` or `*\/*`. Requests a second, and at once. */
  throttling: Record<string, { rate: number | null; burst: number | null }>;
  /** Answers come from a cache, which does not tell one caller from another. */
  cacheCluster: boolean;
  /** A share of the requests goes to another deployment. */
  canary: boolean;
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
    variables: stage?.variables ?? {},
    throttling: throttlingOf(stage),
    cacheCluster: stage?.cacheClusterEnabled ?? false,
    canary: (stage?.canarySettings?.percentTraffic ?? 0) > 0,
    deployments,
    stale: deployments.filter(({ id }) => !served.has(id)).map(({ id }) => id),
  };
}

/**
 * What AWS fills in beside another setting of a method is the account's limit: 10,000 a second and 5,000 at once, in newer regions
 * 2,500 and 1,250 (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html). -1 says that there is none.
 */
function throttlingOf(stage: Stage | undefined): ActualStage['throttling'] {
  const below = (value: number | undefined, usual: number) =>
    value !== undefined && value >= 0 && value < usual ? value : null;
  const limits = Object.entries(stage?.methodSettings ?? {}).map(([method, settings]) => {
    const { throttlingRateLimit, throttlingBurstLimit } = settings;
    return [method, { rate: below(throttlingRateLimit, 2_500), burst: below(throttlingBurstLimit, 1_250) }] as const;
  });
  return Object.fromEntries(limits.filter(([, { rate, burst }]) => rate !== null || burst !== null));
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

const usual = { variables: {}, throttling: {}, cacheCluster: false, canary: false };

function compare({ definition, tracing }: DesiredStage, actual: ActualStage): Change[] {
  const found = { ...actual, variables: withoutValues(actual.variables), staleDeployments: actual.stale };
  return differences({ definition, tracing, ...usual, staleDeployments: [] }, found);
}

/** Somebody else's, which may be secrets. */
const withoutValues = (variables: Record<string, string>) =>
  Object.fromEntries(Object.keys(variables).map((name) => [name, '(secret)']));

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
    const patchOperations = asUsual(actual);
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
  return { ...actual, ...usual, deploymentId, definition, tracing, stale: [] };
}

/** Takes away what dynops sets on no stage. A method's other settings stay: logs and metrics are not dynops's. */
function asUsual({ variables, throttling, cacheCluster, canary }: ActualStage): PatchOperation[] {
  return [
    ...Object.keys(variables).map((name) => ({ op: 'remove' as const, path: `/variables/${name}` })),
    ...Object.keys(throttling).flatMap((method) =>
      ['rateLimit', 'burstLimit'].map((limit) => ({
        op: 'replace' as const,
        path: `/${method}/throttling/${limit}`,
        value: '-1',
      })),
    ),
    ...(cacheCluster ? [{ op: 'replace' as const, path: '/cacheClusterEnabled', value: 'false' }] : []),
    ...(canary ? [{ op: 'remove' as const, path: '/canarySettings' }] : []),
  ];
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

import type {
  APIGateway,
  CreateStageCommandInput,
  DeleteStageCommandInput,
  GetStageCommandInput,
  GetStagesCommandInput,
  MethodSetting,
  Stage,
  UpdateStageCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags } from '../tags.ts';
import { checkAccessLogPatch, checkAccessLogs } from './access-log-settings.ts';
import { applyPatch, expandMethodSettings, type Patchable, patchableSettings, touches } from './patch.ts';
import {
  type ApiRecord,
  refuseBeyond,
  refuseUnserved,
  requireApi,
  requireDeployment,
  type StageRecord,
  saveApi,
  tagRules,
  without,
} from './records.ts';

export function checkStageName(name: string): void {
  if (/^[\w-]{1,128}$/.test(name)) return;
  throw new AwsError('BadRequestException', 'Stage name only allows a-zA-Z0-9_-');
}

/** Throws AwsError BadRequestException for what a stage here does not do. */
export function checkStage(stage: {
  cacheClusterEnabled?: boolean | undefined;
  cacheClusterSize?: string | undefined;
  canarySettings?: object | undefined;
  variables?: Record<string, string> | undefined;
  methodSettings?: Stage['methodSettings'];
}): void {
  const settings = Object.values(stage.methodSettings ?? {});
  refuseUnserved({
    'cache clusters (cacheClusterEnabled)': stage.cacheClusterEnabled,
    'cache clusters (cacheClusterSize)': stage.cacheClusterSize,
    'caching of answers (cachingEnabled)': settings.some(({ cachingEnabled }) => cachingEnabled),
    'detailed metrics (metricsEnabled)': settings.some(({ metricsEnabled }) => metricsEnabled),
    'canary releases (canarySettings)': stage.canarySettings,
    'execution logs (loggingLevel, dataTraceEnabled)': settings.some(
      ({ loggingLevel = 'OFF', dataTraceEnabled }) => loggingLevel !== 'OFF' || dataTraceEnabled,
    ),
  });
  for (const setting of settings) checkNumbers(setting);
  for (const [name, value] of Object.entries(stage.variables ?? {})) {
    if (/^\w+$/.test(name) && /^[A-Za-z0-9\-._~:/?#&=,]*$/.test(value)) continue;
    throw new AwsError(
      'BadRequestException',
      `Stage variable name or value is invalid: ${name}. Names take letters, digits and _, values [A-Za-z0-9-._~:/?#&=,]+`,
    );
  }
}

/** -1 is no limit, as Terraform sends it. How AWS words its refusal of others is not confirmed. */
function checkNumbers(setting: MethodSetting): void {
  const { throttlingRateLimit: rate = 0, throttlingBurstLimit: burst = 0, cacheTtlInSeconds: ttl = 0 } = setting;
  const wrong = Object.entries({
    throttlingRateLimit: rate === -1 || rate >= 0 ? undefined : rate,
    throttlingBurstLimit: Number.isInteger(burst) && burst >= -1 ? undefined : burst,
    cacheTtlInSeconds: Number.isInteger(ttl) && ttl >= 0 && ttl <= 3_600 ? undefined : ttl,
  }).find(([, value]) => value !== undefined);
  if (wrong) throw new AwsError('BadRequestException', `Invalid value ${wrong[1]} for ${wrong[0]}`);
}

const patchableStage: Patchable = {
  kinds: {
    '/deploymentId': 'text',
    '/description': 'text',
    '/tracingEnabled': 'boolean',
    '/cacheClusterEnabled': 'boolean',
    '/accessLogSettings?': 'text',
    '/accessLogSettings/*': 'text',
    '/variables/*': 'text',
    ...patchableSettings,
  },
  unknown: (path) => `Invalid method setting path: ${path}. Must be one of: ${stagePaths}`,
};

/** What a method has of which only one setting is set, from the same recording. */
const usualSettings = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5_000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
} as const;

/** With the settings that a patch did not name: a method that had none takes those of all methods. */
function completed(after: StageRecord, before: StageRecord): StageRecord {
  const { methodSettings = {} } = after;
  const known = before.methodSettings ?? {};
  const entries = Object.entries(methodSettings).map(([method, settings]) => [
    method,
    { ...usualSettings, ...(!Object.hasOwn(known, method) && methodSettings['*/*']), ...settings },
  ]);
  return { ...after, methodSettings: Object.fromEntries(entries) };
}

/** Recorded: localstack `apigateway/test_apigateway_common` test_create_update_stages (2024), with its spelling. */
const stagePaths =
  '[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]';

const documentation = 'documentation (documentationVersion)';

export function newStage(engine: Engine, stageName: string, deploymentId: string): StageRecord {
  const now = engine.clock();
  return {
    stageName,
    deploymentId,
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    tracingEnabled: false,
    createdAtMs: now,
    updatedAtMs: now,
    readyAtMs: now + engine.simulation.delayMs('apigateway.stage-ready'),
  };
}

async function createStage(input: CreateStageCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { stageName = '', deploymentId } = input;
  checkStageName(stageName);
  checkStage(input);
  refuseUnserved({ [documentation]: input.documentationVersion });
  refuseBeyond(10, api.stages, 'stages');
  if (Object.hasOwn(api.stages, stageName)) throw new AwsError('ConflictException', 'Stage already exists');
  const stage: StageRecord = {
    ...newStage(engine, stageName, requireDeployment(api, deploymentId).id),
    ...(input.description !== undefined && { description: input.description }),
    ...(input.variables && { variables: input.variables }),
    tracingEnabled: input.tracingEnabled ?? false,
    ...(input.tags && { tags: addTags({}, input.tags, tagRules) }),
  };
  await saveApi(engine, { ...api, stages: { ...api.stages, [stageName]: stage } });
  return describeStage(stage);
}

function describeStage({ createdAtMs, updatedAtMs, readyAtMs: _, ...stage }: StageRecord) {
  const seconds = (ms: number) => new Date(Math.floor(ms / 1000) * 1000);
  return { ...stage, createdDate: seconds(createdAtMs), lastUpdatedDate: seconds(updatedAtMs) };
}

function requireStage(api: ApiRecord, name: string | undefined): StageRecord {
  const found = ownMember(api.stages, name);
  if (!found) throw new AwsError('NotFoundException', 'Invalid stage identifier specified');
  return found;
}

function getStage(input: GetStageCommandInput, { engine, region }: Call) {
  return describeStage(requireStage(requireApi(engine, region, input.restApiId), input.stageName));
}

function getStages(input: GetStagesCommandInput, { engine, region }: Call) {
  const stages = Object.values(requireApi(engine, region, input.restApiId).stages);
  const { deploymentId } = input;
  return {
    item: stages
      .filter((stage) => deploymentId === undefined || stage.deploymentId === deploymentId)
      .map(describeStage),
  };
}

async function updateStage(input: UpdateStageCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const before = requireStage(api, input.stageName);
  checkAccessLogPatch(input.patchOperations);
  const patches = (member: string) => touches(input.patchOperations, `/${member}`);
  refuseUnserved({
    'canary releases (canarySettings)': patches('canarySettings'),
    'client certificates (clientCertificateId)': patches('clientCertificateId'),
    [documentation]: patches('documentationVersion'),
  });
  const operations = expandMethodSettings(input.patchOperations, before.methodSettings);
  const patched = completed(applyPatch(before, patchableStage, operations), before);
  checkStage(patched);
  checkAccessLogs(patched.accessLogSettings ?? {}, { region, accountId: engine.accountId });
  requireDeployment(api, patched.deploymentId);
  const moved = patched.deploymentId !== before.deploymentId;
  const stage = {
    ...patched,
    updatedAtMs: engine.clock(),
    readyAtMs: moved ? engine.clock() + engine.simulation.delayMs('apigateway.stage-ready') : before.readyAtMs,
  };
  await saveApi(engine, { ...api, stages: { ...api.stages, [stage.stageName]: stage } });
  return describeStage(stage);
}

async function deleteStage(input: DeleteStageCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { stageName } = requireStage(api, input.stageName);
  await saveApi(engine, { ...api, stages: without(api.stages, stageName) });
}

export const stageOperations = {
  CreateStage: createStage,
  DeleteStage: deleteStage,
  GetStage: getStage,
  GetStages: getStages,
  UpdateStage: updateStage,
} satisfies Operations<APIGateway>;

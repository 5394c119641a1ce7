import { randomUUID } from 'node:crypto';
import type {
  CreateFunctionCommandInput,
  DeleteFunctionCommandInput,
  FunctionCode,
  GetFunctionCommandInput,
  Lambda,
  ListFunctionsCommandInput,
  ListVersionsByFunctionCommandInput,
  PublishVersionCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags } from '../tags.ts';
import { violationError } from '../wire/violations.ts';
import { codeUrl } from './code-download.ts';
import { describeFunction, revisionOf } from './describe-function.ts';
import {
  askedArn,
  deleteFunctionRecord,
  type FunctionRecord,
  findFunction,
  functionArn,
  functionsOf,
  readTarget,
  requireFunction,
  saveFunction,
} from './functions.ts';
import { page } from './paging.ts';
import { type FunctionSettings, readSettings, refuseUnserved } from './settings.ts';
import { tagRules } from './tag-operations.ts';

/** `given`: what has no default. */
const defaults = (
  name: string,
  given: Pick<FunctionSettings, 'roleArn' | 'runtime' | 'handler'>,
): FunctionSettings => ({
  ...given,
  description: '',
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
  tracing: 'PassThrough',
  ephemeralStorageMb: 512,
  logging: { format: 'Text', group: `/aws/lambda/${name}` },
});

async function createFunction(input: CreateFunctionCommandInput, { engine, region }: Call) {
  const { name } = readTarget(engine, region, input);
  if (name.length > 64) {
    const rule = 'Member must have length less than or equal to 64';
    throw violationError({ code: 'InvalidParameterValueException' }, [{ at: 'functionName', value: name, rule }]);
  }
  const existing = () => new AwsError('ResourceConflictException', `Function already exist: ${name}`);
  if (findFunction(engine, region, name)) throw existing();
  refuseUnserved({
    'publishing versions (Publish)': input.Publish,
    'publishing versions (PublishTo)': input.PublishTo,
    'code signing (CodeSigningConfigArn)': input.CodeSigningConfigArn,
    ...otherCode(input.Code),
    'customer-managed keys (SourceKMSKeyArn)': input.Code?.SourceKMSKeyArn,
    'container images (PackageType Image)': input.PackageType === 'Image',
    'tenant isolation (TenancyConfig)': input.TenancyConfig,
  });
  if (!input.Code?.ZipFile) {
    throw new AwsError(
      'InvalidParameterValueException',
      'This endpoint takes code as a zip in the request (Code.ZipFile) only.',
    );
  }
  if (!input.Runtime || !input.Handler) {
    throw new AwsError(
      'InvalidParameterValueException',
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const given = { roleArn: input.Role ?? '', runtime: input.Runtime, handler: input.Handler };
  const settings = readSettings(engine, input, defaults(name, given));
  const architecture = input.Architectures?.[0] ?? 'x86_64';
  const tags = addTags({}, input.Tags, tagRules);
  const code = await engine.code.keep(input.Code.ZipFile);
  if (findFunction(engine, region, name)) throw existing();
  const now = engine.clock();
  const activeAtMs = now + engine.simulation.delayMs('lambda.pending');
  const record: FunctionRecord = {
    ...settings,
    region,
    name,
    arn: functionArn(engine, region, name),
    architecture,
    codeSha256: code.sha256,
    codeBytes: code.bytes,
    revision: randomUUID(),
    settledRevision: randomUUID(),
    modifiedAtMs: now,
    activeAtMs,
    updatedAtMs: activeAtMs,
    tags,
    statements: [],
    policyRevision: randomUUID(),
  };
  await saveFunction(engine, record);
  // Simulated or not, a new function is first said to be pending, as AWS does.
  return describeFunction(engine, record, 'pending');
}

function getFunction(input: GetFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName, input.Qualifier);
  return {
    Configuration: { ...describeFunction(engine, record), FunctionArn: askedArn(engine, record, input) },
    Code: { RepositoryType: 'S3', Location: codeUrl(engine, record.codeSha256) },
    ...(Object.keys(record.tags).length > 0 && { Tags: record.tags }),
    ...(record.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
    }),
  };
}

function getFunctionConfiguration(input: GetFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName, input.Qualifier);
  return { ...describeFunction(engine, record), FunctionArn: askedArn(engine, record, input) };
}

/** Where code may come from beside a zip in the request. */
const otherCode = (code: FunctionCode = {}) => ({
  'code in buckets (S3Bucket)': code.S3Bucket,
  'code in buckets (S3Key)': code.S3Key,
  'code in buckets (S3ObjectVersion)': code.S3ObjectVersion,
  'code in buckets (S3ObjectStorageMode)': code.S3ObjectStorageMode,
  'container images (ImageUri)': code.ImageUri,
});

function listFunctions(input: ListFunctionsCommandInput, { engine, region }: Call) {
  refuseUnserved({ 'functions at the edge (MasterRegion)': input.MasterRegion });
  const all = functionsOf(engine).values(`${region}/`);
  const { items, next } = page(all, ({ name }) => name, input);
  return {
    Functions: items.map((record) => ({ ...describeFunction(engine, record), State: undefined })),
    ...(next !== undefined && { NextMarker: next }),
  };
}

async function updateFunctionCode(input: UpdateFunctionCodeCommandInput, { engine, region }: Call) {
  const record = requireIdle(engine, region, input);
  refuseUnserved({
    'publishing versions (Publish)': input.Publish,
    'publishing versions (PublishTo)': input.PublishTo,
    'customer-managed keys (SourceKMSKeyArn)': input.SourceKMSKeyArn,
    ...otherCode(input),
  });
  const architecture = input.Architectures?.[0] ?? record.architecture;
  if (!input.ZipFile) {
    throw new AwsError(
      'InvalidParameterValueException',
      'This endpoint takes code as a zip in the request (ZipFile) only.',
    );
  }
  const code = await engine.code.keep(input.ZipFile);
  const changed = {
    ...requireIdle(engine, region, input),
    architecture,
    codeSha256: code.sha256,
    codeBytes: code.bytes,
  };
  return applyUpdate(engine, changed, { dryRun: input.DryRun ?? false });
}

async function updateFunctionConfiguration(input: UpdateFunctionConfigurationCommandInput, { engine, region }: Call) {
  const record = requireIdle(engine, region, input);
  const changed = { ...record, ...readSettings(engine, input, record) };
  const { Variables } = input.Environment ?? {};
  // An update to nothing takes the environment away: docs/aws-facts.md#fact-11-24.
  if (Variables && Object.keys(Variables).length === 0) changed.hasEnvironment = false;
  return applyUpdate(engine, changed, { dryRun: false });
}

/** Throws what AWS throws while a function is being made or changed, or when it is not the revision that was meant. */
function requireIdle(
  engine: Engine,
  region: string,
  input: { FunctionName: string | undefined; RevisionId?: string | undefined },
): FunctionRecord {
  const record = requireFunction(engine, region, input.FunctionName);
  const now = engine.clock();
  if (now < record.activeAtMs) {
    throw new AwsError(
      'ResourceConflictException',
      'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    );
  }
  if (now < record.updatedAtMs) {
    throw new AwsError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. An update is in progress for resource: ${record.arn}`,
    );
  }
  if (input.RevisionId !== undefined && input.RevisionId !== revisionOf(record, 'settled')) {
    throw new AwsError(
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    );
  }
  return record;
}

async function applyUpdate(engine: Engine, record: FunctionRecord, { dryRun }: { dryRun: boolean }) {
  const now = engine.clock();
  const updated = {
    ...record,
    revision: randomUUID(),
    settledRevision: randomUUID(),
    modifiedAtMs: now,
    updatedAtMs: now + engine.simulation.delayMs('lambda.updating'),
  };
  if (!dryRun) {
    await saveFunction(engine, updated);
    await engine.functions.retire(record.region, record.name);
    engine.code.removeUnusedAfter(record.timeoutSeconds * 1000);
  }
  return describeFunction(engine, updated, 'updating');
}

async function deleteFunction(input: DeleteFunctionCommandInput, { engine, region }: Call) {
  const { name, qualifier } = readTarget(engine, region, input);
  const refuse = (message: string) => new AwsError('InvalidParameterValueException', message);
  if (qualifier === '$LATEST') throw refuse('$LATEST version cannot be deleted without deleting the function.');
  const isVersion = qualifier !== undefined && /^\d+$/.test(qualifier);
  if (qualifier !== undefined && !isVersion && !qualifier.startsWith('$')) {
    throw refuse('Deletion of aliases is not currently supported.');
  }
  const record = requireFunction(engine, region, name);
  // A version that there is none of is gone already.
  if (isVersion) return { StatusCode: 204 };
  await deleteFunctionRecord(engine, record);
  await engine.functions.retire(region, record.name);
  engine.code.removeUnusedAfter(record.timeoutSeconds * 1000);
  return { StatusCode: 204 };
}

function listVersionsByFunction(input: ListVersionsByFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  const latest = { ...describeFunction(engine, record), FunctionArn: `${record.arn}:$LATEST` };
  const { items, next } = page([latest], ({ FunctionArn }) => FunctionArn, input);
  return { Versions: items, ...(next !== undefined && { NextMarker: next }) };
}

function publishVersion(input: PublishVersionCommandInput, { engine, region }: Call): never {
  requireFunction(engine, region, input.FunctionName);
  throw new AwsError('InvalidParameterValueException', 'This endpoint serves $LATEST only, not published versions.');
}

export const functionOperations = {
  CreateFunction: createFunction,
  DeleteFunction: deleteFunction,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  ListFunctions: listFunctions,
  ListVersionsByFunction: listVersionsByFunction,
  PublishVersion: publishVersion,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
} satisfies Operations<Lambda>;

import { randomUUID } from 'node:crypto';
import type {
  CreateFunctionCommandInput,
  DeleteFunctionCommandInput,
  GetFunctionCommandInput,
  InvokeCommandInput,
  ListFunctionsCommandInput,
  ListTagsCommandInput,
  ListVersionsByFunctionCommandInput,
  PublishVersionCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import { AwsError, type Call } from '../service.ts';
import { storeCode } from './code.ts';
import { describeFunction } from './describe-function.ts';
import {
  deleteFunctionRecord,
  type FunctionRecord,
  findFunction,
  functionArn,
  functionsOf,
  nameIn,
  requireFunction,
  saveFunction,
} from './functions.ts';
import { type FunctionSettings, readArchitecture, readSettings } from './settings.ts';

const defaults = (name: string): FunctionSettings => ({
  roleArn: '',
  runtime: '',
  handler: '',
  description: '',
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
  tracing: 'PassThrough',
  ephemeralStorageMb: 512,
  logging: { format: 'Text', group: `/aws/lambda/${name}` },
});

async function createFunction(input: CreateFunctionCommandInput, { engine, region }: Call) {
  const name = nameIn(input.FunctionName ?? '');
  const existing = () =>
    new AwsError('ResourceConflictException', `Function already exist: ${name}`, { members: { Type: 'User' } });
  if (findFunction(engine, region, name)) throw existing();
  if (input.PackageType === 'Image' || !input.Code?.ZipFile) {
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
  const settings = readSettings(engine, input, defaults(name));
  const code = await storeCode(engine.dataDir, input.Code.ZipFile);
  if (findFunction(engine, region, name)) throw existing();
  const now = engine.clock();
  const activeAtMs = now + engine.mood.delayMs('lambda.pending');
  const record: FunctionRecord = {
    ...settings,
    region,
    name,
    arn: functionArn(engine, region, name),
    architecture: readArchitecture(input.Architectures, 'x86_64'),
    codeSha256: code.sha256,
    codeBytes: code.bytes,
    revision: randomUUID(),
    modifiedAtMs: now,
    activeAtMs,
    updatedAtMs: activeAtMs,
    tags: { ...input.Tags },
    statements: [],
    policyRevision: randomUUID(),
  };
  await saveFunction(engine, record);
  // Whatever the mood, a new function is first said to be pending, as AWS does.
  return {
    ...describeFunction(engine, record),
    LastUpdateStatus: undefined,
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
  };
}

function getFunction(input: GetFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  return {
    Configuration: describeFunction(engine, record),
    Code: { RepositoryType: 'S3', Location: `${engine.baseUrl}/` },
    ...(Object.keys(record.tags).length > 0 && { Tags: record.tags }),
    ...(record.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
    }),
  };
}

function getFunctionConfiguration(input: GetFunctionCommandInput, { engine, region }: Call) {
  return describeFunction(engine, requireFunction(engine, region, input.FunctionName));
}

function listFunctions(input: ListFunctionsCommandInput, { engine, region }: Call) {
  const all = functionsOf(engine).values(`${region}/`);
  const from = Number(input.Marker ?? 0) || 0;
  const to = from + (input.MaxItems ?? 50);
  return {
    Functions: all.slice(from, to).map((record) => ({ ...describeFunction(engine, record), State: undefined })),
    ...(to < all.length && { NextMarker: String(to) }),
  };
}

async function updateFunctionCode(input: UpdateFunctionCodeCommandInput, { engine, region }: Call) {
  const record = requireIdle(engine, region, input);
  if (!input.ZipFile) {
    throw new AwsError(
      'InvalidParameterValueException',
      'This endpoint takes code as a zip in the request (ZipFile) only.',
    );
  }
  const code = await storeCode(engine.dataDir, input.ZipFile);
  const architecture = readArchitecture(input.Architectures, record.architecture);
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
  return applyUpdate(engine, { ...record, ...readSettings(engine, input, record) }, { dryRun: false });
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
  if (input.RevisionId !== undefined && input.RevisionId !== record.revision) {
    throw new AwsError(
      'PreconditionFailedException',
      'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
    );
  }
  return record;
}

async function applyUpdate(engine: Engine, record: FunctionRecord, { dryRun }: { dryRun: boolean }) {
  const now = engine.clock();
  const updated = {
    ...record,
    revision: randomUUID(),
    modifiedAtMs: now,
    updatedAtMs: now + engine.mood.delayMs('lambda.updating'),
  };
  if (!dryRun) {
    await saveFunction(engine, updated);
    await engine.functions.retire(record.region, record.name);
  }
  return {
    ...describeFunction(engine, updated),
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    LastUpdateStatusReasonCode: 'Creating',
  };
}

async function deleteFunction(input: DeleteFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  await deleteFunctionRecord(engine, record);
  await engine.functions.retire(region, record.name);
}

async function invoke(input: InvokeCommandInput, { engine, region }: Call) {
  const { name } = requireFunction(engine, region, input.FunctionName);
  const payload = input.Payload instanceof Uint8Array ? input.Payload : Buffer.alloc(0);
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
  const invocation = {
    region,
    functionName: name,
    payload,
    ...(input.ClientContext !== undefined && { clientContext: input.ClientContext }),
  };
  if (input.InvocationType === 'Event') {
    inBackground(engine, invocation);
    return { StatusCode: 202 };
  }
  const result = await engine.functions.invoke(invocation);
  return {
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    Payload: result.payload,
    ...(result.functionError && { FunctionError: result.functionError }),
    ...(input.LogType === 'Tail' && { LogResult: Buffer.from(result.logTail).toString('base64') }),
  };
}

/** Asynchronous invocations are tried three times in all. */
function inBackground(engine: Engine, invocation: Parameters<Engine['functions']['invoke']>[0], attempt = 1): void {
  engine.functions.invoke(invocation).then(
    ({ functionError }) => {
      if (functionError && attempt < 3) inBackground(engine, invocation, attempt + 1);
    },
    (error: unknown) => engine.log(`an asynchronous invocation of ${invocation.functionName} failed: ${String(error)}`),
  );
}

function listVersionsByFunction(input: ListVersionsByFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  return { Versions: [{ ...describeFunction(engine, record), FunctionArn: `${record.arn}:$LATEST` }] };
}

function publishVersion(input: PublishVersionCommandInput, { engine, region }: Call) {
  requireFunction(engine, region, input.FunctionName);
  throw new AwsError('InvalidParameterValueException', 'This endpoint serves $LATEST only, not published versions.');
}

async function tagResource(input: TagResourceCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.Resource);
  await saveFunction(engine, { ...record, tags: { ...record.tags, ...input.Tags } });
}

async function untagResource(input: UntagResourceCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.Resource);
  const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !input.TagKeys?.includes(key)));
  await saveFunction(engine, { ...record, tags });
}

function listTags(input: ListTagsCommandInput, { engine, region }: Call) {
  return { Tags: requireFunction(engine, region, input.Resource).tags };
}

export const functionOperations = {
  CreateFunction: createFunction,
  DeleteFunction: deleteFunction,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  Invoke: invoke,
  ListFunctions: listFunctions,
  ListTags: listTags,
  ListVersionsByFunction: listVersionsByFunction,
  PublishVersion: publishVersion,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
};

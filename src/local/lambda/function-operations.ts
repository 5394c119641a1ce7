import { randomUUID } from 'node:crypto';
import type {
  CreateFunctionCommandInput,
  DeleteFunctionCommandInput,
  FunctionCode,
  GetFunctionCommandInput,
  Lambda,
  ListFunctionsCommandInput,
  UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags } from '../tags.ts';
import { violationError } from '../wire/violations.ts';
import { codeUrl } from './code-download.ts';
import { describeFunction, listedFunction } from './describe-function.ts';
import {
  type AliasRecord,
  aliasesOf,
  allVersions,
  deleteRecord,
  type FunctionRecord,
  findFunction,
  functionsOf,
  leadsTo,
  requireFunction,
  requireVersion,
  save,
  versionOf,
  versionsOf,
} from './functions.ts';
import { requireIdle } from './idle-function.ts';
import { askedArn, functionArn, readTarget } from './names.ts';
import { page } from './paging.ts';
import { type FunctionSettings, readSettings, refuseUnserved } from './settings.ts';
import { tagRules } from './tag-operations.ts';
import { orderOf, publish } from './version-operations.ts';

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
    'publishing versions elsewhere (PublishTo)': input.PublishTo,
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
  // Simulated or not, a new function is first said to be pending, as AWS does.
  const described = describeFunction(engine, record, 'pending');
  if (input.Publish) return { ...described, Version: versionOf((await publish(engine, record)).version) };
  await save(engine, record);
  return described;
}

/** Of whoever may ask for them (API reference, GetFunction: "explicit allow permissions for lambda:ListTags"). */
function showsTags({ engine, principal }: Call, resource: string): boolean {
  if (principal.kind !== 'role') return true;
  const { roleArn, arn: sessionArn } = principal;
  return engine.denialOf({ roleArn, sessionArn, action: 'lambda:ListTags', resource }) === undefined;
}

function getFunction(input: GetFunctionCommandInput, call: Call) {
  const { engine, region } = call;
  const record = requireVersion(engine, region, input);
  // Versions have their function's tags.
  const { tags } = findFunction(engine, region, record.name) ?? record;
  return {
    Configuration: { ...describeFunction(engine, record), FunctionArn: askedArn(engine, region, input) },
    Code: { RepositoryType: 'S3', Location: codeUrl(engine, record.codeSha256) },
    ...(Object.keys(tags).length > 0 && showsTags(call, functionArn(engine, region, record.name)) && { Tags: tags }),
    ...(record.reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
    }),
  };
}

function getFunctionConfiguration(input: GetFunctionCommandInput, { engine, region }: Call) {
  const record = requireVersion(engine, region, input);
  return { ...describeFunction(engine, record), FunctionArn: askedArn(engine, region, input) };
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
  const qualified = input.FunctionVersion === 'ALL';
  const all = [...functionsOf(engine).values(`${region}/`), ...(qualified ? allVersions(engine, region) : [])];
  const { items, next } = page(all, (record) => `${record.name}/${orderOf(record)}`, input);
  return {
    Functions: items.map((record) => listedFunction(engine, record, { qualified })),
    ...(next !== undefined && { NextMarker: next }),
  };
}

async function updateFunctionCode(input: UpdateFunctionCodeCommandInput, { engine, region }: Call) {
  const record = requireIdle(engine, region, input);
  refuseUnserved({
    'publishing versions elsewhere (PublishTo)': input.PublishTo,
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
  return applyUpdate(engine, changed, { dryRun: input.DryRun, publishes: input.Publish });
}

async function updateFunctionConfiguration(input: UpdateFunctionConfigurationCommandInput, { engine, region }: Call) {
  const record = requireIdle(engine, region, input);
  const changed = { ...record, ...readSettings(engine, input, record) };
  const { Variables } = input.Environment ?? {};
  // An update to nothing takes the environment away: docs/aws-facts.md#fact-11-24.
  if (Variables && Object.keys(Variables).length === 0) changed.hasEnvironment = false;
  return applyUpdate(engine, changed, {});
}

async function applyUpdate(
  engine: Engine,
  record: FunctionRecord,
  { dryRun, publishes }: { dryRun?: boolean | undefined; publishes?: boolean | undefined },
) {
  const now = engine.clock();
  const updated = {
    ...record,
    revision: randomUUID(),
    settledRevision: randomUUID(),
    modifiedAtMs: now,
    updatedAtMs: now + engine.simulation.delayMs('lambda.updating'),
  };
  if (dryRun) return describeFunction(engine, updated, 'updating');
  const published = publishes ? await publish(engine, updated) : undefined;
  if (!published) await save(engine, updated);
  engine.functions.retire(record);
  engine.code.removeUnusedAfter(record.timeoutSeconds * 1000);
  if (!published) return describeFunction(engine, updated, 'updating');
  // A new version is first said to be pending, as a new function is.
  return describeFunction(engine, published.version, published.isNew ? 'pending' : 'settled');
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
  const versions = versionsOf(engine, record);
  const aliases = aliasesOf(engine, record);
  // A version that there is none of is gone already.
  const gone = isVersion ? versions.filter(({ version }) => version === qualifier) : [record, ...versions];
  if (isVersion) refuseInUse(aliases, qualifier);
  await Promise.all([...gone, ...(isVersion ? [] : aliases)].map((each) => deleteRecord(engine, each)));
  for (const each of gone) {
    engine.functions.retire(each);
    engine.code.removeUnusedAfter(each.timeoutSeconds * 1000);
  }
  return { StatusCode: 204 };
}

/** In AWS's words: docs/aws-facts.md#fact-5-11. */
function refuseInUse(aliases: AliasRecord[], version: string): void {
  const using = aliases.filter((alias) => leadsTo(alias, version)).map(({ alias }) => alias);
  if (using.length === 0) return;
  throw new AwsError(
    'ResourceConflictException',
    `Unable to delete version because the following aliases reference it: [${using.join(', ')}]`,
  );
}

export const functionOperations = {
  CreateFunction: createFunction,
  DeleteFunction: deleteFunction,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  ListFunctions: listFunctions,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
} satisfies Operations<Lambda>;

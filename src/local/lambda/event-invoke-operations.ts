import type {
  DeleteFunctionEventInvokeConfigCommandInput,
  FunctionEventInvokeConfig,
  GetFunctionEventInvokeConfigCommandInput,
  Lambda,
  ListFunctionEventInvokeConfigsCommandInput,
  PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionEventInvokeConfigCommandInput,
} from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import {
  aliasesOf,
  findQualified,
  isAlias,
  latest,
  type Qualified,
  requireFunction,
  save,
  versionsOf,
} from './functions.ts';
import { functionArn, notFound, qualifiedArn, readTarget } from './names.ts';
import { page } from './paging.ts';
import { refuseUnserved } from './settings.ts';

/**
 * How long and how often asynchronous invocations are tried. Recorded (2025): localstack `lambda_/test_lambda_api`
 * TestLambdaEventInvokeConfig.
 */

type Settings = NonNullable<Qualified['eventInvoke']>;

/** Throws AwsError ResourceNotFoundException. */
function requireOwner(input: PutFunctionEventInvokeConfigCommandInput, { engine, region }: Call): Qualified {
  const { name, qualifier } = readTarget(engine, region, input);
  const found = findQualified(engine, region, name, qualifier);
  if (!found) throw notFound("The function doesn't exist.");
  return found;
}

/** Throws AwsError ResourceNotFoundException, without a word of functions that are not there. */
function requireConfig(input: GetFunctionEventInvokeConfigCommandInput, { engine, region }: Call) {
  const { name, qualifier = latest } = readTarget(engine, region, input);
  const record = findQualified(engine, region, name, qualifier);
  if (record?.eventInvoke) return { record, settings: record.eventInvoke };
  const arn = qualifiedArn(functionArn(engine, region, name), qualifier);
  throw notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

/** Before functions are looked for, as recorded. Throws AwsError InvalidParameterValueException. */
function checkSettings(input: PutFunctionEventInvokeConfigCommandInput): void {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input;
  if ([MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig].every((given) => given === undefined)) {
    const message = 'You must specify at least one of error handling or destination setting.';
    throw new AwsError('InvalidParameterValueException', message);
  }
  refuseUnserved({
    'destinations of events (OnSuccess)': DestinationConfig?.OnSuccess?.Destination,
    'destinations of events (OnFailure)': DestinationConfig?.OnFailure?.Destination,
  });
}

async function keep(
  engine: Engine,
  record: Qualified,
  { input, before }: { input: PutFunctionEventInvokeConfigCommandInput; before: Partial<Settings> },
) {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = input;
  const settings: Settings = {
    ...before,
    ...(MaximumRetryAttempts !== undefined && { maxRetries: MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { maxAgeSeconds: MaximumEventAgeInSeconds }),
    modifiedAtMs: engine.clock(),
  };
  await save(engine, { ...record, eventInvoke: settings });
  return describe(record, settings);
}

function describe(record: Qualified, settings: Settings): FunctionEventInvokeConfig {
  const { maxRetries, maxAgeSeconds, modifiedAtMs } = settings;
  return {
    FunctionArn: isAlias(record) || record.version ? record.arn : qualifiedArn(record.arn, latest),
    LastModified: new Date(modifiedAtMs),
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    ...(maxRetries !== undefined && { MaximumRetryAttempts: maxRetries }),
    ...(maxAgeSeconds !== undefined && { MaximumEventAgeInSeconds: maxAgeSeconds }),
  };
}

function putConfig(input: PutFunctionEventInvokeConfigCommandInput, call: Call) {
  checkSettings(input);
  return keep(call.engine, requireOwner(input, call), { input, before: {} });
}

function updateConfig(input: UpdateFunctionEventInvokeConfigCommandInput, call: Call) {
  checkSettings(input);
  const { name } = readTarget(call.engine, call.region, input);
  requireOwner({ FunctionName: name }, call);
  const { record, settings } = requireConfig(input, call);
  return keep(call.engine, record, { input, before: settings });
}

function getConfig(input: GetFunctionEventInvokeConfigCommandInput, call: Call) {
  const { record, settings } = requireConfig(input, call);
  return describe(record, settings);
}

async function deleteConfig(input: DeleteFunctionEventInvokeConfigCommandInput, call: Call) {
  const { eventInvoke: _, ...record } = requireConfig(input, call).record;
  await save(call.engine, record);
}

function listConfigs(input: ListFunctionEventInvokeConfigsCommandInput, call: Call) {
  const { engine, region } = call;
  requireOwner({ FunctionName: input.FunctionName }, call);
  const record = requireFunction(engine, region, input.FunctionName);
  const owners: Qualified[] = [record, ...versionsOf(engine, record), ...aliasesOf(engine, record)];
  const configs = owners.flatMap((owner) => (owner.eventInvoke ? [describe(owner, owner.eventInvoke)] : []));
  const { items, next } = page(configs, ({ FunctionArn = '' }) => FunctionArn, input);
  return { FunctionEventInvokeConfigs: items, ...(next !== undefined && { NextMarker: next }) };
}

export const eventInvokeOperations = {
  DeleteFunctionEventInvokeConfig: deleteConfig,
  GetFunctionEventInvokeConfig: getConfig,
  ListFunctionEventInvokeConfigs: listConfigs,
  PutFunctionEventInvokeConfig: putConfig,
  UpdateFunctionEventInvokeConfig: updateConfig,
} satisfies Operations<Lambda>;

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
import { type FunctionRecord, findFunction, functionArn, notFound, readTarget, saveFunction } from './functions.ts';
import { page } from './paging.ts';
import { refuseUnserved } from './settings.ts';

/**
 * How long and how often asynchronous invocations are tried. Recorded (2025): localstack `lambda_/test_lambda_api`
 * TestLambdaEventInvokeConfig.
 */

type Settings = NonNullable<FunctionRecord['eventInvoke']>;

/** Throws AwsError ResourceNotFoundException, also for the versions and aliases that there are none of. */
function requireOwner(input: PutFunctionEventInvokeConfigCommandInput, { engine, region }: Call): FunctionRecord {
  const { name, qualifier = '$LATEST' } = readTarget(engine, region, input);
  const found = findFunction(engine, region, `${name}:${qualifier}`);
  if (!found) throw notFound("The function doesn't exist.");
  return found;
}

/** Throws AwsError ResourceNotFoundException, without a word of functions that are not there. */
function requireConfig(input: GetFunctionEventInvokeConfigCommandInput, { engine, region }: Call) {
  const { name, qualifier = '$LATEST' } = readTarget(engine, region, input);
  const record = findFunction(engine, region, `${name}:${qualifier}`);
  if (record?.eventInvoke) return { record, settings: record.eventInvoke };
  const arn = `${functionArn(engine, region, name)}:${qualifier}`;
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

async function save(
  engine: Engine,
  record: FunctionRecord,
  { input, before }: { input: PutFunctionEventInvokeConfigCommandInput; before: Partial<Settings> },
) {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = input;
  const settings: Settings = {
    ...before,
    ...(MaximumRetryAttempts !== undefined && { maxRetries: MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { maxAgeSeconds: MaximumEventAgeInSeconds }),
    modifiedAtMs: engine.clock(),
  };
  await saveFunction(engine, { ...record, eventInvoke: settings });
  return describe(record, settings);
}

function describe({ arn }: FunctionRecord, settings: Settings): FunctionEventInvokeConfig {
  const { maxRetries, maxAgeSeconds, modifiedAtMs } = settings;
  return {
    FunctionArn: `${arn}:$LATEST`,
    LastModified: new Date(modifiedAtMs),
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    ...(maxRetries !== undefined && { MaximumRetryAttempts: maxRetries }),
    ...(maxAgeSeconds !== undefined && { MaximumEventAgeInSeconds: maxAgeSeconds }),
  };
}

function putConfig(input: PutFunctionEventInvokeConfigCommandInput, call: Call) {
  checkSettings(input);
  return save(call.engine, requireOwner(input, call), { input, before: {} });
}

function updateConfig(input: UpdateFunctionEventInvokeConfigCommandInput, call: Call) {
  checkSettings(input);
  const { name } = readTarget(call.engine, call.region, input);
  requireOwner({ FunctionName: name }, call);
  const { record, settings } = requireConfig(input, call);
  return save(call.engine, record, { input, before: settings });
}

function getConfig(input: GetFunctionEventInvokeConfigCommandInput, call: Call) {
  const { record, settings } = requireConfig(input, call);
  return describe(record, settings);
}

async function deleteConfig(input: DeleteFunctionEventInvokeConfigCommandInput, call: Call) {
  const { eventInvoke: _, ...record } = requireConfig(input, call).record;
  await saveFunction(call.engine, record);
}

function listConfigs(input: ListFunctionEventInvokeConfigsCommandInput, call: Call) {
  const record = requireOwner({ FunctionName: input.FunctionName }, call);
  const configs = record.eventInvoke ? [describe(record, record.eventInvoke)] : [];
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

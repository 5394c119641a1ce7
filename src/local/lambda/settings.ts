import {
  ApplicationLogLevel,
  LogFormat,
  type LoggingConfig,
  SystemLogLevel,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import { trusts } from '../iam/policy.ts';
import { findRole } from '../iam/roles.ts';
import { AwsError } from '../service.ts';
import { type FunctionRecord, usualLevels } from './functions.ts';
import { readNodeOptions } from './runtime/node-options.ts';

/** What both creating and updating a function may set. */
type SettingsInput = Pick<
  UpdateFunctionConfigurationCommandInput,
  | 'Role'
  | 'Runtime'
  | 'Handler'
  | 'Description'
  | 'Timeout'
  | 'MemorySize'
  | 'Environment'
  | 'TracingConfig'
  | 'EphemeralStorage'
  | 'LoggingConfig'
  | 'DeadLetterConfig'
  | 'FileSystemConfigs'
  | 'ImageConfig'
  | 'KMSKeyArn'
  | 'Layers'
  | 'SnapStart'
  | 'VpcConfig'
  | 'CapacityProviderConfig'
  | 'DurableConfig'
>;

export type FunctionSettings = Pick<
  FunctionRecord,
  | 'roleArn'
  | 'runtime'
  | 'handler'
  | 'description'
  | 'timeoutSeconds'
  | 'memoryMb'
  | 'environment'
  | 'tracing'
  | 'ephemeralStorageMb'
  | 'logging'
>;

const nodeRuntimes = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];
const maxEnvironmentBytes = 4_096;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved environment variables" */
const reservedVariables =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)))$/;

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);

function outOfRange(member: string, value: unknown, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
    { statusCode: 400 },
  );
}

/** The settings given, over those that hold. Throws AwsError InvalidParameterValueException, ValidationException. */
export function readSettings(engine: Engine, input: SettingsInput, before: FunctionSettings): FunctionSettings {
  const settings: FunctionSettings = {
    roleArn: input.Role ?? before.roleArn,
    runtime: input.Runtime ?? before.runtime,
    handler: input.Handler ?? before.handler,
    description: input.Description ?? before.description,
    timeoutSeconds: input.Timeout ?? before.timeoutSeconds,
    memoryMb: input.MemorySize ?? before.memoryMb,
    environment: input.Environment ? { ...input.Environment.Variables } : before.environment,
    tracing: input.TracingConfig?.Mode ?? before.tracing,
    ephemeralStorageMb: input.EphemeralStorage?.Size ?? before.ephemeralStorageMb,
    logging: input.LoggingConfig ? readLogging(input.LoggingConfig, before.logging) : before.logging,
  };
  refuseUnserved({
    'dead-letter queues (DeadLetterConfig)': input.DeadLetterConfig?.TargetArn,
    'file systems (FileSystemConfigs)': input.FileSystemConfigs?.length,
    'container images (ImageConfig)': input.ImageConfig,
    'customer-managed keys (KMSKeyArn)': input.KMSKeyArn,
    'layers (Layers)': input.Layers?.length,
    'SnapStart (SnapStart)': input.SnapStart?.ApplyOn === 'PublishedVersions',
    'capacity providers (CapacityProviderConfig)': input.CapacityProviderConfig,
    'durable executions (DurableConfig)': input.DurableConfig,
    'networks (VpcConfig)': input.VpcConfig?.SubnetIds?.length || input.VpcConfig?.SecurityGroupIds?.length,
  });
  if (input.Role !== undefined) checkRole(engine, settings.roleArn);
  if (input.Runtime !== undefined) checkRuntime(settings.runtime);
  checkFigures(settings);
  return settings;
}

function readLogging(input: LoggingConfig, before: FunctionSettings['logging']): FunctionSettings['logging'] {
  const { LogFormat: format = before.format, LogGroup: group = before.group } = input;
  const { application: oldApplication, system: oldSystem } = before.levels ?? usualLevels;
  const { ApplicationLogLevel: application, SystemLogLevel: system } = input;
  checkEnum('loggingConfig.logFormat', format, LogFormat);
  checkEnum('loggingConfig.applicationLogLevel', application, ApplicationLogLevel);
  checkEnum('loggingConfig.systemLogLevel', system, SystemLogLevel);
  if (format === 'JSON') {
    return { format, group, levels: { application: application ?? oldApplication, system: system ?? oldSystem } };
  }
  if (application === undefined && system === undefined) return { format, group };
  // As aws/aws-cdk#28045 quotes it.
  throw invalid(
    'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
  );
}

/** `allowed`: one of the SDK's enum objects. */
function checkEnum(member: string, value: string | undefined, allowed: Record<string, string>): void {
  if (value === undefined || Object.values(allowed).includes(value)) return;
  throw outOfRange(member, value, `Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`);
}

/** What AWS would do and the runtime here does not is refused where it is asked for. */
export function refuseUnserved(wanted: Record<string, unknown>): void {
  const [name] = Object.entries(wanted).find(([, asked]) => asked) ?? [];
  if (name !== undefined) throw invalid(`This endpoint does not serve ${name}.`);
}

function checkRole(engine: Engine, arn: string): void {
  if (!/^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/.test(arn)) {
    throw outOfRange(
      'role',
      arn,
      'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    );
  }
  const role = findRole(engine, arn);
  const assumable = role && engine.clock() >= role.assumableAtMs && trusts(role.trustPolicy, 'lambda.amazonaws.com');
  if (!assumable) throw invalid('The role defined for the function cannot be assumed by Lambda.');
}

function checkRuntime(runtime: string): void {
  if (nodeRuntimes.includes(runtime)) return;
  const old = /^(nodejs(\d\d?)\.x|nodejs[\d.]*|python[23]\.[0-8]|ruby2\.\d|java8|go1\.x|dotnet\w*)$/.exec(runtime);
  if (old && Number(old[2] ?? 0) < 20) {
    throw invalid(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw invalid(`This endpoint runs functions for Node.js only (${nodeRuntimes.join(', ')}), not ${runtime}.`);
}

function checkFigures(settings: FunctionSettings): void {
  const { memoryMb, timeoutSeconds, handler, environment, ephemeralStorageMb } = settings;
  if (memoryMb < 128) throw outOfRange('memorySize', memoryMb, 'Member must have value greater than or equal to 128');
  if (memoryMb > 10_240) throw outOfRange('memorySize', memoryMb, 'Member must have value less than or equal to 10240');
  if (timeoutSeconds < 1)
    throw outOfRange('timeout', timeoutSeconds, 'Member must have value greater than or equal to 1');
  if (timeoutSeconds > 900)
    throw outOfRange('timeout', timeoutSeconds, 'Member must have value less than or equal to 900');
  if (ephemeralStorageMb < 512 || ephemeralStorageMb > 10_240) {
    throw outOfRange('ephemeralStorage.size', ephemeralStorageMb, 'Member must have value between 512 and 10240');
  }
  if (!/^\S{1,128}$/.test(handler)) {
    throw outOfRange('handler', handler, 'Member must satisfy regular expression pattern: [^\\s]+');
  }
  checkEnvironment(environment);
}

function checkEnvironment(environment: Record<string, string>): void {
  const names = Object.keys(environment);
  const odd = names.find((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (odd !== undefined) {
    throw outOfRange(
      'environment.variables',
      `{${odd}=…}`,
      'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
    );
  }
  if (Object.values(environment).some((value) => value.includes('\0'))) {
    throw invalid('Environment variables cannot hold a NUL character.');
  }
  const [option] = readNodeOptions(environment.NODE_OPTIONS).unserved;
  refuseUnserved({
    [`the option ${option} in NODE_OPTIONS`]: option,
    'wrapper scripts (AWS_LAMBDA_EXEC_WRAPPER)': environment.AWS_LAMBDA_EXEC_WRAPPER,
  });
  const reserved = names.filter((name) => reservedVariables.test(name));
  if (reserved.length > 0) {
    throw invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (names.length > 0 && bytes > maxEnvironmentBytes) {
    throw invalid(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
}

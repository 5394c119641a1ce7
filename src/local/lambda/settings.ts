import { type LoggingConfig, Runtime, type UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import { trusts } from '../iam/policy.ts';
import { findRole } from '../iam/roles.ts';
import { AwsError } from '../service.ts';
import { describeRule, violationError } from '../wire/violations.ts';
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
  | 'hasEnvironment'
  | 'tracing'
  | 'ephemeralStorageMb'
  | 'logging'
>;

const nodeRuntimes = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];
const pythonRuntimes = ['python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'];
const servedRuntimes = [...nodeRuntimes, ...pythonRuntimes];
const maxEnvironmentBytes = 4_096;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Reserved environment variables" */
const reservedVariables =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)))$/;

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);

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
    ...(input.Environment?.Variables && { hasEnvironment: true }),
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
    'networks (VpcConfig)':
      input.VpcConfig?.SubnetIds?.length ||
      input.VpcConfig?.SecurityGroupIds?.length ||
      input.VpcConfig?.Ipv6AllowedForDualStack,
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
  if (format === 'JSON') {
    return { format, group, levels: { application: application ?? oldApplication, system: system ?? oldSystem } };
  }
  if (application === undefined && system === undefined) return { format, group };
  // As aws/aws-cdk#28045 quotes it.
  throw invalid(
    'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
  );
}

/** What AWS would do and the runtime here does not is refused where it is asked for. */
export function refuseUnserved(wanted: Record<string, unknown>): void {
  const [name] = Object.entries(wanted).find(([, asked]) => asked) ?? [];
  if (name !== undefined) throw invalid(`This endpoint does not serve ${name}.`);
}

function checkRole(engine: Engine, arn: string): void {
  const role = findRole(engine, arn);
  const assumable =
    role &&
    !engine.simulation.lasts('iam.role-assumable', role.assumableAtMs) &&
    trusts(role.trustPolicy, { service: 'lambda.amazonaws.com' });
  if (!assumable) throw invalid('The role defined for the function cannot be assumed by Lambda.');
}

/** What Lambda takes, in its own order (recorded in January 2026). */
const runtimesOfAws =
  'nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2';

function checkRuntime(runtime: string): void {
  if (servedRuntimes.includes(runtime)) return;
  if (runtimesOfAws.split(', ').includes(runtime)) {
    throw invalid(
      `This endpoint runs functions for Node.js and Python only (${servedRuntimes.join(', ')}), not ${runtime}.`,
    );
  }
  if (Object.values<string>(Runtime).includes(runtime)) {
    throw invalid(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  throw invalid(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimesOfAws}] or be a valid ARN`,
  );
}

/** Bounds that the models leave open, for functions that are none of ours. */
function checkFigures({ memoryMb, timeoutSeconds, environment }: FunctionSettings): void {
  const atMost = (at: string, value: number, bound: number) => {
    if (value <= bound) return;
    const rule = describeRule({ kind: 'value-max', bound }, {});
    throw violationError({ code: 'ValidationException' }, [{ at, value, rule }]);
  };
  atMost('memorySize', memoryMb, 10_240);
  atMost('timeout', timeoutSeconds, 900);
  checkEnvironment(environment);
}

function checkEnvironment(environment: Record<string, string>): void {
  const names = Object.keys(environment);
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
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(environment)}`,
    );
  }
}

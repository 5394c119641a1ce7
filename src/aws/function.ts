import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  type Architecture,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  LambdaClient,
  type Runtime,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { Change } from '../change.ts';
import { DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing, isRoleNotReady } from './errors.ts';
import { differences, type OnWait, type Resource, type Tagged, type Tagging, type Tags } from './resource.ts';
import { rememberedText, textTags } from './tag-text.ts';
import { waitFor } from './wait.ts';

export interface DesiredFunction {
  name: string;
  roleArn: string;
  runtime: string;
  architecture: string;
  handler: string;
  memoryMb: number;
  timeoutSeconds: number;
  tracing: boolean;
  environment: Record<string, string>;
  /** Variables whose values are not to be shown. */
  secrets: readonly string[];
  /** The zip is made when it is needed, beside the first reads. */
  code: () => Promise<{ zip: Uint8Array; sha256: string }>;
  /** Base64 SHA-256 of the zip, as Lambda tells it. */
  codeSha256: string;
  tags: Tags;
}

export interface ActualFunction extends Tagged, Omit<DesiredFunction, 'secrets' | 'code'> {
  /** How many invocations may run at once; null: as many as the account allows. */
  reservedConcurrency: number | null;
  /** ARNs of versions. */
  layers: string[];
  logging: { format: string; logGroup: string };
}

const limitMs = 300_000;

async function read(aws: Aws, { name }: { name: string }): Promise<ActualFunction | undefined> {
  const found = await aws.call(LambdaClient, new GetFunctionCommand({ FunctionName: name })).catch(ignoreMissing);
  if (!found?.Configuration) return undefined;
  const { ReservedConcurrentExecutions: reservedConcurrency = null } = found.Concurrency ?? {};
  return { ...actual(found.Configuration, found.Tags ?? {}), reservedConcurrency };
}

function actual(configuration: FunctionConfiguration, tags: Tags): ActualFunction {
  const { FunctionName: name = '', Layers: layers = [], LoggingConfig: logging } = configuration;
  return {
    id: configuration.FunctionArn ?? '',
    name,
    tags,
    roleArn: configuration.Role ?? '',
    runtime: configuration.Runtime ?? '',
    architecture: configuration.Architectures?.[0] ?? 'x86_64',
    handler: configuration.Handler ?? '',
    memoryMb: configuration.MemorySize ?? 0,
    timeoutSeconds: configuration.Timeout ?? 0,
    tracing: configuration.TracingConfig?.Mode === 'Active',
    environment: configuration.Environment?.Variables ?? {},
    codeSha256: configuration.CodeSha256 ?? '',
    reservedConcurrency: null,
    layers: layers.map(({ Arn = '' }) => Arn),
    logging: {
      format: logging?.LogFormat ?? usualLogging(name).format,
      logGroup: logging?.LogGroup ?? usualLogging(name).logGroup,
    },
  };
}

const usualLogging = (name: string) => ({ format: 'Text' as const, logGroup: `/aws/lambda/${name}` });

const isCodeProperty = (property: string) => property === 'codeSha256' || property === 'architecture';

function compare(desired: DesiredFunction, found: ActualFunction): Change[] {
  const { roleArn, runtime, handler, memoryMb, timeoutSeconds, tracing, codeSha256, architecture } = desired;
  const configured = { roleArn, runtime, handler, memoryMb, timeoutSeconds, tracing };
  const usual = { layers: [], logging: usualLogging(desired.name), reservedConcurrency: null };
  return [
    ...differences({ codeSha256, architecture, ...configured, ...usual }, { ...found }),
    ...differences({ environment: desired.environment }, { environment: found.environment }).map((change) => ({
      ...change,
      from: withoutSecrets(found.environment, possibleSecrets(desired, found)),
      to: withoutSecrets(desired.environment, desired.secrets),
    })),
  ];
}

const secretsTag = 'dynops:secrets';

/** The names of the variables whose values are not to be shown: still known once the service says their values openly. */
export const secretTags = (names: readonly string[]): Tags =>
  names.length === 0 ? {} : textTags(secretsTag, names.join(' '));

/** Of the variables that stand, those whose values are secrets or may be: what is asked for no more, or was made by somebody else. */
function possibleSecrets(desired: DesiredFunction, { environment, tags }: ActualFunction): string[] {
  const names = Object.keys(environment);
  if (tags['dynops:stack'] !== desired.tags['dynops:stack']) return names;
  const others = names.filter((name) => !Object.hasOwn(desired.environment, name));
  return [...desired.secrets, ...others, ...(rememberedText(tags, secretsTag)?.split(' ') ?? [])];
}

function withoutSecrets(environment: Record<string, string>, secrets: readonly string[]): Record<string, string> {
  const shown = Object.entries(environment).map(([name, value]) => [name, secrets.includes(name) ? '(secret)' : value]);
  return Object.fromEntries(shown);
}

export const functionDescription = 'DynamoDB operations behind an API, made by dynops';

async function create(aws: Aws, desired: DesiredFunction, onWait: OnWait): Promise<ActualFunction> {
  const { zip } = await desired.code();
  const made = await untilRoleIsReady(aws, desired, onWait, () =>
    aws.call(
      LambdaClient,
      new CreateFunctionCommand({
        FunctionName: desired.name,
        Architectures: [desired.architecture as Architecture],
        Code: { ZipFile: zip },
        Description: functionDescription,
        Tags: desired.tags,
        ...configuration(desired),
        // AWS tells an empty environment as one, which Terraform would take away.
        ...(Object.keys(desired.environment).length === 0 && { Environment: undefined }),
      }),
    ),
  );
  succeeded(await untilReady(aws, desired.name, onWait));
  return actual(made, desired.tags);
}

function configuration(desired: DesiredFunction) {
  return {
    Role: desired.roleArn,
    Runtime: desired.runtime as Runtime,
    Handler: desired.handler,
    MemorySize: desired.memoryMb,
    Timeout: desired.timeoutSeconds,
    Environment: { Variables: desired.environment },
    TracingConfig: { Mode: desired.tracing ? ('Active' as const) : ('PassThrough' as const) },
  };
}

async function update(
  aws: Aws,
  options: { desired: DesiredFunction; actual: ActualFunction; changes: Change[]; onWait: OnWait },
): Promise<ActualFunction> {
  const { desired, changes, onWait } = options;
  const FunctionName = desired.name;
  let ready = await untilReady(aws, FunctionName, onWait);
  if (changes.some(({ property }) => isCodeProperty(property))) {
    const { zip } = await desired.code();
    const Architectures = [desired.architecture as Architecture];
    await aws.call(LambdaClient, new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip, Architectures }));
    ready = succeeded(await untilReady(aws, FunctionName, onWait));
  }
  const differs = (name: keyof ActualFunction) => changes.some(({ property }) => property === name);
  if (changes.some(({ property }) => !isCodeProperty(property) && property !== 'reservedConcurrency')) {
    const { format: LogFormat, logGroup: LogGroup } = usualLogging(FunctionName);
    const input = {
      FunctionName,
      ...configuration(desired),
      ...(differs('layers') && { Layers: [] }),
      ...(differs('logging') && { LoggingConfig: { LogFormat, LogGroup } }),
    };
    await untilRoleIsReady(aws, desired, onWait, () =>
      aws.call(LambdaClient, new UpdateFunctionConfigurationCommand(input)),
    );
    ready = succeeded(await untilReady(aws, FunctionName, onWait));
  }
  if (differs('reservedConcurrency'))
    await aws.call(LambdaClient, new DeleteFunctionConcurrencyCommand({ FunctionName }));
  return actual(ready, options.actual.tags);
}

async function remove(aws: Aws, { name }: { name: string }): Promise<void> {
  await aws.call(LambdaClient, new DeleteFunctionCommand({ FunctionName: name })).catch(ignoreMissing);
}

/** Repeats while Lambda does not know the new role yet; IAM says seconds, Terraform has seen minutes. */
function untilRoleIsReady<Answer extends object>(
  aws: Aws,
  desired: DesiredFunction,
  onWait: OnWait,
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  const RoleName = desired.roleArn.split('/').at(-1) ?? '';
  let attempts = 0;
  return waitFor(aws, {
    reason: `the role ${RoleName} is not yet assumable by Lambda`,
    limitMs,
    onWait,
    async ask() {
      attempts += 1;
      // Lambda says of a role that was deleted what it says of a new one.
      if (attempts % 16 === 0) await aws.call(IAMClient, new GetRoleCommand({ RoleName }));
      return attempt().catch((error: unknown) => {
        if (isRoleNotReady(error)) return undefined;
        throw error;
      });
    },
  });
}

export const isBusy = ({ State, LastUpdateStatus }: FunctionConfiguration) =>
  State === 'Pending' || LastUpdateStatus === 'InProgress';

/** Lambda accepts a change first and may find later that it cannot carry it out. */
export function succeeded(configuration: FunctionConfiguration): FunctionConfiguration {
  const { FunctionName, State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = configuration;
  if (State !== 'Failed' && LastUpdateStatus !== 'Failed') return configuration;
  throw new DynopsError({
    code: 'FunctionFailed',
    message: `Lambda could not bring the function ${FunctionName} up to date: ${LastUpdateStatusReason ?? StateReason}`,
  });
}

/** Neither Pending nor being updated. */
function untilReady(aws: Aws, name: string, onWait: OnWait): Promise<FunctionConfiguration> {
  return waitFor(aws, {
    reason: `the function ${name} is not ready yet`,
    limitMs,
    onWait,
    async ask() {
      const { Configuration } = await aws.call(LambdaClient, new GetFunctionCommand({ FunctionName: name }));
      return Configuration && !isBusy(Configuration) ? Configuration : undefined;
    },
  });
}

const tagging: Tagging<ActualFunction> = {
  set: (aws, { id }, tags) => aws.call(LambdaClient, new TagResourceCommand({ Resource: id, Tags: tags })),
  remove: (aws, { id }, keys) => aws.call(LambdaClient, new UntagResourceCommand({ Resource: id, TagKeys: keys })),
};

export const lambdaFunction: Resource<DesiredFunction, ActualFunction> = {
  read,
  compare,
  create,
  update,
  remove,
  tagging,
};

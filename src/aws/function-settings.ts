import {
  type Architecture,
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { isMissing, isUnsupported } from './errors.ts';
import { isBusy, succeeded } from './function.ts';
import { waitFor } from './wait.ts';

/** How a function is configured, as far as speed and cost depend on it. */
export interface FunctionSettings {
  name: string;
  memoryMb: number;
  architecture: 'arm64' | 'x86_64';
  runtime: string;
  timeoutSeconds: number;
  tracing: boolean;
}

const readyLimitMs = 300_000;

/** Throws `StackAbsent` when there is no such function. */
export async function readFunctionSettings(aws: Aws, name: string): Promise<FunctionSettings> {
  try {
    return settingsOf(await aws.call(LambdaClient, new GetFunctionConfigurationCommand({ FunctionName: name })));
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DynopsError({
      code: 'StackAbsent',
      message: `The function ${name} does not exist.`,
      cause: error,
    });
  }
}

/** Of the code that the function has now; in base64. */
export async function codeSha256(aws: Aws, name: string): Promise<string | undefined> {
  const found = await aws.call(LambdaClient, new GetFunctionConfigurationCommand({ FunctionName: name }));
  return found.CodeSha256;
}

/** Puts other code there, and waits until new invocations run it. */
export async function replaceCode(aws: Aws, name: string, zip: Uint8Array): Promise<void> {
  await untilReady(aws, name);
  await aws.call(LambdaClient, new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip }));
  succeeded(await untilReady(aws, name));
}

/**
 * Changes memory and architecture and waits until new invocations run so. The stack's tags keep what the stack asks
 * for, so `up` puts back what a broken-off experiment left. `zip`: the code, which Lambda wants with an architecture.
 */
export async function changeFunctionSettings(
  aws: Aws,
  name: string,
  to: { memoryMb: number; architecture: FunctionSettings['architecture']; zip: () => Promise<Uint8Array> },
): Promise<FunctionSettings> {
  const FunctionName = name;
  let ready = await untilReady(aws, name);
  const now = settingsOf(ready);
  if (now.architecture !== to.architecture) {
    const Architectures = [to.architecture satisfies Architecture];
    await aws.call(
      LambdaClient,
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await to.zip(), Architectures }),
    );
    ready = succeeded(await untilReady(aws, name));
  }
  if (now.memoryMb !== to.memoryMb) {
    await aws.call(LambdaClient, new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize: to.memoryMb }));
    ready = succeeded(await untilReady(aws, name));
  }
  return settingsOf(ready);
}

/** How many invocations of the account may run at once; undefined where the endpoint does not say. */
export async function accountConcurrency(aws: Aws): Promise<number | undefined> {
  try {
    const { AccountLimit } = await aws.call(LambdaClient, new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions;
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}

function untilReady(aws: Aws, name: string): Promise<FunctionConfiguration> {
  return waitFor(aws, {
    reason: `the function ${name} is being updated`,
    limitMs: readyLimitMs,
    onWait: () => undefined,
    async ask() {
      const found = await aws.call(LambdaClient, new GetFunctionConfigurationCommand({ FunctionName: name }));
      return isBusy(found) ? undefined : found;
    },
  });
}

function settingsOf(configuration: FunctionConfiguration): FunctionSettings {
  return {
    name: configuration.FunctionName ?? '',
    memoryMb: configuration.MemorySize ?? 0,
    architecture: configuration.Architectures?.[0] === 'arm64' ? 'arm64' : 'x86_64',
    runtime: configuration.Runtime ?? '',
    timeoutSeconds: configuration.Timeout ?? 0,
    tracing: configuration.TracingConfig?.Mode === 'Active',
  };
}

import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Target } from '../endpoint/target.ts';
import type { Environment } from '../environment.ts';
import { DynopsError } from '../errors.ts';
import { profileCredentials } from './credentials.ts';
import {
  isAnswerLost,
  isClockCorrected,
  isConcurrentChange,
  isThrottled,
  isUnsent,
  lastingFailure,
  translate,
} from './errors.ts';
import { type Exchanger, withinSize, withinTime } from './exchange-limit.ts';

/** One attempt at an AWS call, as `--debug` shows it. Inputs and outputs are not in it: they may hold secrets. */
export interface CallRecord {
  service: string;
  operation: string;
  /** From 1. */
  attempt: number;
  ms: number;
  requestId: string | undefined;
  /** AWS's name of the error. */
  error: string | undefined;
}
export type OnCall = (call: CallRecord) => void;

interface SdkClient {
  send(command: never): Promise<unknown>;
  config: { serviceId: string; requestHandler: Exchanger };
}
type ClientConstructor<Client> = new (config: never) => Client;
/** What an SDK command's type says about its answer. */
type OutputOf<Command> = Command extends {
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }>;
}
  ? Output
  : never;

export interface Caller {
  /**
   * Makes an AWS call under the one retry policy. Throws DynopsError with AWS's name and request id.
   * `once`: the operation makes something without a unique name, so an attempt whose outcome is unknown is not
   * repeated but thrown as `AnswerLost`, for the caller to look what stands.
   * `workMs`: how long what is asked for may take, beyond what every answer has.
   */
  call<Client extends SdkClient, Command extends object>(
    client: ClientConstructor<Client>,
    command: Command,
    options?: { once?: boolean; workMs?: number },
  ): Promise<OutputOf<Command>>;
  /** Waits, cut short when the signal is aborted (then throws its reason). */
  pause(ms: number): Promise<void>;
  clock(): number;
  signal: AbortSignal;
  /** Says of proxies and authorities. */
  env: Environment;
}

/** After this many attempts in a row that reached nobody, or a server that fails, the failure is taken as lasting. */
const maxFailedAttempts = 6;
/** Throttling passes; but a limit that does not let one call through in this time is not one to wait for. */
const throttledForMs = 180_000;
const firstDelayMs = 100;
const maxDelayMs = 2_000;
/** A connection on which nothing comes for so long is dead. The SDK's own default is to wait for ever. */
const longestSilenceMs = 60_000;
const connectMs = 10_000;
/** One that never ends is not silent. AWS's longest answer is 6 MB. */
const longestExchangeMs = 120_000;

/**
 * An endpoint is called as it is written: with what the environment says of AWS's own ones (AWS_USE_FIPS_ENDPOINT), the SDK refuses it.
 * Each setting that is not given here is looked for in the environment and in files, by every client.
 */
const asWritten = { useFipsEndpoint: false, useDualstackEndpoint: false, authSchemePreference: [] };

export function createCaller(options: {
  target: Target;
  signal: AbortSignal;
  onCall?: OnCall | undefined;
  clock?: () => number;
  sleep?: (ms: number) => Promise<void>;
  silenceMs?: number;
  exchangeMs?: number;
  env?: Environment | undefined;
  /** The connections that leave this machine; undefined: the SDK's own. */
  agents?: { httpAgent: HttpAgent; httpsAgent: HttpsAgent } | undefined;
}): Caller {
  const { target, signal, onCall, clock = Date.now, env = {} } = options;
  const { silenceMs = longestSilenceMs, exchangeMs = longestExchangeMs } = options;
  const credentials = target.credentials ?? profileCredentials(target, { env, signal });
  const clients = new Map<number, Map<unknown, SdkClient>>();

  /** The bounds in time are a client's, not a call's. */
  function clientOf<Made extends SdkClient>(Client: ClientConstructor<Made>, workMs: number): Made {
    const alike = clients.get(workMs) ?? new Map<unknown, SdkClient>();
    clients.set(workMs, alike);
    let client = alike.get(Client);
    if (!client) {
      const config = {
        region: target.region,
        // Retries are made below, by one policy that knows which calls must not be repeated.
        maxAttempts: 1,
        retryMode: 'standard',
        requestHandler: { connectionTimeout: connectMs, socketTimeout: silenceMs + workMs, ...options.agents },
        ...(target.endpoint && { endpoint: target.endpoint, ...asWritten }),
        ...(credentials && { credentials }),
        ...(target.profile && { profile: target.profile }),
      };
      // Every SDK client takes these; their config types differ only in what we do not set.
      client = new Client(config as never);
      withinTime(client.config.requestHandler, exchangeMs + workMs);
      withinSize(client.config.requestHandler);
      alike.set(Client, client);
    }
    return client as Made;
  }

  async function pause(ms: number): Promise<void> {
    signal.throwIfAborted();
    if (options.sleep) await options.sleep(ms);
    else await sleepFor(ms, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }

  return {
    clock,
    signal,
    env,
    pause,
    async call(Client, command, { once = false, workMs = 0 } = {}) {
      const client = clientOf(Client, workMs);
      const service = client.config.serviceId;
      const operation = command.constructor.name.replace(/Command$/, '');
      const startedAtMs = clock();
      let failures = 0;
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        const attemptAtMs = clock();
        try {
          const output = (await client.send(command as never)) as { $metadata?: { requestId?: string } };
          const requestId = output.$metadata?.requestId;
          onCall?.({ service, operation, attempt, ms: clock() - attemptAtMs, requestId, error: undefined });
          return output as never;
        } catch (cause) {
          const error = translate(cause, { service, operation, target });
          const { code, requestId } = error;
          onCall?.({ service, operation, attempt, ms: clock() - attemptAtMs, requestId, error: code });
          if (attempt === 1 && isClockCorrected(error)) continue;
          if (isThrottled(error) || isConcurrentChange(error)) {
            failures = 0;
            if (clock() - startedAtMs > throttledForMs || (!isThrottled(error) && attempt > 30)) throw error;
          } else if (isAnswerLost(error)) {
            // It has taken a minute or two already.
            failures += error.code === 'TimeoutError' ? maxFailedAttempts / 2 : 1;
            if (once && !isUnsent(error)) throw lost(error, operation);
            if (failures >= maxFailedAttempts) throw lastingFailure(error, attempt);
          } else throw error;
          await pause(backoffMs(attempt));
        }
      }
    },
  };
}

/** Exponential, with jitter so that two commands that met do not meet again. */
function backoffMs(attempt: number): number {
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
  return ceiling * (0.5 + Math.random() / 2);
}

function lost(cause: DynopsError, operation: string): DynopsError {
  return new DynopsError({
    code: 'AnswerLost',
    message: `${operation} was sent, but its answer did not arrive: ${cause.message}`,
    requestId: cause.requestId,
    cause,
  });
}

import { usageError } from '../../errors.ts';
import type { LoadModel } from '../../measure/load/generator.ts';
import { type Profile, type ProfileName, type ProfileShape, profileOf } from '../../measure/load/profile.ts';
import { compileScenario, parseScenario, type Scenario, singleRequest } from '../../measure/load/scenario.ts';
import { parseCsv } from '../../measure/load/template.ts';
import { readArgument, readNamed } from '../../session/argument.ts';
import type { Context } from '../../session/command.ts';
import type { Operation } from '../call/request.ts';

/** A part of a run: as a share of it, or as a time. */
export type Stretch = { share: number } | { ms: number };
/** Load before and after the highest: as a share of it, or as users (or requests a second). */
export type Base = { share: number } | { amount: number };

/** What says how a load is; durations in milliseconds. */
export interface ShapeOptions {
  users?: number;
  /** Requests a second: the open model. */
  rate?: number;
  duration?: number;
  profile?: ProfileName;
  ramp?: Stretch;
  base?: Base;
  hold?: Stretch;
  requestTimeout?: number;
}

/** What says what a load sends. */
export interface RequestOptions {
  operation?: Operation;
  /** JSON with variables, `@FILE` or `-`. */
  payload?: string;
  /** `@FILE` or a file's name: a scenario, or a Postman collection. */
  scenario?: string;
  /** A CSV file. */
  data?: string;
}

export interface Shape {
  model: LoadModel;
  profileName: ProfileName;
  profileShape: Partial<ProfileShape>;
  profile: Profile;
  durationMs: number;
  requestTimeoutMs: number;
}

const defaultUsers = 10;
/** The open model needs room for slow answers; AWS gives a new account about as many concurrent invocations. */
const defaultConnections = 500;
const defaultDurationMs = 60_000;
/** API Gateway ends an integration after 29 s. */
const defaultTimeoutMs = 30_000;

export function shapeOf(options: ShapeOptions): Shape {
  const { users, rate, profile: profileName = 'fixed', duration: durationMs = defaultDurationMs } = options;
  const model: LoadModel =
    rate === undefined
      ? { kind: 'closed', users: users ?? defaultUsers }
      : { kind: 'open', ratePerSecond: rate, maxConnections: users ?? defaultConnections };
  const highest = model.kind === 'closed' ? model.users : model.ratePerSecond;
  const profileShape = {
    ...(options.base && { base: 'share' in options.base ? options.base.share : options.base.amount / highest }),
    ...(options.ramp && { ramp: shareOf(options.ramp, durationMs) }),
    ...(options.hold && { hold: shareOf(options.hold, durationMs) }),
  };
  if ((profileShape.base ?? 0) > 1) throw usageError('--base is more than the highest load.');
  if (profileName === 'fixed' && Object.keys(profileShape).length > 0) {
    throw usageError('--ramp, --base and --hold bend a profile.', 'Add --profile ramp-up, spike or peak.');
  }
  const profile = orUsage(() => profileOf(profileName, profileShape), '--profile');
  return {
    model,
    profileName,
    profileShape,
    profile,
    durationMs,
    requestTimeoutMs: options.requestTimeout ?? defaultTimeoutMs,
  };
}

/** Reads and checks what is to be sent, before anything is. */
export async function scenarioOf(
  context: Context,
  options: RequestOptions,
  place: { apiUrl: string; tableName: string },
): Promise<Scenario> {
  const { operation, payload, scenario, data } = options;
  if (scenario !== undefined && (operation !== undefined || payload !== undefined)) {
    throw usageError('--scenario says what is sent; leave out --operation and --payload.');
  }
  const rows = data === undefined ? [] : orUsage(parseCsvOf(await readNamed(data, '--data', context)), '--data');
  if (data !== undefined && rows.length === 0) throw usageError(`--data: ${data} has no rows.`);
  if (scenario !== undefined) {
    const text = await readNamed(scenario, '--scenario', context);
    return orUsage(() => compileScenario(parseScenario(text, place), rows), '--scenario');
  }
  const name = operation ?? 'echo';
  const text = payload === undefined ? defaultPayload(name) : await readArgument(payload, '--payload', context);
  const body = singleRequest(name, text, place.tableName);
  return orUsage(() => compileScenario([{ name, weight: undefined, body }], rows), '--payload');
}

/** Payloads that do no harm when they are sent a million times. */
function defaultPayload(operation: Operation): string | undefined {
  switch (operation) {
    case 'ping':
      return undefined;
    case 'echo':
      return '{"sentAt":{{$timestamp}},"id":"{{$uuid}}"}';
    case 'list':
      return '{"Limit":10}';
    case 'create':
      return '{"Item":{"id":"dynops-load-{{$randomInt}}","value":"{{$uuid}}"}}';
    default:
      return '{"Key":{"id":"dynops-load-{{$randomInt}}"}}';
  }
}

const parseCsvOf = (text: string) => () => parseCsv(text);

function shareOf(stretch: Stretch, durationMs: number): number {
  return 'share' in stretch ? stretch.share : stretch.ms / durationMs;
}

function orUsage<Value>(make: () => Value, option: string): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw usageError(`${option}: ${error.message}`);
    throw error;
  }
}

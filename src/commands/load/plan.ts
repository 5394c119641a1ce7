import { stageUrl } from '../../aws/api-address.ts';
import { usageError } from '../../errors.ts';
import type { LoadModel } from '../../measure/load/generator.ts';
import {
  type Profile,
  type ProfileName,
  type ProfileShape,
  profileOf,
  type Stage,
  stagedProfile,
} from '../../measure/load/profile.ts';
import { compileScenario, type RequestSpec, type Scenario } from '../../measure/load/scenario.ts';
import { parseCsv } from '../../measure/load/template.ts';
import { noRoute, operationRoute, routeOf } from '../../service/routes.ts';
import { readArgument, readNamed } from '../../session/argument.ts';
import type { Context } from '../../session/command.ts';
import { stackNames } from '../../stack/names.ts';
import { type Route, routeName } from '../../stack/service.ts';
import { isJson } from '../call/json-text.ts';
import { type Operation, usesTable } from '../call/operations.ts';
import { bodyText } from '../call/request.ts';
import { isCollection, readCollection } from './postman.ts';
import { readScenarioFile, type ScenarioPlace } from './scenario-file.ts';
import { encodedPath, samplePath } from './target-text.ts';

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
  shape?: ProfileName;
  /** The shape was given by `--profile`, as it used to be. */
  shapeByProfile?: boolean;
  ramp?: Stretch;
  base?: Base;
  hold?: Stretch;
  /** Instead of users, duration and profile. */
  stage?: Stage[];
  requestTimeout?: number;
}

/** What says what a load sends. */
export interface RequestOptions {
  operation?: Operation;
  /** One route of a service: `GET /notes/1`. */
  request?: string;
  /** The operation's payload, or the request's body; JSON with variables, `@FILE` or `-`. */
  payload?: string;
  /** `@FILE` or a file's name: a scenario, or a Postman collection. */
  scenario?: string;
  /** A CSV file. */
  data?: string;
}

export interface Shape {
  model: LoadModel;
  profileName: ProfileName | 'stages';
  /** The user's own stages; otherwise empty. */
  stages: readonly Stage[];
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

export function shapeOf(options: ShapeOptions, warn: (line: string) => void = () => undefined): Shape {
  if (options.stage) return stagedShape(options, options.stage);
  if (options.shapeByProfile) {
    warn(
      `--profile ${options.shape} still sets how the load changes, but write --shape ${options.shape}: --profile names AWS credentials.`,
    );
  }
  const { users, rate, shape: profileName = 'fixed', duration: durationMs = defaultDurationMs } = options;
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
    throw usageError(
      '--ramp, --base and --hold only apply to a load that changes.',
      'Add --shape ramp-up, spike or peak.',
    );
  }
  const profile = orUsage(() => profileOf(profileName, profileShape), '--shape');
  return {
    model,
    profileName,
    stages: [],
    profileShape,
    profile,
    durationMs,
    requestTimeoutMs: options.requestTimeout ?? defaultTimeoutMs,
  };
}

function stagedShape(options: ShapeOptions, stages: readonly Stage[]): Shape {
  const { users, rate, duration, shape: named, ramp, base, hold } = options;
  const others = { '--duration': duration, '--shape': named, '--ramp': ramp, '--base': base, '--hold': hold };
  const [other] = Object.entries(others).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  if (other !== undefined) throw usageError(`--stage says how the load changes; leave out ${other}.`);
  const { profile, highest, durationMs } = orUsage(() => stagedProfile(stages), '--stage');
  if (rate === undefined && users !== undefined) throw usageError('--stage says how many users; leave out --users.');
  if (rate !== undefined && rate !== highest) {
    throw usageError(
      `--rate ${rate}/s differs from the highest stage, ${highest}/s.`,
      `Give --rate ${highest}/s: it says that stages are requests a second.`,
    );
  }
  return {
    model:
      rate === undefined
        ? { kind: 'closed', users: highest }
        : { kind: 'open', ratePerSecond: highest, maxConnections: users ?? defaultConnections },
    profileName: 'stages',
    stages,
    profileShape: {},
    profile,
    durationMs,
    requestTimeoutMs: options.requestTimeout ?? defaultTimeoutMs,
  };
}

/** What is sent, and which functions of the service answer it. */
export interface LoadRequests {
  scenario: Scenario;
  functions: readonly string[];
}

/** The files that these options read, by the options' names. */
export const inputFiles = ({ scenario, data, payload }: RequestOptions): Record<string, string | undefined> => ({
  '--scenario': scenario,
  '--data': data,
  '--payload': payload?.startsWith('@') ? payload : undefined,
});

/**
 * Reads and checks what is to be sent, before anything is. Nothing is started for it either: only a collection's addresses take
 * that of the stack.
 */
export async function requestsOf(context: Context, options: RequestOptions): Promise<LoadRequests> {
  const [stack, service] = await Promise.all([context.stack(), context.service({ values: false })]);
  const place = { routes: service.routes, tableName: stackNames(stack, service).table };
  const { data } = options;
  const rows =
    data === undefined ? [] : orUsage(parseCsvOf(await readNamed(data, '--data', context)), `--data ${data}`);
  if (data !== undefined && rows.length === 0) throw usageError(`--data: ${data} has no rows.`);
  const columns = Object.keys(rows[0] ?? {});
  const { specs, option } = await specsOf(context, options, { ...place, columns });
  const answering = specs.map(({ method = 'POST', target = '' }) =>
    routeOf(place.routes, { method, path: samplePath(target) }),
  );
  return {
    scenario: orUsage(() => compileScenario(specs, rows), option),
    functions: [...new Set(answering.flatMap((route) => route?.function ?? []))],
  };
}

async function specsOf(
  context: Context,
  { operation, payload, request, scenario }: RequestOptions,
  place: ScenarioPlace,
): Promise<{ specs: RequestSpec[]; option: string }> {
  if (scenario !== undefined && (operation ?? payload ?? request) !== undefined) {
    throw usageError('--scenario says what is sent; leave out --operation, --request and --payload.');
  }
  if (request !== undefined && operation !== undefined) {
    throw usageError('--request and --operation both say what is sent; leave out one of them.');
  }
  if (scenario !== undefined) {
    const text = await readNamed(scenario, '--scenario', context);
    const document: unknown = isJson(text) ? JSON.parse(text) : undefined;
    if (!isCollection(document))
      return { specs: readScenarioFile(text, scenario.replace(/^@/, ''), place), option: '--scenario' };
    const baseUrl = await stackUrl(context);
    return {
      specs: orUsage(() => readCollection(document, { ...place, baseUrl }), '--scenario'),
      option: '--scenario',
    };
  }
  const given = payload === undefined ? undefined : await readArgument(payload, '--payload', context);
  if (request !== undefined) return { specs: [routeRequest(request, given, place.routes)], option: '--request' };
  const route = operationRoute(place.routes);
  if (!route) {
    const example = place.routes.find(({ method }) => method === 'GET') ?? place.routes[0];
    throw usageError(
      'Nothing says what to send: this service has no route that takes operations.',
      `For example --request ${JSON.stringify(example ? routeName(example) : 'GET /')}, or --scenario FILE.`,
    );
  }
  const name = operation ?? 'echo';
  const body = bodyText(name, usesTable(name) ? place.tableName : undefined, given ?? defaultPayload(name));
  return { specs: [{ name, target: route.path, body }], option: '--payload' };
}

async function stackUrl(context: Context): Promise<string> {
  // First, because opening the target may restart the engine at another address.
  await context.aws();
  return stageUrl((await (await context.session()).standingApi()).outputs.apiUrl);
}

/** `GET /notes?limit=5` */
function routeRequest(text: string, body: string | undefined, routes: readonly Route[]): RequestSpec {
  const [, method = '', path = ''] = /^([A-Za-z]+) (\/[^\s#]*)$/.exec(text) ?? [];
  const asked = { method: method.toUpperCase(), path: samplePath(path) };
  if (!routeOf(routes, asked)) {
    const { message, right } = noRoute(routes, { ...asked, path });
    throw usageError(`--request: ${message}.`, right);
  }
  return { name: `${asked.method} ${path}`, method: asked.method, target: encodedPath(path), body };
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

import type { Engine } from '../../../src/local/engine.ts';
import type { Call, Service } from '../../../src/local/service.ts';
import { buildCatalog, type Catalog } from '../../../src/local/wire/catalog.ts';
import type { Names } from '../every-input.ts';
import { pictureOf, plainOf } from './plain.ts';
import type { Plan, Run } from './plan.ts';
import { type Place, placesOf, variantsOf } from './variants.ts';

/** Whether members of inputs have effects: each is sent with different values, and what comes of them is compared. */

export interface Verdict {
  /** `Operation.path` */
  member: string;
  /** Nothing: the member has an effect, or is refused by name. */
  fault?: string;
}

interface Scene {
  number: number;
  region: string;
  run: Run;
  names: Names;
}

interface Outcome {
  value: unknown;
  refusal?: string;
  /** What came of it, without what differs from run to run. */
  seen: string;
}

export async function probe(engine: Engine, plan: Plan): Promise<Verdict[]> {
  const prober = createProber(engine, plan);
  const verdicts: Verdict[] = [];
  for (const operation of Object.keys(plan.service.operations)) verdicts.push(...(await prober(operation)));
  return verdicts;
}

/** Operations that change nothing share one scene. */
const isRead = (operation: string) =>
  !/^Get(UserAttributeVerificationCode|TokensFromRefreshToken)$/.test(operation) &&
  /^(Get|List|Describe|Query|Scan|Filter|BatchGet|TransactGet)/.test(operation);

let scenes = 0;

/** A region of its own for each scene, as regions are spelt. */
const regionOf = (number: number) => `us-${[...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}-1`;

function createProber(engine: Engine, plan: Plan) {
  const catalog = buildCatalog(plan.service);

  async function newScene(operation = ''): Promise<Scene> {
    scenes += 1;
    const number = 1_000 + scenes;
    const region = regionOf(number);
    const run = runIn(engine, catalog, region);
    const other = (service: Service) => runIn(engine, buildCatalog(service), region);
    return { number, region, run, names: await plan.scene(run, number, region, other, operation) };
  }
  let shared: Promise<Scene> | undefined;

  async function outcome(operation: string, place: Place, index: number | 'again'): Promise<Outcome | undefined> {
    if (!isRead(operation)) return outcomeIn(await newScene(operation), operation, { place, index });
    shared ??= newScene();
    return outcomeIn(await shared, operation, { place, index });
  }

  async function outcomeIn(
    scene: Scene,
    operation: string,
    { place, index }: { place: Place; index: number | 'again' },
  ): Promise<Outcome | undefined> {
    const { run } = scene;
    const names = { ...scene.names, ...(await plan.before?.[operation]?.(run, scene.names)) };
    const variants = variantsOf({ plan, catalog, names }, operation, place);
    const chosen = variants[index === 'again' ? 0 : index];
    if (!chosen) return undefined;
    const plain = (value: unknown) => plainOf(value, { ...scene, names });
    let answer: Names;
    try {
      answer = await run(operation, chosen.input);
    } catch (error) {
      const { name, message } = error as Error;
      const refusal = `${'code' in (error as object) ? String((error as { code: unknown }).code) : name}: ${message}`;
      return { value: chosen.value, refusal, seen: plain([refusal, { ...(error as Error) }]) };
    }
    const picture = isRead(operation) ? null : await plan.picture(run, names, operation);
    return { value: chosen.value, seen: plain(answer) + pictureOf(picture ?? null, { ...scene, names }) };
  }

  return async (operation: string): Promise<Verdict[]> => {
    shared ??= newScene();
    const { names } = await shared;
    const places = placesOf({ plan, catalog, names }, operation);
    const verdicts: Verdict[] = [];
    for (let at = 0; at < places.length; at += 8) {
      verdicts.push(...(await Promise.all(places.slice(at, at + 8).map((place) => judge(operation, place)))));
    }
    return verdicts;
  };

  async function judge(operation: string, place: Place): Promise<Verdict> {
    const member = `${operation}.${place.path}`;
    const outcomes: Outcome[] = [];
    for (let index = 0; ; index += 1) {
      const one = await outcome(operation, place, index);
      if (!one) break;
      outcomes.push(one);
    }
    const again = await outcome(operation, place, 'again');
    if (again?.seen !== outcomes[0]?.seen) {
      return { member, fault: `differs by itself: ${difference(again?.seen, outcomes[0]?.seen)}` };
    }
    return { member, ...faultOf(place.path, outcomes) };
  }
}

function faultOf(path: string, outcomes: Outcome[]): { fault?: string } {
  const taken = outcomes.filter(({ refusal }) => refusal === undefined);
  const told = (value: unknown) => JSON.stringify(value)?.slice(0, 80) ?? 'absent';
  const unclear = outcomes.find(({ refusal, value }) => refusal !== undefined && !isNamed(refusal, path, value));
  if (unclear)
    return { fault: `${told(unclear.value)} is refused for another reason: ${unclear.refusal?.slice(0, 200)}` };
  for (const [index, one] of taken.entries()) {
    const same = taken.slice(index + 1).find(({ seen }) => seen === one.seen);
    if (same) return { fault: `${told(one.value)} and ${told(same.value)} do the same` };
  }
  if (outcomes.length < 2 && taken.length > 0) return { fault: 'one value only' };
  return {};
}

/** Its name, or the value itself, is in the refusal; or what it names is not there. */
function isNamed(refusal: string, path: string, value: unknown): boolean {
  const words = (text: string) =>
    ` ${text.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[^A-Za-z0-9]+/g, ' ')} `.toLowerCase();
  const names = (part: string) => part !== '' && words(refusal).includes(words(part).trimEnd());
  const parts = path.split(/[.:/]/);
  // What is not served at all, with all that is inside of it.
  if (names(parts.at(-1) ?? '') || (/not serve|this endpoint (runs|takes)/i.test(refusal) && parts.some(names)))
    return true;
  const texts = [value].flat().flatMap((one) => (isPatch(one) ? one.value : one));
  if (texts.some((text) => typeof text === 'string' && text.length > 2 && refusal.includes(text))) return true;
  return (
    /^\w*(NotFound|NoSuch|NotExist)\w*: |not (found|exist)|no (such|item|table)/i.test(refusal) || decided.test(refusal)
  );
}

/** The answers of conditions, which are effects of what is asked for in them. */
const decided =
  /^(ConditionalCheckFailed|TransactionCanceled|PreconditionFailed|AccessDenied|CodeMismatch|ExpiredCode|NotAuthorized|AliasExists|InvalidSmsRole)|already|Invalid range for token validity|method not supported|belongs to another/;

const isPatch = (value: unknown): value is { value: string } =>
  typeof value === 'object' && value !== null && 'op' in value && 'value' in value;

export const runner = (engine: Engine, service: Service): Run => runIn(engine, buildCatalog(service), 'us-east-1');

function runIn(engine: Engine, catalog: Catalog, region: string): Run {
  const principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' } as const;
  const call: Call = { engine, region, requestId: '00000000-0000-0000-0000-000000000000', principal };
  return async (operation, input = {}) => {
    const run = catalog.service.operations[operation];
    if (!run) throw new Error(`There is no ${operation}.`);
    const given = structuredClone(input) as Record<string, unknown>;
    catalog.validate(operation, given);
    return ((await run(given, call)) ?? {}) as Names;
  };
}

function difference(one = '', other = ''): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return `${one.slice(Math.max(0, at - 60), at + 60)} <> ${other.slice(Math.max(0, at - 60), at + 60)}`;
}

import type { Aws } from '../aws/aws.ts';
import { isUnsupported } from '../aws/errors.ts';
import { type Existing, type Tags, tagChanges } from '../aws/resource.ts';
import { type ChangingCall, watched } from '../aws/watched.ts';
import type { Change } from '../change.ts';
import { DynopsError } from '../errors.ts';
import type { FunctionCode } from './code.ts';
import { allSettled, failure, isWorthAnotherLook } from './failures.ts';
import { graph, type Known, type Node } from './graph.ts';
import { stackNames } from './names.ts';
import {
  type SettingName,
  type SettingValues,
  type StackSettings,
  settingTable,
  settingValue,
  stackTags,
} from './settings.ts';
import type { Action, ResourceReport, ResourceType, StackEvent } from './types.ts';

export interface RunOptions {
  settings: StackSettings;
  onEvent: (event: StackEvent) => void;
  /** Take over what has our names but not our tag. */
  adopt: boolean;
  /** Types that may be removed and made anew where they cannot be changed in place. */
  replace: readonly ResourceType[];
  password: () => Promise<string>;
  code: () => Promise<FunctionCode>;
  openAllowed: boolean;
}

/** One resource as it was found, and what would make it as desired. */
export interface Finding {
  node: Node;
  name: string;
  actual: Existing | undefined;
  /** False: its name is held by something without our tag. */
  ours: boolean;
  changes: Change[];
}

/** A run of the pipeline: what was read last, and what was done so far. */
export interface Run {
  aws: Aws;
  options: RunOptions;
  known: Known;
  actuals: Map<ResourceType, Existing>;
  reports: Map<ResourceType, ResourceReport>;
  /** What the endpoint does not serve. */
  leftOut: Set<ResourceType>;
  /** Notes that were given. */
  said: Set<string>;
  /** Something that has our tag was seen: the stack was begun. */
  begun: boolean;
  /** Something was changed; what failed after that failed part-way. */
  touched: boolean;
}

/** After a step whose outcome is unclear, the account is read again; so many times, with pauses that grow to this. */
const maxPasses = 12;
const longestPauseMs = 4_000;

export function beginRun(aws: Aws, options: RunOptions): Run {
  const actuals = new Map<ResourceType, Existing>();
  const { settings: asked } = options;
  const tagsOf = (type: ResourceType): Tags | undefined => actuals.get(type)?.tags;
  const settings = () => {
    const names = Object.keys(settingTable) as SettingName[];
    return Object.fromEntries(names.map((name) => [name, settingValue(name, asked, tagsOf)])) as SettingValues;
  };
  const known: Known = {
    place: aws,
    names: stackNames(asked.stack),
    stack: asked.stack,
    settings,
    tags: (type) => stackTags(type, asked.stack, settings()),
    actual: <Actual extends Existing>(type: ResourceType) => actuals.get(type) as Actual | undefined,
    adopt: options.adopt,
    code: options.code,
    password: options.password,
    openAllowed: options.openAllowed,
  };
  return {
    aws,
    options,
    known,
    actuals,
    reports: new Map(),
    leftOut: new Set(),
    said: new Set(),
    begun: false,
    touched: false,
  };
}

/** Reads all that stands, side by side where nothing needs to be known first. */
export async function readAll(run: Run, nodes: readonly Node[] = graph): Promise<void> {
  run.actuals.clear();
  const reading = new Map<ResourceType, Promise<void>>();
  const start = (node: Node): Promise<void> => {
    const started = reading.get(node.type);
    if (started) return started;
    const promise = read(run, node, (type) => {
      const needed = graph.find((other) => other.type === type);
      return needed ? start(needed) : Promise.resolve();
    });
    reading.set(node.type, promise);
    return promise;
  };
  await allSettled(nodes.map(start));
  run.begun ||= taggedTypes.some((type) => run.actuals.get(type)?.tags['dynops:stack'] === run.known.stack);
}

/** What carries tags of its own on any endpoint that serves it. */
const taggedTypes: readonly ResourceType[] = ['role', 'function', 'api', 'pool'];

/**
 * Whether this stack made it: by its tag. Where an endpoint does not tell tags, what has our name is taken for ours
 * when something else with our tag is there, or was at an earlier look of this run.
 */
export function isOurs(run: Run, actual: Existing): boolean {
  return actual.tagsKnown === false ? run.begun : actual.tags['dynops:stack'] === run.known.stack;
}

async function read(run: Run, node: Node, readFirst: (type: ResourceType) => Promise<void>): Promise<void> {
  const first = node.inside === 'function' ? [] : node.inside ? [node.inside] : [];
  await Promise.all(first.map(readFirst));
  const key = node.key(run.known);
  if (!key) return;
  const actual = await node.resource.read(run.aws, key).catch((error: unknown) => leaveOut(run, node, error));
  if (actual) run.actuals.set(node.type, actual);
}

/** The stack can stand without these where an endpoint does not serve them. */
const dispensable: readonly ResourceType[] = ['log-group', 'domain'];

/** For a call that the endpoint does not serve: says so once and goes on without, or throws where that cannot be. */
function leaveOut(run: Run, node: Node, error: unknown): undefined {
  if (!isUnsupported(error) || !dispensable.includes(node.type)) throw error;
  if (run.leftOut.has(node.type)) return undefined;
  run.leftOut.add(node.type);
  const reason = error instanceof Error ? error.message : String(error);
  run.options.onEvent({ kind: 'note', message: `The endpoint does not serve the ${node.type}, left out (${reason})` });
  return undefined;
}

/** Compares what was read with what is desired. Changes nothing and calls nothing. */
export async function compareAll(run: Run, nodes: readonly Node[] = graph): Promise<Finding[]> {
  return Promise.all(nodes.map((node) => compare(run, node)));
}

async function compare(run: Run, node: Node): Promise<Finding> {
  const { known, actuals } = run;
  const actual = actuals.get(node.type);
  const name = node.name(known);
  if (!actual) return { node, name, actual, ours: true, changes: [] };
  const ours = isOurs(run, actual);
  const desired = (await node.desired(known)) as { tags: Tags };
  const changes = node.resource.compare(desired, actual);
  const tags = tagChanges(desired.tags, actual.tags);
  if (actual.tagsKnown !== false && Object.keys(tags.set).length + tags.remove.length > 0) {
    const from = Object.fromEntries(Object.entries(actual.tags).filter(([key]) => key.startsWith('dynops:')));
    changes.push({ property: 'tags', from, to: desired.tags });
  }
  return { node, name, actual, ours, changes };
}

/** What `up` would do about a finding. */
export function actionFor(finding: Finding): Action {
  if (!finding.actual) return 'created';
  if (finding.changes.some(({ replaces }) => replaces)) return 'replaced';
  if (!finding.ours) return 'adopted';
  return finding.changes.length > 0 ? 'updated' : 'unchanged';
}

/** Throws before anything is touched: names that are not ours, and changes that would lose data unasked. */
export function refuse(
  findings: readonly Finding[],
  options: { adopt: boolean; replace: readonly ResourceType[]; touched?: boolean },
): void {
  const untouched = options.touched ? '' : ' Nothing was changed.';
  const foreign = findings.filter(({ actual, ours }) => actual && !ours);
  if (foreign.length > 0 && !options.adopt) {
    const list = foreign.map(({ node, actual }) => `${node.type} ${actual?.id}`).join(', ');
    throw new DynopsError({
      code: 'ForeignResource',
      message: `Held by something that is not known to be this stack's: ${list}.${untouched}`,
    });
  }
  for (const { node, name, actual, changes } of findings) {
    const fixed = changes.filter(({ replaces }) => replaces);
    if (fixed.length === 0) continue;
    if (options.replace.includes(node.type)) {
      refuseProtected([{ type: node.type, name, actual }]);
      continue;
    }
    const list = fixed.map(({ property, from, to }) => `${property} is ${show(from)}, not ${show(to)}`).join('; ');
    throw new DynopsError({
      code: 'NeedsReplace',
      message: `The ${node.type} ${name} cannot be changed in place: ${list}.${untouched}`,
      facts: { resourceType: node.type },
    });
  }
}

/** Throws for what its owner has protected from being deleted, before anything is. */
export function refuseProtected(
  doomed: readonly { type: ResourceType; name: string; actual: Existing | undefined }[],
  canBeKept = false,
): void {
  for (const { type, name, actual } of doomed) {
    if (actual?.protection === undefined) continue;
    throw new DynopsError({
      code: 'Protected',
      message: `The ${type} ${name} is protected from being deleted. Nothing was deleted.`,
      facts: { endsProtection: actual.protection, canBeKept },
    });
  }
}

const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * read → compare → act, until it holds: a step whose answer was lost, or that met another command's, is not guessed
 * at but looked at again. Throws DynopsError with what was done to each resource so far.
 */
export async function converge(run: Run, nodes: readonly Node[] = graph): Promise<ResourceReport[]> {
  const { aws, options } = run;
  for (let pass = 1; ; pass += 1) {
    try {
      await readAll(run);
      const findings = await compareAll(run, nodes);
      refuse(findings, { ...options, touched: run.touched });
      await act(run, findings);
      return nodes.map((node) => reportOf(run, node));
    } catch (error) {
      if (pass >= maxPasses || !isWorthAnotherLook(error)) throw failure(run, error);
      await aws
        .pause(Math.min(longestPauseMs, 100 * 2 ** pass) * (0.5 + Math.random() / 2))
        .catch((reason: unknown) => {
          throw failure(run, reason);
        });
    }
  }
}

/** The way to call AWS for what changes something: the run knows from then on that it has. */
export function acting(run: Run, onCall: (call: ChangingCall) => void = () => undefined): Aws {
  const onLost = () => {
    run.touched = true;
  };
  const aws = watched(run.aws, {
    onLost,
    onCall(call) {
      run.touched = true;
      onCall(call);
    },
  });
  return {
    ...aws,
    async call(Client, command, options) {
      try {
        return await aws.call(Client, command, options);
      } catch (error) {
        // The stack can stand without tags that come later; those that come with a create are no calls of their own.
        if (!isUnsupported(error) || !/^(Tag|Untag)/.test(command.constructor.name)) throw error;
        sayOnce(
          run,
          `The endpoint does not serve these tags, left out (${error instanceof Error ? error.message : error})`,
        );
        return {} as never;
      }
    },
  };
}

function sayOnce(run: Run, message: string): void {
  if (run.said.has(message)) return;
  run.said.add(message);
  run.options.onEvent({ kind: 'note', message });
}

/** Carries out what the findings ask for: each node when what it comes after stands, independent ones side by side. */
async function act(run: Run, findings: readonly Finding[]): Promise<void> {
  const acting = new Map<ResourceType, Promise<void>>();
  const start = (finding: Finding): Promise<void> => {
    const started = acting.get(finding.node.type);
    if (started) return started;
    const promise = (async () => {
      const needed = findings.filter(({ node }) => finding.node.after.includes(node.type));
      await Promise.all(needed.map(start));
      await actOn(run, finding.node);
    })();
    acting.set(finding.node.type, promise);
    return promise;
  };
  await allSettled(findings.map(start));
}

async function actOn(run: Run, node: Node): Promise<void> {
  const { known, actuals, options } = run;
  // Compared anew: what it depends on may have got its id only now.
  const finding = await compare(run, node);
  const { actual, changes, name } = finding;
  const action = run.leftOut.has(node.type) ? 'absent' : actionFor(finding);
  const startedAtMs = run.aws.clock();
  if (action === 'unchanged' || action === 'absent') {
    record(run, { node, name, action, changes, ms: 0 });
    return;
  }
  const { type } = node;
  const aws = acting(run, (call) => options.onEvent({ kind: 'called', type, name, call }));
  options.onEvent({ kind: 'started', type, name, doing: actual ? 'updating' : 'creating' });
  const onWait = (reason: string) =>
    options.onEvent({ kind: 'waiting', type, name, reason, elapsedMs: aws.clock() - startedAtMs });
  try {
    // Before it goes: what it remembers of the settings goes with it.
    const desired = await node.desired(known);
    if (action === 'replaced' && actual) {
      await node.resource.remove(aws, actual, onWait);
      forget(run, type);
    }
    const made =
      action === 'created' || action === 'replaced' || !actual
        ? await node.resource.create(aws, desired, onWait)
        : await node.resource.update(aws, { desired, actual, changes, onWait });
    actuals.set(type, made);
  } catch (error) {
    if (isUnsupported(error) && dispensable.includes(type)) {
      leaveOut(run, node, error);
      record(run, { node, name, action: 'absent', changes: [], ms: aws.clock() - startedAtMs });
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    if (!isWorthAnotherLook(error)) options.onEvent({ kind: 'failed', type, name, message });
    throw error;
  }
  record(run, { node, name, action, changes, ms: aws.clock() - startedAtMs });
}

/** What was removed, with all that was inside of it. */
function forget(run: Run, type: ResourceType): void {
  run.actuals.delete(type);
  for (const node of graph) if (node.inside === type) forget(run, node.type);
}

/** Notes what was done; over several looks, the first thing that was done counts. */
export function record(
  run: Run,
  done: { node: Node; name: string; action: Action; changes: Change[]; ms: number },
): void {
  const { node, name, action, changes, ms } = done;
  const id = run.actuals.get(node.type)?.id ?? null;
  const before = run.reports.get(node.type);
  if (before && before.action !== 'unchanged') {
    run.reports.set(node.type, { ...before, id, ms: before.ms + ms });
    return;
  }
  run.reports.set(node.type, { type: node.type, name, id, action, ms, ...(changes.length > 0 && { changes }) });
  run.options.onEvent({ kind: 'finished', type: node.type, name, action, ms });
}

function reportOf(run: Run, node: Node): ResourceReport {
  const report = run.reports.get(node.type);
  if (!report) throw new Error(`nothing was recorded for ${node.type}`);
  return report;
}

import type { Aws } from '../aws/aws.ts';
import type { Existing } from '../aws/resource.ts';
import { isGlobal, type ResourceType } from '../resource-types.ts';
import type { FunctionCode } from './code.ts';
import { keptMemory, memoryTags } from './former.ts';
import { graphOf } from './graph.ts';
import type { Known, Node, NodeId } from './node.ts';
import { pathsOf, type Service, type ServiceFunction, tutorialService } from './service.ts';
import {
  type SettingName,
  type SettingValues,
  type StackSettings,
  settingTable,
  settingValue,
  stackTags,
} from './settings.ts';
import type { ResourceReport, StackEvent } from './types.ts';

export interface RunOptions {
  settings: StackSettings;
  service?: Service;
  onEvent: (event: StackEvent) => void;
  /** Take over what has our names but not our tag. */
  adopt: boolean;
  /** Types that may be deleted and created again where they cannot be changed in place. */
  replace: readonly ResourceType[];
  /** Tables that left the service and are to be removed, by their names in it. */
  removeTables: readonly string[];
  password: () => Promise<string>;
  code: (of: ServiceFunction) => Promise<FunctionCode>;
  stepwise: boolean;
  /** What should be of a node when the run has ended; told how it was found. */
  goal: (node: Node, actual: Existing | undefined) => Goal;
}

/** `present`: made, or repaired. `absent`: removed, where it is ours. `untouched`: left as it is. */
export type Goal = 'present' | 'absent' | 'untouched';

/** A run of the pipeline: what was read last, and what was done so far. */
export interface Run {
  aws: Aws;
  options: RunOptions;
  /** The service's, and after a look those of `former`. */
  graph: readonly Node[];
  /** What stood in the service once and does not any more; found by looking. */
  former: readonly Node[];
  known: Known;
  actuals: Map<NodeId, Existing>;
  reports: Map<NodeId, ResourceReport>;
  /** What the endpoint does not serve. */
  leftOut: Set<NodeId>;
  /** Where the API's stage is served, once that was found out; null: nowhere. */
  baseUrl?: string | null;
  /** Notes that were given. */
  said: Set<string>;
  /** Something that has our tag was seen: the stack was begun. */
  begun: boolean;
  /** Something was changed; what failed after that failed part-way. */
  touched: boolean;
}

/** What should be of a node; what left the service or the settings goes, but no table that was not asked for by name. */
export function goalOf(run: Pick<Run, 'options' | 'former' | 'actuals' | 'known'>, node: Node): Goal {
  const { former, options, actuals, known } = run;
  const goal = options.goal(node, actuals.get(node.id));
  if (goal === 'present' && node.wanted?.(known) === false) return 'absent';
  if (goal !== 'present' || !former.includes(node)) return goal;
  return node.type !== 'table' || options.removeTables.includes(node.id.replace(/^table:/, ''))
    ? 'absent'
    : 'untouched';
}

export function beginRun(aws: Aws, options: RunOptions): Run {
  const { settings: asked, service = tutorialService, adopt, code, password, stepwise } = options;
  const graph = graphOf(service);
  const actuals = new Map<NodeId, Existing>();
  const tagsOf = (type: ResourceType) =>
    graph
      .filter((node) => node.type === type)
      .map(({ id }) => actuals.get(id)?.tags)
      .find((tags) => tags !== undefined);
  const settings = () => {
    const names = Object.keys(settingTable) as SettingName[];
    return Object.fromEntries(names.map((name) => [name, settingValue(name, asked, tagsOf)])) as SettingValues;
  };
  // What left the service is remembered until it is gone.
  const standing = () => [...graph, ...run.former.filter(({ id }) => actuals.has(id))];
  const known: Known = {
    place: aws,
    stack: asked.stack,
    service,
    settings,
    tags: (type) => ({
      ...stackTags(type, asked.stack, settings()),
      // Under the same name, another region's is another stack's.
      ...(isGlobal(type) && { 'dynops:region': aws.region }),
      ...(stepwise ? keptMemory(type, tagsOf(type)) : memoryTags(type, standing())),
    }),
    // An id's type says what its node reads.
    actual: <Actual extends Existing>(id: NodeId<Actual>) => actuals.get(id) as Actual | undefined,
    goes: (id) => run.graph.some((node) => node.id === id && goalOf(run, node) === 'absent'),
    formerPaths: () => formerPaths(run),
    adopt,
    code,
    password,
    stepwise,
  };
  const run: Run = {
    aws,
    options,
    graph,
    former: [],
    known,
    actuals,
    reports: new Map(),
    leftOut: new Set(),
    said: new Set(),
    begun: false,
    touched: false,
  };
  return run;
}

/** Paths that only methods have which left the service, with those above them. */
function formerPaths({ former, known, options }: Run): string[] {
  if (options.stepwise) return [];
  const needed = new Set(known.service.routes.flatMap(({ path }) => pathsOf(path)));
  const left = former.filter(({ type }) => type === 'method').flatMap(({ id }) => pathsOf(id.split(' ')[1] ?? ''));
  return [...new Set(left)].filter((path) => !needed.has(path));
}

/** Tells what is no resource's own event, once. */
export function note(run: Run, message: string): void {
  if (run.said.has(message)) return;
  run.said.add(message);
  run.options.onEvent({ kind: 'note', message });
}

import type { Aws } from '../aws/aws.ts';
import type { Existing } from '../aws/resource.ts';
import type { FunctionCode } from './code.ts';
import { graphOf } from './graph.ts';
import type { Known, Node, NodeId } from './node.ts';
import { type Service, type ServiceFunction, tutorialService } from './service.ts';
import {
  type SettingName,
  type SettingValues,
  type StackSettings,
  settingTable,
  settingValue,
  stackTags,
} from './settings.ts';
import type { ResourceReport, ResourceType, StackEvent } from './types.ts';

export interface RunOptions {
  settings: StackSettings;
  service?: Service;
  onEvent: (event: StackEvent) => void;
  /** Take over what has our names but not our tag. */
  adopt: boolean;
  /** Types that may be removed and made anew where they cannot be changed in place. */
  replace: readonly ResourceType[];
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
  graph: readonly Node[];
  known: Known;
  actuals: Map<NodeId, Existing>;
  reports: Map<NodeId, ResourceReport>;
  /** What the endpoint does not serve. */
  leftOut: Set<NodeId>;
  /** Notes that were given. */
  said: Set<string>;
  /** Something that has our tag was seen: the stack was begun. */
  begun: boolean;
  /** Something was changed; what failed after that failed part-way. */
  touched: boolean;
}

export function beginRun(aws: Aws, options: RunOptions): Run {
  const { settings: asked, service = tutorialService, adopt, code, password, stepwise, goal } = options;
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
  const known: Known = {
    place: aws,
    stack: asked.stack,
    service,
    settings,
    tags: (type) => stackTags(type, asked.stack, settings()),
    // An id's type says what its node reads.
    actual: <Actual extends Existing>(id: NodeId<Actual>) => actuals.get(id) as Actual | undefined,
    goes: (id) => graph.some((node) => node.id === id && goal(node, actuals.get(id)) === 'absent'),
    adopt,
    code,
    password,
    stepwise,
  };
  return {
    aws,
    options,
    graph,
    known,
    actuals,
    reports: new Map(),
    leftOut: new Set(),
    said: new Set(),
    begun: false,
    touched: false,
  };
}

/** Tells what is no resource's own event, once. */
export function note(run: Run, message: string): void {
  if (run.said.has(message)) return;
  run.said.add(message);
  run.options.onEvent({ kind: 'note', message });
}

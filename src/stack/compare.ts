import { type Existing, type TagChanges, type Tags, tagChanges } from '../aws/resource.ts';
import type { Change } from '../change.ts';
import type { Node } from './node.ts';
import { isOurs } from './read.ts';
import { goalOf, type Run } from './run.ts';
import type { Action } from './types.ts';

/** One resource as it was found, and what would make it as desired. */
export interface Finding {
  node: Node;
  name: string;
  actual: Existing | undefined;
  /** False: its name is held by something without our tag. */
  ours: boolean;
  changes: Change[];
  action: Action;
}

/** Compares what was read with what is desired. Changes nothing and calls nothing. */
export async function compareAll(run: Run): Promise<Finding[]> {
  const nodes = run.graph.filter((node) => isPart(run, node) || run.reports.has(node.id));
  return Promise.all(nodes.map((node) => compare(run, node)));
}

/** Of what left the service or is not asked for, only what is still there and ours, or was at an earlier look. */
function isPart(run: Run, node: Node): boolean {
  const actual = run.actuals.get(node.id);
  if (node.wanted?.(run.known) === false) return actual !== undefined && isOurs(run, actual);
  return actual !== undefined || !run.former.includes(node);
}

export async function compare(run: Run, node: Node): Promise<Finding> {
  const actual = run.actuals.get(node.id);
  const found = { node, name: node.name(run.known), actual, ours: true, changes: [] };
  const goal = goalOf(run, node);
  if (goal !== 'present') {
    return { ...found, action: !actual ? 'absent' : goal === 'absent' && isHeld(run, node) ? 'deleted' : 'kept' };
  }
  if (!actual) return { ...found, action: run.leftOut.has(node.id) ? 'absent' : 'created' };
  const ours = isOurs(run, actual);
  const changes = await changesOf(run, node, actual);
  const replaced = changes.some(({ replaces }) => replaces);
  const action = replaced ? 'replaced' : !ours ? 'adopted' : changes.length > 0 ? 'updated' : 'unchanged';
  return { ...found, ours, changes, action };
}

/** Its own, and those of its tags. */
async function changesOf(run: Run, node: Node, actual: Existing): Promise<Change[]> {
  const changes = node.resource.compare(await node.desired(run.known), actual);
  if (!tagChangesOf(run, node, actual)) return changes;
  const from = Object.fromEntries(Object.entries(actual.tags ?? {}).filter(([key]) => key.startsWith('dynops:')));
  return [...changes, { property: 'tags', from, to: wantedTags(run, node) }];
}

const wantedTags = ({ known }: Run, { type, ownTags }: Node): Tags => ({ ...known.tags(type), ...ownTags?.() });

/** undefined: its tags are as they should be, or it has none of its own. */
export function tagChangesOf(run: Run, node: Node, actual: Existing): TagChanges | undefined {
  if (!actual.tags || actual.tagsKnown === false) return undefined;
  const changes = tagChanges(wantedTags(run, node), actual.tags);
  return Object.keys(changes.set).length + changes.remove.length > 0 ? changes : undefined;
}

/** What is inside of something that is somebody else's goes or stays with that. */
function isHeld(run: Run, { id, inside }: Node): boolean {
  const actual = run.actuals.get(id);
  const around = inside === undefined ? undefined : run.actuals.get(inside);
  return actual !== undefined && isOurs(run, actual) && (!around || isOurs(run, around));
}

import { isUnsupported } from '../aws/errors.ts';
import type { Existing, Tags } from '../aws/resource.ts';
import { formerNodes } from './former.ts';
import type { Node } from './node.ts';
import { note, type Run } from './run.ts';
import { walk } from './walk.ts';

/** Reads what exists of the service, and then what is no longer part of it. */
export async function readAll(run: Run): Promise<void> {
  run.actuals.clear();
  const own = run.graph.filter((node) => !run.former.includes(node));
  await readNodes(run, own);
  if (run.options.stepwise) return;
  const remembered = formerNodes(own, (id) => {
    const actual = run.actuals.get(id);
    return actual && isOurs(run, actual) ? actual.tags : undefined;
  });
  // Found by an earlier read, it may exist although it is no longer remembered.
  const known = new Set(run.former.map(({ id }) => id));
  run.former = [...run.former, ...remembered.filter(({ id }) => !known.has(id))];
  run.graph = [...own, ...run.former];
  await readNodes(run, run.former);
}

/** Reads what exists of these, in parallel where nothing needs to be known first. */
export async function readNodes(run: Run, nodes: readonly Node[]): Promise<void> {
  const around = ({ inside, readsAlone }: Node) => (readsAlone ? [] : nodes.filter(({ id }) => id === inside));
  await walk(nodes, around, async (node) => {
    const key = node.key(run.known);
    if (!key) return;
    const actual = await node.resource.read(run.aws, key).catch((error: unknown) => leaveOut(run, node, error));
    if (actual) run.actuals.set(node.id, actual);
  });
  run.begun ||= [...run.actuals.values()].some(({ tags }) => tags !== undefined && carriesOurs(run, tags));
}

/**
 * Whether this stack made it: by its tag. Where an endpoint does not tell tags, what has our name is taken for ours
 * when something else with our tag is there, or was at an earlier look of this run.
 */
export function isOurs(run: Run, { foreign, tags, tagsKnown }: Existing): boolean {
  if (tagsKnown === false) return run.begun;
  return tags === undefined ? !foreign : carriesOurs(run, tags);
}

/** What is global, a role, is of one region's stack and foreign to that of another; one from before it said so is ours. */
function carriesOurs({ known, aws }: Run, tags: Tags): boolean {
  return tags['dynops:stack'] === known.stack && (tags['dynops:region'] ?? aws.region) === aws.region;
}

/** For a call that the endpoint does not serve: says so and continues without it, or throws where that is impossible. */
export function leaveOut(run: Run, node: Node, error: unknown): undefined {
  if (!isUnsupported(error) || !node.optional) throw error;
  if (run.leftOut.has(node.id)) return undefined;
  run.leftOut.add(node.id);
  const reason = error instanceof Error ? error.message : String(error);
  note(run, `The endpoint does not serve the ${node.type}, so it is left out (${reason}).`);
  return undefined;
}

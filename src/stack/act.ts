import type { Aws } from '../aws/aws.ts';
import { isUnsupported } from '../aws/errors.ts';
import type { Existing, OnWait } from '../aws/resource.ts';
import { type ChangingCall, watched } from '../aws/watched.ts';
import { compare, type Finding, tagChangesOf } from './compare.ts';
import { isWorthAnotherLook } from './failures.ts';
import type { Node, NodeId } from './node.ts';
import { leaveOut } from './read.ts';
import { note, type Run } from './run.ts';
import { secretVariables } from './service.ts';
import { walk } from './walk.ts';

/** Carries out what the findings ask for, each when what must be done first is done, independent ones side by side. */
export async function act(run: Run, findings: readonly Finding[]): Promise<void> {
  const goesWithOther = (finding: Finding) => findings.some((other) => takes(other, finding));
  await walk(
    findings,
    (finding) => findings.filter((other) => other !== finding && isDoneBefore(other, finding)),
    (finding) =>
      finding.action === 'deleted' ? remove(run, finding, goesWithOther(finding)) : make(run, finding.node),
  );
}

function isDoneBefore(other: Finding, finding: Finding): boolean {
  const otherGoes = other.action === 'deleted';
  if (finding.action !== 'deleted') return !otherGoes && finding.node.after.includes(other.node.id);
  // What goes on without it must have let go of it; what cannot go after it, or goes with the other, waits for that.
  if (!otherGoes) return other.node.after.includes(finding.node.id);
  return other.node.holds.includes(finding.node.id) || takes(other, finding);
}

/** Whether removing one removes what is inside of it too. */
function takes({ node, action }: Finding, inner: Finding): boolean {
  return action === 'deleted' && inner.node.inside === node.id && !inner.node.holds.includes(node.id);
}

async function remove(run: Run, finding: Finding, goesWithOther: boolean): Promise<void> {
  const { node, name, actual } = finding;
  if (!actual) return;
  const startedAtMs = run.aws.clock();
  if (!goesWithOther) {
    const { aws, onWait } = begin(run, { node, name, doing: 'deleting' });
    await node.resource.remove(aws, actual, onWait);
  }
  record(run, finding, run.aws.clock() - startedAtMs);
}

async function make(run: Run, node: Node): Promise<void> {
  // Compared again: what it depends on may have got its id only now.
  const finding = await compare(run, node);
  const { name, actual, action } = finding;
  if (action === 'kept' || (action === 'absent' && !run.leftOut.has(node.id))) return;
  if (action === 'unchanged' || action === 'absent') return record(run, finding, 0);
  const startedAtMs = run.aws.clock();
  try {
    await carryOut(run, finding, begin(run, { node, name, doing: actual ? 'updating' : 'creating' }));
  } catch (error) {
    if (isUnsupported(error) && node.optional) {
      leaveOut(run, node, error);
      return record(run, { ...finding, action: 'absent', changes: [] }, run.aws.clock() - startedAtMs);
    }
    const message = error instanceof Error ? error.message : String(error);
    if (!isWorthAnotherLook(error)) run.options.onEvent({ kind: 'failed', type: node.type, name, message });
    throw error;
  }
  record(run, finding, run.aws.clock() - startedAtMs);
}

/** How one node is acted on: calls that are told of, and somebody to tell of waits. */
interface Doing {
  aws: Aws;
  onWait: OnWait;
}

async function carryOut(run: Run, finding: Finding, { aws, onWait }: Doing): Promise<void> {
  const { node, action } = finding;
  const { resource, id } = node;
  // Before it goes: what it remembers of the settings goes with it.
  const desired = await node.desired(run.known);
  let { actual } = finding;
  if (action === 'replaced' && actual) {
    await resource.remove(aws, actual, onWait);
    forget(run, id);
    actual = undefined;
  }
  const isNew = actual === undefined;
  actual ??= await resource.create(aws, desired, onWait);
  run.actuals.set(id, actual);
  // Where names are not unique it may be one that another command made.
  if (isNew) actual = await retag(run, node, aws);
  const changes = resource.compare(desired, actual);
  const adoptsUnknown = action === 'adopted' && actual.tagsKnown === false;
  if (changes.length > 0 || adoptsUnknown) {
    run.actuals.set(id, await resource.update(aws, { desired, actual, changes, onWait }));
  }
  // Last, so that a value which AWS refused is not remembered, to be asked for again by every later command.
  if (!isNew) await retag(run, node, aws);
}

/** Sets the tags of what exists where they differ; returns its state after that. */
async function retag(run: Run, node: Node, aws: Aws): Promise<Existing> {
  const actual = run.actuals.get(node.id);
  if (!actual) throw new Error(`there is no ${node.id} to tag`);
  const { tagging } = node.resource;
  const changes = tagChangesOf(run, node, actual);
  if (!changes || !tagging) return actual;
  const { set, remove } = changes;
  if (Object.keys(set).length > 0) await tagging.set(aws, actual, set);
  if (remove.length > 0) await tagging.remove(aws, actual, remove);
  const others = Object.entries(actual.tags ?? {}).filter(([key]) => !remove.includes(key));
  const tagged = { ...actual, tags: { ...Object.fromEntries(others), ...set } };
  run.actuals.set(node.id, tagged);
  return tagged;
}

/** Has what exists remember the settings of what is inside it. */
export async function remember(run: Run, node: Node): Promise<void> {
  await retag(run, node, acting(run));
}

function begin(
  run: Run,
  {
    node: { type, consoleStep },
    name,
    doing,
  }: { node: Node; name: string; doing: 'creating' | 'updating' | 'deleting' },
): Doing {
  const { onEvent } = run.options;
  const startedAtMs = run.aws.clock();
  const secrets = run.known.service.functions.flatMap(secretVariables);
  onEvent({ kind: 'started', type, name, doing });
  return {
    aws: acting(run, (call) => onEvent({ kind: 'called', type, name, call, consoleStep, secrets })),
    onWait: (reason) => onEvent({ kind: 'waiting', type, name, reason, elapsedMs: run.aws.clock() - startedAtMs }),
  };
}

/** The way to call AWS for what changes something: the run knows from then on that it has. */
function acting(run: Run, onCall: (call: ChangingCall) => void = () => undefined): Aws {
  const aws = watched(run.aws, {
    onLost() {
      run.touched = true;
    },
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
        // The stack works without tags that come later; those that come with a create need no call of their own.
        if (!isUnsupported(error) || !/^(Tag|Untag)/.test(command.constructor.name)) throw error;
        note(
          run,
          `The endpoint does not serve these tags, so they are left out (${error instanceof Error ? error.message : error}).`,
        );
        return {} as never;
      }
    },
  };
}

/** What was removed, with all that was inside of it. */
function forget(run: Run, id: NodeId): void {
  run.actuals.delete(id);
  for (const node of run.graph) if (node.inside === id) forget(run, node.id);
}

/** Notes what was done; over several looks, the first thing that was done counts. */
function record(run: Run, { node, name, action, changes }: Finding, ms: number): void {
  const id = run.actuals.get(node.id)?.id ?? null;
  const before = run.reports.get(node.id);
  if (before && before.action !== 'unchanged') {
    run.reports.set(node.id, { ...before, id, ms: before.ms + ms });
    return;
  }
  const { type } = node;
  run.reports.set(node.id, { type, name, id, action, ms, ...(changes.length > 0 && { changes }) });
  run.options.onEvent({ kind: 'finished', type, name, action, ms });
}

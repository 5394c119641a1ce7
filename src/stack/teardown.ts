import { DynopsError, ExitStatus } from '../errors.ts';
import { allSettled, failure, isWorthAnotherLook } from './failures.ts';
import { graph, type Node } from './graph.ts';
import { acting, isOurs, type Run, readAll, record, refuseProtected } from './pipeline.ts';
import type { ResourceReport, ResourceType } from './types.ts';

/** What holds data or sign-ins, and what they cannot do without. */
const dataTypes: readonly ResourceType[] = ['table', 'pool', 'client', 'domain', 'user'];

const maxPasses = 12;
const longestPauseMs = 4_000;

/**
 * Removes what is ours, and reads again until nothing of it is left. What others hold is left alone.
 * Throws DynopsError with what was done to each resource so far.
 */
export async function tearDown(run: Run, options: { keepData: boolean }): Promise<ResourceReport[]> {
  const { aws } = run;
  const kept = options.keepData ? dataTypes : [];
  for (let pass = 1; ; pass += 1) {
    try {
      await readAll(run);
      const here = graph.filter((node) => isHeld(run, node) && !kept.includes(node.type));
      if (here.length === 0) {
        sayWhatIsUnknown(run);
        return graph.map((node) => reportOf(run, node, kept));
      }
      refuseProtected(
        here.map(({ type, name }) => ({ type, name: name(run.known), actual: run.actuals.get(type) })),
        true,
      );
      await removeAll(run, here);
    } catch (error) {
      if (!isWorthAnotherLook(error) || pass >= maxPasses) throw failure(run, error);
    }
    if (pass >= maxPasses) throw failure(run, somethingComesBack(run, kept));
    // What was removed may show for a moment longer.
    await aws.pause(pass === 1 ? 0 : Math.min(longestPauseMs, 100 * 2 ** pass)).catch((reason: unknown) => {
      throw failure(run, reason);
    });
  }
}

/** What is inside of something that is somebody else's goes or stays with that. */
function isHeld(run: Run, { type, inside }: Node): boolean {
  const actual = run.actuals.get(type);
  const around = inside && run.actuals.get(inside);
  return actual !== undefined && isOurs(run, actual) && (!around || isOurs(run, around));
}

/** Deleting what may be somebody else's cannot be taken back. */
function sayWhatIsUnknown(run: Run): void {
  for (const [type, actual] of run.actuals) {
    if (actual.tagsKnown !== false || run.begun) continue;
    run.options.onEvent({
      kind: 'note',
      message: `The endpoint does not tell whose the ${type} ${actual.id} is, and nothing else of the stack is there: it was left alone.`,
    });
  }
}

/** Each when what must go before it is gone; what is inside of something goes with it. */
async function removeAll(run: Run, nodes: readonly Node[]): Promise<void> {
  const removing = new Map<ResourceType, Promise<void>>();
  const start = (node: Node): Promise<void> => {
    const started = removing.get(node.type);
    if (started) return started;
    const promise = (async () => {
      const before = nodes.filter(({ type }) => node.removedAfter.includes(type) || type === goesWith(run, node));
      await Promise.all(before.map(start));
      await removeOne(run, node);
    })();
    removing.set(node.type, promise);
    return promise;
  };
  await allSettled(nodes.map(start));
}

/** A domain is inside its pool, but the pool cannot go before it. */
function goesWith(run: Run, node: Node): ResourceType | undefined {
  if (node.inside === undefined || node.type === 'domain') return undefined;
  return run.actuals.has(node.inside) ? node.inside : undefined;
}

async function removeOne(run: Run, node: Node): Promise<void> {
  const { known, options } = run;
  const aws = acting(run);
  const { type } = node;
  const name = node.name(known);
  const actual = run.actuals.get(type);
  if (!actual) return;
  const startedAtMs = aws.clock();
  if (goesWith(run, node) === undefined) {
    options.onEvent({ kind: 'started', type, name, doing: 'deleting' });
    const onWait = (reason: string) =>
      options.onEvent({ kind: 'waiting', type, name, reason, elapsedMs: aws.clock() - startedAtMs });
    await node.resource.remove(aws, actual, onWait);
  }
  record(run, { node, name, action: 'deleted', changes: [], ms: aws.clock() - startedAtMs });
}

function reportOf(run: Run, node: Node, kept: readonly ResourceType[]): ResourceReport {
  const { type } = node;
  const report = run.reports.get(type);
  if (report) return report;
  const actual = run.actuals.get(type);
  const action = actual && (kept.includes(type) || !isHeld(run, node)) ? 'kept' : 'absent';
  return { type, name: node.name(run.known), id: actual?.id ?? null, action, ms: 0 };
}

function somethingComesBack(run: Run, kept: readonly ResourceType[]): DynopsError {
  const left = graph.filter((node) => isHeld(run, node) && !kept.includes(node.type));
  return new DynopsError({
    code: 'NotGone',
    message: `Deleted, and still there: ${left.map((node) => `${node.type} ${node.name(run.known)}`).join(', ')}.`,
    exitStatus: ExitStatus.partial,
  });
}

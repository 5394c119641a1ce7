import type { Aws } from '../aws/aws.ts';
import type { ActualMethod, DesiredMethod } from '../aws/method.ts';
import { tagChanges } from '../aws/resource.ts';
import { DynopsError } from '../errors.ts';
import { failure } from './failures.ts';
import { graph, type Node } from './graph.ts';
import { acting, compareAll, converge, isOurs, type Run, readAll, record, refuseProtected } from './pipeline.ts';
import { begin, type StackOptions, statusOf, summarize, type UpOptions } from './stack.ts';
import type { ResourceReport, ResourceType, StackReport, StackStatus } from './types.ts';

/** The tutorial's steps, each a command of its own. */
export type Step =
  | 'role'
  | 'function'
  | 'table'
  | 'api'
  | 'stage'
  | 'pool'
  | 'client'
  | 'domain'
  | 'user'
  | 'authorizer';

/** What a step makes, in order, and what must stand before it. */
const steps: Record<Step, { makes: ResourceType[]; needs: ResourceType[] }> = {
  role: { makes: ['role'], needs: [] },
  table: { makes: ['table'], needs: [] },
  function: { makes: ['log-group', 'function'], needs: ['role'] },
  api: { makes: ['api', 'method', 'permission'], needs: ['function'] },
  stage: { makes: ['stage'], needs: ['api', 'method'] },
  pool: { makes: ['pool'], needs: [] },
  client: { makes: ['client'], needs: ['pool'] },
  domain: { makes: ['domain'], needs: ['pool'] },
  user: { makes: ['user'], needs: ['pool'] },
  authorizer: { makes: ['authorizer', 'method'], needs: ['api', 'pool', 'client'] },
};

const nodesOf = (step: Step) => graph.filter(({ type }) => steps[step].makes.includes(type));

/** Makes or repairs what one step makes, and nothing else. Throws DynopsError `StepMissing` where it comes too early. */
export async function createStep(
  aws: Aws,
  step: Step,
  options: UpOptions & { mustStand?: boolean },
): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const run = begin(aws, options, { openAllowed: true });
  await readAll(run);
  const needed = [...steps[step].needs, ...(options.mustStand ? steps[step].makes : [])];
  for (const type of needed) {
    if (!run.actuals.has(type)) throw missing(type, step);
  }
  const resources = await converge(run, nodesOf(step));
  await orFailure(run, remember(run, step));
  sayIfOpen(run, step);
  return { ok: true, ...summarize(run), resources, elapsedMs: aws.clock() - startedAtMs };
}

/** What cannot carry tags has its settings remembered by what it is inside of; of that one, only the tags change. */
async function remember(run: Run, step: Step): Promise<void> {
  const { actuals, known } = run;
  const aws = acting(run);
  const around = nodesOf(step).map(({ inside }) => inside);
  for (const node of graph.filter(({ type }) => around.includes(type) && !steps[step].makes.includes(type))) {
    const actual = actuals.get(node.type);
    if (actual?.tags['dynops:stack'] !== known.stack) continue;
    const { set, remove } = tagChanges(known.tags(node.type), actual.tags);
    if (Object.keys(set).length + remove.length === 0) continue;
    const desired = await node.desired(known);
    actuals.set(node.type, await node.resource.update(aws, { desired, actual, changes: [], onWait: () => undefined }));
  }
}

/** How what one step makes stands. */
export async function showStep(aws: Aws, step: Step, options: StackOptions): Promise<StackStatus> {
  const startedAtMs = aws.clock();
  const run = begin(aws, options, { openAllowed: true });
  await readAll(run);
  const findings = await compareAll(run, nodesOf(step));
  return statusOf(run, findings, startedAtMs);
}

/** Removes what one step made, where it is ours. */
export async function deleteStep(aws: Aws, step: Step, options: StackOptions): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const run = begin(aws, options, { openAllowed: true });
  await readAll(run);
  const own: ResourceType[] = step === 'authorizer' ? ['authorizer'] : steps[step].makes;
  const nodes = graph.filter(({ type }) => own.includes(type)).reverse();
  const resources: ResourceReport[] = [];
  try {
    if (step === 'authorizer') await orFailure(run, openMethod(run));
    for (const node of nodes) resources.unshift(await removeNode(run, node));
  } finally {
    // Whether or not the authorizer itself could be removed.
    if (step === 'authorizer') sayIfOpen(run, step);
  }
  return { ok: true, ...summarize(run), resources, elapsedMs: aws.clock() - startedAtMs };
}

async function removeNode(run: Run, node: Node): Promise<ResourceReport> {
  const { known, options } = run;
  const aws = acting(run);
  const { type } = node;
  const name = node.name(known);
  const actual = run.actuals.get(type);
  if (!actual || !isOurs(run, actual))
    return { type, name, id: actual?.id ?? null, action: actual ? 'kept' : 'absent', ms: 0 };
  refuseProtected([{ type, name, actual }]);
  const startedAtMs = aws.clock();
  options.onEvent({ kind: 'started', type, name, doing: 'deleting' });
  const onWait = (reason: string) =>
    options.onEvent({ kind: 'waiting', type, name, reason, elapsedMs: aws.clock() - startedAtMs });
  await orFailure(run, node.resource.remove(aws, actual, onWait));
  record(run, { node, name, action: 'deleted', changes: [], ms: aws.clock() - startedAtMs });
  run.actuals.delete(type);
  return run.reports.get(type) ?? { type, name, id: null, action: 'deleted', ms: 0 };
}

function orFailure(run: Run, doing: Promise<void>): Promise<void> {
  return doing.catch((error: unknown) => {
    throw failure(run, error);
  });
}

/** API Gateway does not delete an authorizer that a method refers to. */
async function openMethod(run: Run): Promise<void> {
  const node = graph.find(({ type }) => type === 'method');
  const actual = run.known.actual<ActualMethod>('method');
  if (!node || !actual || actual.authorizationType === 'NONE') return;
  const desired: DesiredMethod = { ...((await node.desired(run.known)) as DesiredMethod), authorizerId: undefined };
  const made = await node.resource.update(acting(run), { desired, actual, changes: [], onWait: () => undefined });
  run.actuals.set('method', made);
}

function sayIfOpen(run: Run, step: Step): void {
  const method = run.known.actual<ActualMethod>('method');
  const touched = ['api', 'stage', 'authorizer'].includes(step);
  if (!touched || method?.authorizationType !== 'NONE') return;
  run.options.onEvent({
    kind: 'note',
    about: 'open-method',
    message: `POST /${run.known.names.path} asks for no token: once deployed it is open to anyone who knows its URL.`,
  });
}

/** Which command makes what is missing. */
function missing(type: ResourceType, step: Step): DynopsError {
  const maker = (Object.keys(steps) as Step[]).find((name) => steps[name].makes.includes(type)) ?? 'role';
  return new DynopsError({
    code: 'StepMissing',
    message: type === step ? `There is no ${type} yet.` : `The ${step} needs the ${type}, which is not there yet.`,
    facts: { step: maker },
  });
}

import type { Aws } from '../aws/aws.ts';
import type { ActualMethod } from '../aws/method.ts';
import type { Existing } from '../aws/resource.ts';
import { DynopsError } from '../errors.ts';
import type { ResourceType } from '../resource-types.ts';
import { remember } from './act.ts';
import { compareAll } from './compare.ts';
import { methodId } from './definitions/method.ts';
import { failure } from './failures.ts';
import type { Node } from './node.ts';
import { converge } from './pipeline.ts';
import { readAll } from './read.ts';
import type { Goal, Run } from './run.ts';
import { routeName } from './service.ts';
import { begin, type StackOptions, statusOf, type UpOptions } from './stack.ts';
import { type Address, summarize } from './summarize.ts';
import type { ResourceReport, StackReport, StackStatus } from './types.ts';

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

/** What a step creates, in order, what must exist before it, and which addresses come of it. */
const steps: Record<Step, { makes: ResourceType[]; needs: ResourceType[]; shows?: Address[] }> = {
  role: { makes: ['role'], needs: [] },
  table: { makes: ['table'], needs: [] },
  function: { makes: ['log-group', 'function'], needs: ['role'] },
  api: { makes: ['api', 'method', 'permission', 'gateway-response'], needs: ['function'], shows: ['api'] },
  stage: { makes: ['stage'], needs: ['api', 'method'], shows: ['api'] },
  pool: { makes: ['sms-role', 'pool'], needs: [] },
  client: { makes: ['client'], needs: ['pool'], shows: ['pages'] },
  domain: { makes: ['domain'], needs: ['pool'], shows: ['pages'] },
  user: { makes: ['user'], needs: ['pool'] },
  authorizer: { makes: ['authorizer', 'method'], needs: ['api', 'pool', 'client'] },
};

/** What a step is asked for; `only`: of what it makes several of, the one of this name in the service. */
export interface StepOptions {
  only?: string | undefined;
}

const makes = (step: Step, { type, id }: Node, only?: string) =>
  steps[step].makes.includes(type) && (only === undefined || id === `${type}:${only}`);

/** Makes or repairs what one step makes, and nothing else. Throws DynopsError `StepMissing` where it comes too early. */
export async function createStep(
  aws: Aws,
  step: Step,
  options: UpOptions & StepOptions & { mustStand?: boolean },
): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const isOwn = (node: Node) => makes(step, node, options.only);
  const goal = (node: Node): Goal => (isOwn(node) ? 'present' : 'untouched');
  const run = begin(aws, { ...options, goal, stepwise: true });
  await readAll(run);
  // What only a setting asks for may be what the step is to make.
  const isMissing = (node: Node) => node.wanted === undefined && !run.actuals.has(node.id);
  const isChanged = (node: Node) => node.type === step && isOwn(node);
  if (options.mustStand && run.graph.some((node) => isChanged(node) && isMissing(node))) throw missing(step, step);
  for (const type of steps[step].needs) {
    if (run.graph.some((node) => node.type === type && isMissing(node))) throw missing(type, step);
  }
  const resources = await converge(run, isOwn);
  await orFailure(run, rememberAround(run, step));
  sayIfOpen(run, step);
  await sayIfUndeployed(run, step);
  if (!options.mustStand) sayWhatIsLeftOut(run, step);
  return reportOf(run, step, { resources, startedAtMs });
}

/** What cannot carry tags has its settings remembered by what it is inside of; of that one, only the tags change. */
async function rememberAround(run: Run, step: Step): Promise<void> {
  const around = run.graph.filter((node) => makes(step, node)).map(({ inside }) => inside);
  for (const node of run.graph.filter((other) => around.includes(other.id) && !makes(step, other))) {
    if (run.actuals.get(node.id)?.tags?.['dynops:stack'] === run.known.stack) await remember(run, node);
  }
}

/** The state of what one step creates. */
export async function showStep(aws: Aws, step: Step, options: StackOptions & StepOptions): Promise<StackStatus> {
  const startedAtMs = aws.clock();
  const isOwn = (node: Node) => makes(step, node, options.only);
  const goal = (node: Node): Goal => (isOwn(node) ? 'present' : 'untouched');
  const run = begin(aws, { ...options, goal, stepwise: true });
  await readAll(run);
  const findings = await compareAll(run);
  return statusOf(run, {
    findings: findings.filter(({ node }) => isOwn(node)),
    startedAtMs,
    shows: steps[step].shows ?? [],
  });
}

/** Removes what one step made, where it is ours. */
export async function deleteStep(aws: Aws, step: Step, options: StackOptions & StepOptions): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const isOwn = (node: Node) => (step === 'authorizer' ? node.type === step : makes(step, node, options.only));
  const goal = (node: Node, actual: Existing | undefined): Goal => {
    if (isOwn(node)) return 'absent';
    // API Gateway does not delete an authorizer that a method refers to.
    return step === 'authorizer' && node.type === 'method' && asksForToken(actual) ? 'present' : 'untouched';
  };
  const run = begin(aws, { ...options, goal, stepwise: true });
  try {
    const resources = await converge(run, isOwn);
    return await reportOf(run, step, { resources, startedAtMs });
  } finally {
    // Whether or not the authorizer itself could be removed.
    if (step === 'authorizer') sayIfOpen(run, step);
  }
}

async function reportOf(
  run: Run,
  step: Step,
  { resources, startedAtMs }: { resources: ResourceReport[]; startedAtMs: number },
): Promise<StackReport> {
  const summary = await summarize(run, steps[step].shows ?? []);
  return { ok: true, ...summary, resources, elapsedMs: run.aws.clock() - startedAtMs };
}

function orFailure(run: Run, doing: Promise<void>): Promise<void> {
  return doing.catch((error: unknown) => {
    throw failure(run, error);
  });
}

// Methods are all that the method node reads.
const asksForToken = (actual: Existing | undefined) =>
  actual !== undefined && (actual as ActualMethod).authorizationType !== 'NONE';

function sayIfOpen(run: Run, step: Step): void {
  if (!['api', 'stage', 'authorizer'].includes(step)) return;
  for (const route of run.known.service.routes) {
    if (route.auth === 'none' || run.known.actual(methodId(route))?.authorizationType !== 'NONE') continue;
    run.options.onEvent({
      kind: 'note',
      about: 'open-method',
      message: `${routeName(route)} asks for no token: once deployed it is open to anyone who knows its URL.`,
    });
  }
}

/** A stage serves the API as it was when it was deployed: an authorizer guards nothing before it is deployed. */
async function sayIfUndeployed(run: Run, step: Step): Promise<void> {
  const stage = run.graph.find(({ type }) => type === 'stage');
  const actual = stage && run.actuals.get(stage.id);
  if (!actual || (step !== 'api' && step !== 'authorizer')) return;
  const changes = stage.resource.compare(await stage.desired(run.known), actual);
  if (!changes.some(({ property }) => property === 'definition')) return;
  run.options.onEvent({
    kind: 'note',
    about: 'undeployed',
    message: `The stage ${stage.name(run.known)} still serves the API as it was before.`,
  });
}

/** What the tutorial has one set, and a pool is made without. */
function sayWhatIsLeftOut(run: Run, step: Step): void {
  if (step !== 'pool' || run.known.settings().smsRole) return;
  run.options.onEvent({
    kind: 'note',
    about: 'no-sms-role',
    message:
      "Of the tutorial's 13 settings one is left out, the IAM role for text messages (SMS): nothing here sends any, and AWS charges for each.",
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

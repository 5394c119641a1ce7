import type { Aws } from '../aws/aws.ts';
import { readItems } from '../aws/items.ts';
import type { ActualTable } from '../aws/table.ts';
import { DynopsError } from '../errors.ts';
import { type ResourceType, resourceTypes } from '../resource-types.ts';
import { type FunctionCode, readFunctionCode } from './code.ts';
import { compareAll, type Finding } from './compare.ts';
import { apiId } from './definitions/api.ts';
import { clientId } from './definitions/client.ts';
import { stageId } from './definitions/stage.ts';
import { userId } from './definitions/user.ts';
import { failure } from './failures.ts';
import type { NodeId } from './node.ts';
import { converge } from './pipeline.ts';
import { readAll } from './read.ts';
import { untilApiAnswers } from './ready.ts';
import { refuse, refuseOtherService } from './refuse.ts';
import { beginRun, note, type Run, type RunOptions } from './run.ts';
import { routeName, type Service } from './service.ts';
import type { StackSettings } from './settings.ts';
import { type Address, idsOf, summarize } from './summarize.ts';
import type { ResourceState, StackEvent, StackReport, StackStatus } from './types.ts';

export interface StackOptions {
  settings: StackSettings;
  /** What the stack serves; without it, the tutorial's. */
  service?: Service;
  onEvent: (event: StackEvent) => void;
  signal: AbortSignal;
}

export interface UpOptions extends StackOptions {
  /** Makes the code of the service's functions; without it, the tutorial's. */
  code?: RunOptions['code'];
  /** Tables that left the service and are to be removed, by their names in it; others are kept. */
  removeTables?: readonly string[];
  /** Asked only when the stack's user must be given one. */
  password: () => Promise<string>;
  /** Told once when somebody can sign in, while the rest is still being made. */
  onSignIn?: (who: { userPoolId: string; clientId: string; username: string }) => void;
  /** Take over what has the stack's names but not its tag. */
  adopt: boolean;
  /** Types that may be deleted and created again where they cannot be changed in place. */
  replace: readonly ResourceType[];
}

/**
 * Creates or repairs the whole stack, and ends when its API answers. Throws DynopsError: `ForeignResource` and
 * `NeedsReplace` before anything is touched; else exit status 2 when something was changed and running it again continues.
 */
export async function up(aws: Aws, options: UpOptions): Promise<StackReport> {
  const startedAtMs = aws.clock();
  let isTold = false;
  const run = begin(aws, {
    ...options,
    onEvent(event) {
      options.onEvent(event);
      const [client, user] = [run.known.actual(clientId), run.known.actual(userId)];
      if (isTold || !client || !user || !run.reports.has(clientId) || !run.reports.has(userId)) return;
      isTold = true;
      options.onSignIn?.({ userPoolId: client.poolId, clientId: client.clientId, username: user.username });
    },
  });
  let instead = '';
  for (const limitMs of readyLimitsMs) {
    const resources = await converge(run);
    const unready = await waitForAnswer(run, limitMs);
    if (unready === undefined) {
      sayWhatIsOpen(run);
      return { ok: true, ...(await summarize(run)), resources, elapsedMs: aws.clock() - startedAtMs };
    }
    instead = unready;
  }
  throw failure(
    run,
    new DynopsError({
      code: 'ApiNotReady',
      message: `Everything exists, but a request without a token is not answered with 401 as it should be: ${instead}`,
    }),
  );
}

/** Whom the service lets in without a token, because it says so. */
function sayWhatIsOpen(run: Run): void {
  const open = run.known.service.routes.filter(({ auth }) => auth === 'none').map(routeName);
  if (open.length > 0) note(run, `Open to anyone who knows the URL, as dynops.json says: ${open.join(', ')}.`);
}

/** A new stage answers 403 or 500 for a while. Between these, the stack is looked at again: another command may have taken it down. */
const readyLimitsMs = [5_000, 10_000, 20_000, 60_000];

/** Answers what the API said instead of 401 all this time; undefined when there is nothing more to wait for. */
async function waitForAnswer(run: Run, limitMs: number): Promise<string | undefined> {
  const { known, aws } = run;
  const [api, stage] = [known.actual(apiId), known.actual(stageId)];
  // Where the endpoint checks no token the function runs: a GET does least.
  const closed = known.service.routes.filter(({ auth }) => auth === 'pool');
  const route = closed.find(({ method }) => method === 'GET') ?? closed[0];
  // A service that is open to all has no answer that only it could give.
  if (!api || !stage || !route) return undefined;
  const startedAtMs = aws.clock();
  const answer = await untilApiAnswers(aws, {
    api: { id: api.apiId, stage: stage.name },
    path: route.path.replace(/\{[^}]*\}/g, 'any'),
    method: route.method === 'ANY' ? 'GET' : route.method,
    limitMs,
    onWait: (reason) =>
      run.options.onEvent({
        kind: 'waiting',
        type: 'stage',
        name: known.service.stage,
        reason,
        elapsedMs: aws.clock() - startedAtMs,
      }),
  }).catch((error: unknown) => {
    throw failure(run, error);
  });
  if (!answer.settled) return answer.said;
  run.baseUrl = answer.served === 'absent' ? null : answer.baseUrl;
  if (answer.served === 'open') {
    note(run, `The endpoint ${aws.endpoint} does not check tokens: anyone who reaches it can call the API.`);
  }
  return undefined;
}

/** What `up` would do. Makes no mutating call. Throws as `up` does before it touches anything. */
export async function plan(
  aws: Aws,
  options: StackOptions & Partial<Pick<UpOptions, 'adopt' | 'replace' | 'code' | 'removeTables'>>,
): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const run = begin(aws, options);
  await readAll(run);
  const findings = await compareAll(run);
  refuseOtherService(run, findings);
  refuse(findings, { adopt: options.adopt ?? false, replace: findings.map(({ node }) => node.type) });
  sayWhatIsOpen(run);
  const resources = findings.map((finding) => ({
    type: finding.node.type,
    name: finding.name,
    id: finding.actual?.id ?? null,
    action: finding.action,
    ms: 0,
    ...(finding.changes.length > 0 && { changes: finding.changes }),
  }));
  return { ok: true, ...(await summarize(run)), resources, elapsedMs: aws.clock() - startedAtMs };
}

/** The ids of what stands; see `idsOf`. */
export const standingIds = (aws: Aws, options: StackOptions) => idsOf(begin(aws, { ...options, stepwise: true }));

/** The state of each resource: present, absent, drifted and how, or foreign. Makes no mutating call. */
export async function status(aws: Aws, options: StackOptions & Pick<UpOptions, 'code'>): Promise<StackStatus> {
  const startedAtMs = aws.clock();
  const run = begin(aws, options);
  await readAll(run);
  const findings = await compareAll(run);
  sayWhatIsOpen(run);
  return statusOf(run, { findings, startedAtMs });
}

export async function statusOf(
  run: Run,
  { findings, startedAtMs, shows }: { findings: readonly Finding[]; startedAtMs: number; shows?: readonly Address[] },
): Promise<StackStatus> {
  const resources = findings.map((finding) => ({
    type: finding.node.type,
    name: finding.name,
    id: finding.actual?.id ?? null,
    state: stateOf(finding),
    ...(finding.action === 'deleted' && {
      drift: [{ property: finding.node.wanted ? 'settings' : 'service', from: 'was in it', to: null }],
    }),
    ...(finding.ours && finding.changes.length > 0 && { drift: finding.changes }),
  }));
  const inSync = findings.every((finding) => stateOf(finding) === 'present' || run.leftOut.has(finding.node.id));
  const standing = new Set(findings.flatMap(({ node, actual }) => (actual ? [node.type] : [])));
  const notCompared = Object.fromEntries([...standing].map((type) => [type, resourceTypes[type].notCompared]));
  return {
    ok: true,
    inSync,
    ...(await summarize(run, shows)),
    resources,
    notCompared,
    elapsedMs: run.aws.clock() - startedAtMs,
  };
}

function stateOf(finding: Finding): ResourceState {
  if (!finding.actual) return 'absent';
  if (!finding.ours) return 'foreign';
  return finding.changes.length > 0 || finding.action === 'deleted' ? 'drifted' : 'present';
}

/** Deletes what `up` made, and verifies that nothing of it is left. */
export async function down(aws: Aws, options: StackOptions & { keepData: boolean }): Promise<StackReport> {
  const startedAtMs = aws.clock();
  const run = begin(aws, {
    ...options,
    goal: ({ holdsData = false }) => (options.keepData && holdsData ? 'untouched' : 'absent'),
  });
  const resources = await converge(run);
  return { ok: true, ...(await summarize(run)), resources, elapsedMs: aws.clock() - startedAtMs };
}

/**
 * How many items `down` would delete, with the tables that are no longer in the service; 0 where there are none. AWS counts about every six
 * hours: a table that it says to be empty is looked into, and then counts as one item at least.
 */
export async function countItems(aws: Aws, options: StackOptions): Promise<number> {
  const run = begin(aws, options);
  await readAll(run);
  const counts = run.graph
    .filter(({ type }) => type === 'table')
    .map(async ({ id }) => {
      const table = run.known.actual(id as NodeId<ActualTable>);
      if (table?.tags?.['dynops:stack'] !== run.known.stack) return 0;
      if (table.itemCount > 0) return table.itemCount;
      return (await readItems(aws, { table: table.name, limit: 1 })).items.length;
    });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** A run of the pipeline with its defaults; the function's code is read when it is first asked for. */
export function begin(aws: Aws, options: StackOptions & Partial<RunOptions>): Run {
  const { signal: _signal, ...given } = options;
  let code: Promise<FunctionCode> | undefined;
  return beginRun(aws, {
    adopt: false,
    replace: [],
    removeTables: [],
    password: () => Promise.reject(new Error('no password was given')),
    code() {
      code ??= readFunctionCode();
      return code;
    },
    stepwise: false,
    goal: () => 'present',
    ...given,
  });
}

import { randomUUID } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { EngineParts } from '../../engine-parts.ts';
import { beginFunctionTrace, type FunctionTrace } from '../../xray/recorder.ts';
import { type FunctionRecord, findFunction, findQualified, isAlias, requireVersion, versionOf } from '../functions.ts';
import { functionArn, qualifiedArn } from '../names.ts';
import { answerOf } from './answer.ts';
import { cpuWaitOf } from './cpu-share.ts';
import { endLeftOver } from './environment-folder.ts';
import { createEventQueue } from './event-queue.ts';
import type { InvokeInput, InvokeResult } from './invocation.ts';
import type { Outcome } from './invocation-queue.ts';
import { canJail } from './jail.ts';
import { readClientContext, readPayload } from './payload.ts';
import { createPool, type Lease, maxConcurrency, maxQueuedBytes, type Pool } from './pool.ts';
import { startWorker, type Worker } from './worker.ts';

/** Runs uploaded zips in Node processes of their own. */
export interface FunctionRuntime {
  /** Throws AwsError: ResourceNotFoundException, ResourceConflictException, InvalidRequestContentException, TooManyRequestsException, RequestEntityTooLargeException. */
  invoke(input: InvokeInput): Promise<InvokeResult>;
  /** Takes an event for later; resolves when it is kept. Throws as `invoke`. */
  invokeLater(input: InvokeInput): Promise<void>;
  /** Goes on with the events that an engine before this one left. */
  resume(): void;
  /** Whether functions run in namespaces of their own here; without, Python has this user's rights. */
  confines(): Promise<boolean>;
  /** Ends the processes of a function whose code or configuration changed, or of a function or version that was deleted. */
  retire(record: FunctionRecord): void;
  /** Hashes of the code that something runs, or waits to, whatever became of its function. */
  usedHashes(): string[];
  close(): Promise<void>;
}

type CodePool = Pool & { codeSha256: string };

/** An invocation whose process went away before it began is given to so many others. */
const maxTakes = 3;

/** Opens the runtime; processes start with the first invocation. */
export function openFunctionRuntime(
  getEngine: () => EngineParts,
  options: { dataDir: string; log: (line: string) => void; random?: () => number },
): FunctionRuntime {
  const { random = Math.random } = options;
  /** By function, then by revision: of its versions, and of what was changed meanwhile and still runs. */
  const pools = new Map<string, Map<string, CodePool>>();
  const workers = new Set<Worker>();
  const swept = endLeftOver(options.dataDir, options.log).catch((error: unknown) =>
    options.log(`folders of functions could not be removed: ${String(error)}`),
  );
  let jails: Promise<boolean> | undefined;

  function poolOf(record: FunctionRecord): CodePool {
    const own = poolsOf(record);
    const found = own.get(record.revision);
    if (found) return found;
    let notice = olderNodeNotice(record.runtime);
    const made = createPool(async () => {
      const worker = await start(record);
      if (notice !== undefined) worker.log.line(notice, 'WARN');
      notice = undefined;
      return worker;
    });
    const pool = { ...made, codeSha256: record.codeSha256 };
    own.set(record.revision, pool);
    return pool;
  }

  function poolsOf({ region, name }: FunctionRecord) {
    const key = `${region}/${name}`;
    const found = pools.get(key) ?? new Map<string, CodePool>();
    pools.set(key, found);
    return found;
  }

  /** Not before nothing runs there any more: until then it counts for what the function may run at once. */
  function forgetEnded(record: FunctionRecord): void {
    const own = poolsOf(record);
    for (const [revision, pool] of own) if (pool.isOver()) own.delete(revision);
    if (own.size === 0) pools.delete(`${record.region}/${record.name}`);
  }

  /** Versions share what their function may run at once. Throws AwsError TooManyRequestsException. */
  function admit(engine: EngineParts, record: FunctionRecord): Pool {
    const pool = poolOf(record);
    const { reservedConcurrency } =
      record.version === undefined ? record : (findFunction(engine, record.region, record.name) ?? record);
    let load = 0;
    for (const other of poolsOf(record).values()) load += other.load();
    if (load < (reservedConcurrency ?? maxConcurrency)) return pool;
    throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
      members: {
        Reason:
          reservedConcurrency === undefined
            ? 'ConcurrentInvocationLimitExceeded'
            : 'ReservedFunctionConcurrentInvocationLimitExceeded',
      },
    });
  }

  function confines(): Promise<boolean> {
    jails ??= canJail();
    return jails;
  }

  async function start(record: FunctionRecord): Promise<Worker> {
    const engine = getEngine();
    await swept;
    const worker = await startWorker(engine, record, {
      jailed: await confines(),
      onExit: () => workers.delete(worker),
    });
    workers.add(worker);
    await worker.ready;
    return worker;
  }

  async function invoke(input: InvokeInput): Promise<InvokeResult> {
    const engine = getEngine();
    const record = requireActive(engine, input, random());
    const payload = readPayload(input.payload, 'RequestResponse');
    const clientContext = readClientContext(input.clientContext);
    const pool = admit(engine, record);
    const trace = beginFunctionTrace(engine, record, input.traceHeader);
    const { requestId = randomUUID() } = input;
    const invocation = { record, payload, clientContext, input, trace, requestId, startedAtMs: engine.clock() };
    let mayQueue = payload.length <= maxQueuedBytes;
    try {
      for (let takes = 1; ; ) {
        const lease = await pool.take(mayQueue);
        const result = await invokeOn(engine, invocation, { pool, lease, isLast: takes === maxTakes });
        if (result) return result;
        // What waited in vain behind others does not do so again.
        if (mayQueue) mayQueue = false;
        else takes += 1;
      }
    } finally {
      if (pool.isOver()) {
        forgetEnded(record);
        engine.code.removeUnusedAfter(0);
      }
    }
  }

  const events = createEventQueue(getEngine, invoke);

  return {
    confines,
    invoke,
    async invokeLater(input) {
      requireActive(getEngine(), input, random());
      await events.accept({ ...input, payload: readPayload(input.payload, 'Event') });
    },
    resume: events.resume,
    retire(record) {
      poolsOf(record).get(record.revision)?.retire();
      forgetEnded(record);
    },
    usedHashes: () => [...pools.values()].flatMap((own) => [...own.values()].map(({ codeSha256 }) => codeSha256)),
    async close() {
      events.close();
      for (const own of pools.values()) for (const pool of own.values()) pool.retire();
      pools.clear();
      for (const worker of workers) worker.end();
    },
  };
}

/** Said once of a function: what its code may use and this Node lacks. */
function olderNodeNotice(runtime: string): string | undefined {
  const wanted = Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 0);
  return Number(process.versions.node.split('.')[0]) < wanted
    ? `${runtime} runs on Node ${process.versions.node} here: features of newer versions are missing`
    : undefined;
}

/** The version that is to run; `share`: 0 to below 1, by which an alias chooses between two. */
function requireActive(
  engine: EngineParts,
  { region, functionName, qualifier }: InvokeInput,
  share: number,
): FunctionRecord {
  const named = findQualified(engine, region, functionName, qualifier);
  const second = named && isAlias(named) && named.second && share < named.second.weight ? named.second : undefined;
  const record =
    named && !isAlias(named)
      ? named
      : requireVersion(engine, region, { FunctionName: functionName, Qualifier: second?.version ?? qualifier });
  if (!engine.simulation.lasts('lambda.pending', record.activeAtMs)) return record;
  throw new AwsError(
    'ResourceConflictException',
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
  );
}

interface Asked {
  record: FunctionRecord;
  requestId: string;
  payload: Uint8Array;
  clientContext: string | undefined;
  input: InvokeInput;
  trace: FunctionTrace;
  startedAtMs: number;
}

/** undefined: the process went away before the invocation began, or others before it took too long. */
async function invokeOn(
  engine: EngineParts,
  asked: Asked,
  on: { pool: Pool; lease: Lease; isLast: boolean },
): Promise<InvokeResult | undefined> {
  const { record, requestId, payload, clientContext, input, trace } = asked;
  const { pool, lease, isLast } = on;
  const { worker, cold } = lease;
  const initError = cold ? await worker.ready : undefined;
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const begun = () => {
      hasBegun = true;
      worker.log.start(requestId, { cold });
      trace.started();
    };
    const ended = (outcome: Outcome) => {
      try {
        const isUntaken = outcome.kind === 'untaken' && !isLast;
        if (isUntaken) worker.log.abandon(requestId);
        else if (!hasBegun) begun();
        resolve(isUntaken ? undefined : report(asked, lease, outcome));
      } catch (error) {
        reject(error);
      }
      pool.giveBack(worker, outcome.kind === 'untaken' ? undefined : durationOf(outcome, record));
    };
    if (initError) {
      // A process whose code did not load is of no use to the next invocation.
      worker.end();
      ended(
        typeof initError === 'string'
          ? { kind: 'exit', description: initError, durationMs: 0 }
          : { kind: 'error', error: initError, maxMemoryBytes: 0, durationMs: 0, atLoad: true },
      );
      return;
    }
    worker.run({
      message: {
        requestId,
        functionArn: qualifiedArn(functionArn(engine, record.region, record.name), input.qualifier),
        payload,
        limitMs: record.timeoutSeconds * 1000,
        traceId: trace.header,
        cpuWaitPerMs: cpuWaitOf(record.memoryMb, engine.simulation.scale),
        clientContext,
      },
      begun,
      isSlow: worker.log.begun,
      ended,
    });
  });
}

/** Ends the invocation's log and trace. */
function report(
  { record, requestId, trace, startedAtMs }: Asked,
  { worker, cold }: Lease,
  outcome: Outcome,
): InvokeResult {
  const durationMs = durationOf(outcome, record);
  trace.answered(durationMs);
  const answer = answerOf(outcome, record, requestId);
  const initDurationMs = cold ? worker.initMs() : undefined;
  const logTail = worker.log.end({
    durationMs,
    initDurationMs,
    maxMemoryBytes: 'maxMemoryBytes' in outcome ? outcome.maxMemoryBytes : 0,
    problem: 'maxMemoryBytes' in outcome ? undefined : answer.error?.errorMessage,
    traceHeader: trace.header,
  });
  trace.end({ requestId, initDurationMs, error: answer.error });
  return {
    requestId,
    version: versionOf(record),
    payload: answer.payload,
    functionError: answer.error ? 'Unhandled' : undefined,
    logTail,
    startedAtMs,
    durationMs,
    initDurationMs,
  };
}

function durationOf(outcome: Outcome, { timeoutSeconds }: FunctionRecord): number {
  if (outcome.kind === 'timeout') return timeoutSeconds * 1000;
  return outcome.kind === 'untaken' ? 0 : outcome.durationMs;
}

import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueFunctionCredentials } from '../../credentials.ts';
import type { Engine } from '../../engine.ts';
import { makeScratch, packageAbove, taskFolder } from '../code.ts';
import type { FunctionRecord } from '../functions.ts';
import { createInvocationLog, type InvocationLog } from './invocation-log.ts';
import { watchMemory } from './memory-watch.ts';
import { type FromFunction, type FunctionError, ownVariables, readMessage, type ToFunction } from './messages.ts';
import { readNodeOptions } from './node-options.ts';

/** Lambda ends a function whose start takes longer. */
const initLimitMs = 10_000;

/** How one invocation ended. */
export type Outcome =
  | { kind: 'answer'; payload: string; maxMemoryBytes: number }
  | { kind: 'error'; error: FunctionError; maxMemoryBytes: number }
  | { kind: 'timeout' }
  | { kind: 'exit'; description: string };

/** One process of a function: runs one invocation at a time. */
export interface Worker {
  log: InvocationLog;
  /** How long its start took; undefined: it has not ended yet. */
  initMs(): number | undefined;
  /** Resolves when it can take invocations; an error: the function's code failed to load. */
  ready: Promise<FunctionError | undefined>;
  run(invocation: ToFunction, limitMs: number): Promise<Outcome>;
  /** False when its process has ended. */
  alive(): boolean;
  end(): void;
}

export async function startWorker(engine: Engine, record: FunctionRecord, onExit: () => void): Promise<Worker> {
  const id = randomBytes(16).toString('hex');
  const logStream = `${new Date(engine.clock()).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${id}`;
  const log = createInvocationLog(engine, record, logStream);
  const [taskRoot, scratch] = await Promise.all([
    taskFolder(engine.dataDir, record.codeSha256),
    makeScratch(engine.dataDir, id),
  ]);
  const script = processScript();
  const startedAt = performance.now();
  const child = fork(script, [String(highestDescriptor())], {
    cwd: taskRoot,
    env: environmentOf(engine, record, { taskRoot, scratch, logStream }),
    execArgv: [
      ...readNodeOptions(record.environment.NODE_OPTIONS).served,
      ...permissionFlags([script, taskRoot, packageAbove(taskRoot), scratch], scratch),
      `--max-old-space-size=${record.memoryMb}`,
    ],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: what it sends to its group does not reach the engine.
    detached: true,
  });
  const guardMemory = () =>
    watchMemory(child.pid ?? 0, {
      limitBytes: record.memoryMb * 1024 * 1024,
      onExceeded: () => child.kill('SIGKILL'),
    });
  let memory = guardMemory();

  let alive = true;
  let initMs: number | undefined;
  let current: { requestId: string; settle: (outcome: Outcome) => void } | undefined;
  let settleReady: (error: FunctionError | undefined) => void = () => undefined;
  const ready = new Promise<FunctionError | undefined>((resolve) => {
    settleReady = resolve;
  });
  const initTimer = setTimeout(() => child.kill('SIGKILL'), initLimitMs);
  const initDone = (error: FunctionError | undefined) => {
    if (initMs !== undefined) return;
    clearTimeout(initTimer);
    memory.stop();
    initMs = performance.now() - startedAt;
    settleReady(error);
  };

  const receive = (message: FromFunction) => {
    switch (message.kind) {
      case 'ready':
        return initDone(undefined);
      case 'init-error':
        return initDone(message.error);
      case 'log':
        return log.line(message.text, message.level);
      case 'answer':
      case 'error':
        if (message.requestId !== current?.requestId) return;
        return current.settle(message);
    }
  };
  child.on('message', (message) => {
    const known = readMessage(message);
    if (known) receive(known);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (line !== '') log.line(line, undefined);
      }
    });
  }
  child.on('error', () => child.kill('SIGKILL'));
  child.once('exit', () => {
    alive = false;
  });
  // Not before all that it said has arrived: its last words are why it ended.
  child.once('close', (code, signal) => {
    const description = `Error: Runtime exited ${signal ? `with error: signal: ${signalText(signal)}` : code === 0 ? 'without providing a reason' : `with error: exit status ${code}`}`;
    initDone({ errorType: 'Runtime.ExitError', errorMessage: description, trace: [] });
    current?.settle({ kind: 'exit', description });
    rmSync(scratch, { recursive: true, force: true });
    onExit();
  });

  return {
    log,
    initMs: () => initMs,
    ready,
    alive: () => alive,
    end: () => void child.kill('SIGKILL'),
    run: (invocation, limitMs) =>
      new Promise((resolve) => {
        if (!alive) {
          resolve({ kind: 'exit', description: 'Error: Runtime exited without providing a reason' });
          return;
        }
        const timer = setTimeout(() => {
          current?.settle({ kind: 'timeout' });
          child.kill('SIGKILL');
        }, limitMs);
        memory = guardMemory();
        current = {
          requestId: invocation.requestId,
          settle(outcome) {
            clearTimeout(timer);
            memory.stop();
            current = undefined;
            resolve(outcome);
          },
        };
        sendTo(child, invocation);
      }),
  };
}

/** A process that is just ending takes no message; its exit settles the invocation. */
function sendTo(child: ChildProcess, invocation: ToFunction): void {
  child.send(invocation, (error) => {
    if (error) child.kill('SIGKILL');
  });
}

const signalText = (signal: string) => (signal === 'SIGKILL' ? 'killed' : signal === 'SIGABRT' ? 'aborted' : signal);

/** The bundled program beside the engine's; a file of its own, so that a function can be kept from all the others. */
function processScript(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, 'function-process.mjs'), join(here, '../../../../dist/function-process.mjs')];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error('function-process.mjs is missing: run `npm run build`');
  return found;
}

/** The function's code may read itself and its scratch folder, and write the latter; the engine's data are out of its reach. */
function permissionFlags(readable: string[], writable: string): string[] {
  const major = Number(process.versions.node.split('.')[0]);
  return [
    // The flag lost its prefix in Node 23.5.
    major >= 24 ? '--permission' : '--experimental-permission',
    // Node 25 guards the network as well; the function needs it to reach the table.
    ...(major >= 25 ? ['--allow-net'] : []),
    // It opens database files by itself, wherever they are.
    ...(process.allowedNodeEnvironmentFlags.has('--experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
    '--no-warnings',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${writable}`,
  ];
}

/** No file that the engine has open has a higher number; a few more, for those that are opened at this moment. */
function highestDescriptor(): number {
  try {
    return Math.max(...readdirSync('/dev/fd').map(Number)) + 16;
  } catch {
    return 1_024; // No such folder on this platform.
  }
}

/**
 * What its process is started with. The function's own variables are in one of these and get their names inside: some
 * (`NODE_OPTIONS`, `LD_PRELOAD`, `OPENSSL_CONF`, …) would have their effect before the function is confined.
 */
function environmentOf(
  engine: Engine,
  record: FunctionRecord,
  folders: { taskRoot: string; scratch: string; logStream: string },
): Record<string, string> {
  const { taskRoot, scratch, logStream } = folders;
  const credentials = issueFunctionCredentials(engine, { roleArn: record.roleArn, functionArn: record.arn });
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PWD: taskRoot,
    HOME: scratch,
    TMPDIR: scratch,
    NODE_PATH: join(taskRoot, 'node_modules'),
    [ownVariables]: JSON.stringify(record.environment),
    AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
    AWS_REGION: record.region,
    AWS_DEFAULT_REGION: record.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_ENDPOINT_URL: engine.baseUrl,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: record.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...daemonAddress(engine),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: taskRoot,
    _HANDLER: record.handler,
  };
}

function daemonAddress({ traceDaemonAddress }: Engine): Record<string, string> {
  const [address = '', port = ''] = traceDaemonAddress.split(':');
  return {
    AWS_XRAY_DAEMON_ADDRESS: traceDaemonAddress,
    _AWS_XRAY_DAEMON_ADDRESS: address,
    _AWS_XRAY_DAEMON_PORT: port,
  };
}

import { writeSync } from 'node:fs';
import { Module, syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { confine } from './confine.ts';
import { describeError, describeRejection } from './describe-error.ts';
import { createFrameReader } from './frames.ts';
import { installConsole } from './function-console.ts';
import { createInvoker, type Invoker } from './function-invoker.ts';
import { loadHandler } from './load-handler.ts';
import { mapTmp } from './map-tmp.ts';
import {
  encodeFromFunction,
  type FromFunction,
  ownVariables,
  pipeDescriptor,
  processId,
  readToFunction,
} from './messages.ts';
import { installRawJson } from './raw-json.ts';
import { installStreaming } from './response-stream.ts';
import { signalText } from './signals.ts';
import { withTraceVariable } from './trace-variable.ts';

/**
 * The process in which one function runs, one invocation at a time. It speaks with the engine over a pipe, has the
 * function's environment and nothing else of the engine's, and ends when the engine does.
 */

// The id is for those who look at the machine's processes.
const [, highestDescriptor, ownScratch, ...readable] = process.argv.splice(2);
const pipe = new Socket({ fd: pipeDescriptor, readable: true, writable: true });
const send = (message: FromFunction, sent?: () => void) => pipe.write(encodeFromFunction(message), sent);
const endWithEngine = () => process.exit(0);
pipe.once('close', endWithEngine).once('end', endWithEngine).on('error', endWithEngine);

confine({
  highestDescriptor: Number(highestDescriptor),
  knownAs: Number(process.env[processId] ?? process.pid),
  dieOf(signal) {
    if (signalText(signal) === undefined) return;
    // Behind a frame that is only partly written, whose body it would otherwise become.
    if (pipe.writableLength > 0) return void send({ kind: 'signal', signal });
    writeSync(pipeDescriptor, encodeFromFunction({ kind: 'signal', signal }));
    // Nothing more runs: the engine ends this process, or is gone.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
    process.exit(1);
  },
});
if (ownScratch !== undefined) mapTmp(ownScratch, readable);
// Written by the engine, from what was checked when it was set.
Object.assign(process.env, JSON.parse(process.env[ownVariables] ?? '{}') as Record<string, string>);
delete process.env[ownVariables];
delete process.env[processId];
process.env = withTraceVariable(process.env);
syncBuiltinESMExports();
// It was read before: the function's own has its effect from now on.
Reflect.get(Module, '_initPaths')();
installRawJson();
installStreaming();
installConsole(send);

let invoker: Invoker | undefined;

const say = (title: string, error: ReturnType<typeof describeError>) =>
  send({ kind: 'log', level: 'ERROR', text: `${title} \t${JSON.stringify(error)}` });

/** What nobody caught ends the process, as in Lambda; whom it concerns is told why. */
function endBy(error: ReturnType<typeof describeError>, title: string, status: number): void {
  say(title, error);
  const requestId = invoker?.current();
  const exit = () => process.exit(status);
  if (!invoker) send({ kind: 'init-error', error }, exit);
  else if (requestId === undefined) exit();
  else send({ kind: 'error', requestId, error, maxMemoryBytes: maxMemoryBytes() }, exit);
}
const maxMemoryBytes = () => process.resourceUsage().maxRSS * 1024;
process.on('uncaughtException', (error) => endBy(describeError(error), 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) => endBy(describeRejection(reason), 'Unhandled Promise Rejection', 128));

const reader = createFrameReader({
  frame(frame) {
    const told = readToFunction(frame);
    if ('withdrawn' in told) invoker?.withdraw(told.withdrawn);
    else invoker?.invoke(told);
  },
  violation: endWithEngine,
});
pipe.on('data', (chunk: Buffer) => reader.push(chunk));

try {
  const handler = await loadHandler({
    taskRoot: process.env.LAMBDA_TASK_ROOT ?? '.',
    handler: process.env._HANDLER ?? '',
    runtime: (process.env.AWS_EXECUTION_ENV ?? '').replace('AWS_Lambda_', ''),
  });
  invoker = createInvoker(handler, {
    send,
    // What is said in one go is written in one go.
    together(say) {
      pipe.cork();
      say();
      pipe.uncork();
    },
    whenWritten: (then) => (pipe.writableLength === 0 ? then() : void pipe.write('', then)),
    maxMemoryBytes,
    // Between invocations only the pipe keeps the process; during one, an empty event loop has a meaning.
    hold: (held) => (held ? pipe.ref() : pipe.unref()),
  });
  send({ kind: 'ready' });
} catch (thrown) {
  const error = describeError(thrown);
  say('Uncaught Exception', error);
  send({ kind: 'init-error', error });
}

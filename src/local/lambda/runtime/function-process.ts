import { format } from 'node:util';
import { confine } from './confine.ts';
import { createCpuShare } from './cpu-share.ts';
import { describeError } from './describe-error.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { type FromFunction, ownVariables, type ToFunction } from './messages.ts';
import { installRawJson } from './raw-json.ts';

/**
 * The process in which one function runs, one invocation at a time. It speaks with the engine over the fork's channel,
 * has the function's environment and nothing else of the engine's, and ends when the engine does.
 */

const channel = process.send?.bind(process);
if (!channel) throw new Error('this program is started by the engine');
// The function's code has no business on the channel; what it might send nonetheless is checked on the other side.
delete process.send;
const send = (message: FromFunction) => channel(message);

process.once('disconnect', () => process.exit(0));
confine(Number(process.argv[2]));
// Written by the engine, from what was checked when it was set.
Object.assign(process.env, JSON.parse(process.env[ownVariables] ?? '{}') as Record<string, string>);
delete process.env[ownVariables];
process.argv.splice(2);
installRawJson();

const cpuShare = createCpuShare();
let current: ToFunction | undefined;
const requestId = () => current?.requestId ?? '-';

for (const [method, level] of [
  ['log', 'INFO'],
  ['info', 'INFO'],
  ['warn', 'WARN'],
  ['error', 'ERROR'],
  ['debug', 'DEBUG'],
  ['trace', 'TRACE'],
] as const) {
  console[method] = (...args: unknown[]) => send({ kind: 'log', level, requestId: requestId(), text: format(...args) });
}

let handler: Handler | undefined;
try {
  handler = await loadHandler({
    taskRoot: process.env.LAMBDA_TASK_ROOT ?? '.',
    handler: process.env._HANDLER ?? '',
    allowCallbacks: !/^nodejs(2[4-9]|[3-9]\d)/.test((process.env.AWS_EXECUTION_ENV ?? '').replace('AWS_Lambda_', '')),
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'init-error', error: describeError(error) });
}

process.on('message', (message: ToFunction) => {
  current = message;
  if (message.traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = message.traceId;
  const share = cpuShare.begin(message.cpuWaitPerMs);
  run(message).then(async (answer) => {
    await share.end();
    send({ ...answer, maxMemoryBytes: process.memoryUsage.rss() });
  });
});

async function run(message: ToFunction): Promise<Extract<FromFunction, { kind: 'answer' | 'error' }>> {
  const { requestId: id } = message;
  try {
    if (!handler) throw new Error('the handler was not loaded');
    const result = await handler(JSON.parse(message.payload), contextOf(message));
    const payload = JSON.stringify(result);
    return { kind: 'answer', requestId: id, payload: payload ?? 'null', maxMemoryBytes: 0 };
  } catch (error) {
    const described = describeError(error);
    send({ kind: 'log', level: 'ERROR', requestId: id, text: `Invoke Error \t${JSON.stringify(described)}` });
    return { kind: 'error', requestId: id, error: described, maxMemoryBytes: 0 };
  }
}

function contextOf(message: ToFunction) {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    ...(message.clientContext !== undefined && { clientContext: JSON.parse(message.clientContext) }),
    getRemainingTimeInMillis: () => Math.max(0, message.deadlineMs - Date.now()),
  };
}

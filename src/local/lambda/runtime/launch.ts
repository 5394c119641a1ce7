import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { SessionCredentials } from '../../credentials.ts';
import type { EngineParts } from '../../engine-parts.ts';
import { taskFolder } from '../code.ts';
import { type FunctionRecord, usualLevels, versionOf } from '../functions.ts';
import type { EnvironmentFolder } from './environment-folder.ts';
import { functionCommand } from './function-command.ts';
import { jailCommand } from './jail.ts';
import { ownVariables } from './messages.ts';

type IssuedCredentials = ReturnType<SessionCredentials['issue']>;

/** Starts the process of a function; its fourth descriptor is the pipe to the engine. */
export async function launch(
  engine: EngineParts,
  record: FunctionRecord,
  into: { folder: EnvironmentFolder; logStream: string; jailed: boolean; credentials: IssuedCredentials },
): Promise<ChildProcess> {
  const { folder, logStream, jailed, credentials } = into;
  const task = await taskFolder(engine.dataDir, record.codeSha256);
  const { id, root, scratch } = folder;
  const started = await functionCommand(record, { id, task, scratch, jailed });
  const [file = '', ...args] = jailed
    ? jailCommand({
        root,
        scratchMb: record.ephemeralStorageMb,
        binds: started.binds,
        command: started.command,
        workingFolder: started.taskRoot,
      })
    : started.command;
  const child = spawn(file, args, {
    cwd: task,
    env: environmentOf(engine, record, { ...started, jailed, logStream, credentials }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A process group of its own: what it sends to its group does not reach the engine.
    detached: true,
  });
  if (!jailed && child.pid !== undefined) folder.recordPid(child.pid);
  return child;
}

/**
 * What its process is started with. The function's own variables are in one of these and get their names inside: some
 * (`NODE_OPTIONS`, `LD_PRELOAD`, `OPENSSL_CONF`, …) would have their effect before the function is confined.
 */
function environmentOf(
  engine: EngineParts,
  record: FunctionRecord,
  started: {
    taskRoot: string;
    scratch: string;
    packages: string;
    jailed: boolean;
    logStream: string;
    credentials: IssuedCredentials;
  },
): Record<string, string> {
  const { taskRoot, scratch, packages, jailed, logStream, credentials } = started;
  const runtimeFolder = jailed ? '/var/runtime' : taskRoot;
  const isPython = record.runtime.startsWith('python');
  const { format, levels = usualLevels } = record.logging;
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PWD: taskRoot,
    HOME: scratch,
    TMPDIR: scratch,
    ...(!isPython && { NODE_PATH: [join(taskRoot, 'node_modules'), packages].join(delimiter) }),
    [ownVariables]: JSON.stringify({
      ...(jailed && variablesInside),
      ...(isPython && { PYTHONPATH: runtimeFolder }),
      ...record.environment,
    }),
    AWS_EXECUTION_ENV: `AWS_Lambda_${record.runtime}`,
    AWS_REGION: record.region,
    AWS_DEFAULT_REGION: record.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_ENDPOINT_URL: engine.baseUrl,
    AWS_LAMBDA_FUNCTION_NAME: record.name,
    AWS_LAMBDA_FUNCTION_VERSION: versionOf(record),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(record.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: format,
    ...(format === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: levels.application }),
    AWS_LAMBDA_LOG_GROUP_NAME: record.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...daemonAddress(engine),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeFolder,
    _HANDLER: record.handler,
  };
}

/**
 * The programs that start it have the machine's. Recorded (2023): localstack `lambda_/test_lambda_common` test_introspection_invoke; Lambda's
 * developer guide, "Defined runtime environment variables".
 */
const variablesInside = {
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
  SHLVL: '0',
};

function daemonAddress({ traceDaemonAddress }: EngineParts): Record<string, string> {
  const [address = '', port = ''] = traceDaemonAddress.split(':');
  return {
    AWS_XRAY_DAEMON_ADDRESS: traceDaemonAddress,
    _AWS_XRAY_DAEMON_ADDRESS: address,
    _AWS_XRAY_DAEMON_PORT: port,
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueFunctionCredentials } from '../../credentials.ts';
import type { Engine } from '../../engine.ts';
import { packageAbove, taskFolder } from '../code.ts';
import type { FunctionRecord } from '../functions.ts';
import type { EnvironmentFolder } from './environment-folder.ts';
import { jailCommand, nodeInside } from './jail.ts';
import { ownVariables } from './messages.ts';
import { readNodeOptions } from './node-options.ts';

/** Starts the process of a function; its fourth descriptor is the pipe to the engine. */
export async function launch(
  engine: Engine,
  record: FunctionRecord,
  into: { folder: EnvironmentFolder; logStream: string; jailed: boolean },
): Promise<ChildProcess> {
  const { folder, logStream, jailed } = into;
  const outside = await taskFolder(engine.dataDir, record.codeSha256);
  const program = builtFile('function-process.mjs');
  const places = jailed
    ? {
        node: nodeInside,
        program: '/var/runtime/function-process.mjs',
        task: '/var/task',
        above: '/var/package.json',
        tmp: '/tmp',
      }
    : { node: process.execPath, program, task: outside, above: packageAbove(outside), tmp: folder.scratch };
  const command = [
    places.node,
    ...readNodeOptions(record.environment.NODE_OPTIONS).served,
    ...permissionFlags([places.program, places.task, places.above, places.tmp], places.tmp),
    `--max-old-space-size=${record.memoryMb}`,
    places.program,
    folder.id,
    String(highestDescriptor()),
    ...(jailed ? [] : [folder.scratch]),
  ];
  const [file = '', ...args] = jailed
    ? jailCommand({
        root: folder.root,
        scratchMb: record.ephemeralStorageMb,
        binds: {
          [places.node]: process.execPath,
          [places.program]: program,
          [places.above]: packageAbove(outside),
          [places.task]: outside,
        },
        command,
        workingFolder: places.task,
      })
    : command;
  const child = spawn(file, args, {
    cwd: outside,
    env: environmentOf(engine, record, { taskRoot: places.task, scratch: places.tmp, logStream }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A process group of its own: what it sends to its group does not reach the engine.
    detached: true,
  });
  if (!jailed && child.pid !== undefined) folder.recordPid(child.pid);
  return child;
}

/** A file that was built beside the engine's program. */
function builtFile(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, name), join(here, '../../../../dist', name)];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`${name} is missing: run \`npm run build\``);
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

import { existsSync, readdirSync } from 'node:fs';
import { readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AwsError } from '../../aws-error.ts';
import { packageAbove, packagesAbove } from '../code.ts';
import type { FunctionRecord } from '../functions.ts';
import { nodeInside } from './jail.ts';
import { readNodeOptions } from './node-options.ts';
import { findPython } from './python.ts';

/** Where the pieces of a function's process are, as it sees them. */
export interface FunctionCommand {
  command: string[];
  taskRoot: string;
  scratch: string;
  /** Where code that lacks a package finds it. */
  packages: string;
  /** Path inside its jail → file or folder outside. */
  binds: Record<string, string>;
}

/** For new objects, twice. Lambda gives 5 % of the function's memory; all that it is more would stay resident, in each process. */
const youngMb = 4;

interface Place {
  id: string;
  /** The unpacked code's folder. */
  task: string;
  scratch: string;
  jailed: boolean;
}

/** How the process of a function is started. Throws AwsError InvalidRuntimeException where the machine lacks what it needs. */
export function functionCommand(record: FunctionRecord, place: Place): Promise<FunctionCommand> {
  return record.runtime.startsWith('python') ? pythonCommand(record, place) : nodeCommand(record, place);
}

async function nodeCommand(record: FunctionRecord, { id, task, scratch, jailed }: Place): Promise<FunctionCommand> {
  const outside = {
    node: process.execPath,
    program: builtFile('function-process.mjs'),
    sdk: builtFile('function-sdk'),
    above: packageAbove(task),
    task,
    scratch,
  };
  const at = jailed
    ? {
        node: nodeInside,
        program: '/var/runtime/function-process.mjs',
        sdk: '/var/node_modules',
        above: '/var/package.json',
        task: '/var/task',
        scratch: '/tmp',
      }
    : outside;
  if (!jailed) await linkSdk(packagesAbove(task), outside.sdk);
  return {
    command: [
      at.node,
      `--max-semi-space-size=${youngMb}`,
      ...readNodeOptions(record.environment.NODE_OPTIONS).served,
      ...permissionFlags([at.program, at.sdk, at.task, at.above, packagesAbove(at.task), at.scratch], at.scratch),
      `--max-old-space-size=${record.memoryMb}`,
      at.program,
      id,
      String(highestDescriptor()),
      ...(jailed ? [] : [scratch, at.task, at.sdk, packagesAbove(at.task)]),
    ],
    taskRoot: at.task,
    scratch: at.scratch,
    packages: at.sdk,
    binds: {
      [at.node]: outside.node,
      [at.program]: outside.program,
      [at.sdk]: outside.sdk,
      [at.above]: outside.above,
      [at.task]: outside.task,
    },
  };
}

/** Where a function has no `/var/node_modules` of its own, `import` finds the SDK by a link. */
async function linkSdk(link: string, sdk: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === sdk) return;
  await rm(link, { recursive: true, force: true });
  await symlink(sdk, link, 'junction').catch((error: unknown) => {
    // Another of the function's processes, started at the same moment, has made it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

async function pythonCommand(record: FunctionRecord, { id, task, scratch, jailed }: Place): Promise<FunctionCommand> {
  const python = await findPython(record.runtime.replace('python', ''));
  if (!python) {
    throw new AwsError(
      'InvalidRuntimeException',
      `${record.runtime} needs Python on this machine: install python3 so that \`python3 --version\` answers, then invoke the function again.`,
      { statusCode: 502 },
    );
  }
  const outside = builtFile('function-process.py');
  const program = jailed ? '/var/runtime/function-process.py' : outside;
  const taskRoot = jailed ? '/var/task' : task;
  return {
    command: [python.program, '-u', '-B', program, id, String(highestDescriptor())],
    taskRoot,
    scratch: jailed ? '/tmp' : scratch,
    packages: '',
    binds: {
      ...Object.fromEntries(python.folders.map((folder) => [folder, folder])),
      [program]: outside,
      [taskRoot]: task,
    },
  };
}

/** What was built beside the engine's program. */
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
    // Node 20 crashes at a path that is there twice.
    ...[...new Set(readable)].map((path) => `--allow-fs-read=${path}`),
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

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopEngine } from '../endpoint/engine.ts';
import { endProcessTree } from '../endpoint/process-tree.ts';
import type { ExitStatus } from '../exit-status.ts';
import { hasCode } from '../home/folders.ts';
import { bringUp } from '../session/bring-up.ts';
import type { Context, Result } from '../session/command.ts';
import { overrulingVariables } from '../session/overruling-variables.ts';
import { programEnvironment } from '../session/program-environment.ts';
import { cannotRun, noInterpreter, requireProgram } from './exec/program.ts';

export interface ExecOptions {
  command: string[];
}

/** Brings the stack up on an engine of its own, runs a command against it, and removes everything whatever happens. */
export async function exec(context: Context, { command }: ExecOptions): Promise<Result> {
  const [program = ''] = command;
  await requireProgram(program, context);
  const home = await mkdtemp(join(tmpdir(), 'dynops-exec-'));
  const own = await context.isolated(home);
  try {
    const { report, request } = await bringUp(own, { settings: {}, onEvent: () => undefined });
    const env = await programEnvironment(own, { report, service: request.service });
    const unset = Object.fromEntries(overrulingVariables(context.env).map((name) => [name, undefined]));
    const status = await run(command, { ...context.env, ...unset, ...env }, context);
    return { json: { ok: status === 0, status }, exitStatus: status as ExitStatus };
  } finally {
    await stopEngine(home);
    await rm(home, { recursive: true, force: true });
  }
}

/** The command's own exit status; 128 and the signal's number where one ended it, as shells have it. */
function run(command: string[], env: NodeJS.ProcessEnv, { signal, ui }: Context): Promise<number> {
  const [program = '', ...words] = command;
  // With --json, stdout is kept for the one document.
  const stdio = ['inherit', ui.json ? 2 : 1, 2] as const;
  const child = spawn(program, words, { env, stdio: [...stdio], shell: process.platform === 'win32' });
  // Ctrl-C reaches the child directly; SIGTERM and --timeout do not.
  const onAbort = () => void endProcessTree(child);
  signal.addEventListener('abort', onAbort);
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(cannotRun(program, hasCode(cause, 'ENOENT') ? noInterpreter : cause)));
    child.on('close', (code, ended) => resolve(code ?? 128 + (constants.signals[ended ?? 'SIGTERM'] ?? 15)));
  }).finally(() => signal.removeEventListener('abort', onAbort)) as Promise<number>;
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EngineRecord,
  engineCredentials,
  engineFiles,
  engineState,
  silentEngine,
  stopEngine,
} from '../endpoint/engine.ts';
import { ensureEngine, withEngineStopped } from '../endpoint/engine-start.ts';
import { portFromEnvironment } from '../endpoint/open.ts';
import { removeIfExists } from '../home/folders.ts';
import { forgetLocalStacks } from '../home/stack-files.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop } from '../session/confirm.ts';
import { overrulingVariables } from '../session/overruling-variables.ts';
import { duration, shellQuoted } from '../ui/words.ts';

export interface LocalStartOptions {
  port?: number;
  /** `true` without a value: AWS's own times. */
  awsLike?: number | true;
}

/** Starts the engine where it does not run as asked. */
export async function localStart(context: Context, options: LocalStartOptions): Promise<Result> {
  const { home, env, ui } = context;
  const scale = options.awsLike === true ? 1 : (options.awsLike ?? 0);
  const port = options.port ?? portFromEnvironment(env);
  const engine = await ensureEngine({ home, env, port, scale, note: ui.note });
  return { json: stateOf(engine), sentences: describe(engine) };
}

/** Stops the engine, also one that does not answer; what it keeps stays. */
export async function localStop({ home }: Context): Promise<Result> {
  const stopped = await stopEngine(home);
  return { json: { ok: true, stopped }, sentences: stopped ? 'The engine is stopped.' : 'The engine was not running.' };
}

/** Whether the engine runs, and answers. Exit 0 either way: nothing is wrong with an engine that waits to be needed. */
export async function localStatus(context: Context): Promise<Result> {
  const state = await engineState(context.home);
  if (state.kind === 'silent') {
    const { message, hint } = silentEngine(state.pid);
    return {
      json: { ok: true, running: true, answering: false, pid: state.pid },
      sentences: `${message}\n${hint}`,
    };
  }
  if (state.kind === 'stopped') {
    return {
      json: { ok: true, running: false },
      sentences: 'The engine is not running; a command that needs it starts it.',
    };
  }
  const { engine } = state;
  const upMs = context.clock() - engine.startedAtMs;
  return {
    json: stateOf(engine),
    sentences: `${describe(engine)}\nRunning for ${duration(upMs)}; its data: ${engineFiles(context.home).folder}`,
  };
}

/** Shell exports that point any AWS client to the engine, which is started for it. */
export async function localEnv(context: Context): Promise<Result> {
  const { home, env, ui } = context;
  const { endpoint } = await ensureEngine({ home, env, port: portFromEnvironment(env), note: ui.note });
  const [{ accessKeyId, secretAccessKey }, { region }] = await Promise.all([engineCredentials(home), context.choice()]);
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  const lines = [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    ...overrulingVariables(env).map((name) => `unset ${name}`),
  ];
  return { json: variables, text: `${lines.join('\n')}\n` };
}

/** Stops the engine and deletes all that it keeps. Asks first. */
export async function localReset(context: Context): Promise<Result> {
  const { home } = context;
  const { folder, startLock } = engineFiles(home);
  await confirmOrStop(context, `Delete everything in the embedded engine (${folder})?`);
  await withEngineStopped(home, async () => {
    // The lock stays while it holds others out.
    const names = (await readdir(folder)).filter((name) => join(folder, name) !== startLock);
    await Promise.all([...names.map((name) => removeIfExists(join(folder, name))), forgetLocalStacks(home)]);
  });
  return { json: { ok: true }, sentences: 'Everything in the engine is deleted.' };
}

function stateOf({ pid, port, endpoint, version, scale, startedAtMs }: EngineRecord): Record<string, unknown> {
  const startedAt = new Date(startedAtMs).toISOString();
  return { ok: true, running: true, endpoint, port, pid, version, awsLike: scale === 0 ? null : scale, startedAt };
}

function describe({ endpoint, pid, scale }: EngineRecord): string {
  const simulation = scale === 0 ? '' : `, as slow as AWS${scale === 1 ? '' : ` times ${scale}`}`;
  return `The engine runs at ${endpoint} (process ${pid}${simulation}).`;
}

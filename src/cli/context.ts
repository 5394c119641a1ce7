import { resolve } from 'node:path';
import { chooseTarget } from '../endpoint/choose.ts';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { homeFolder, refuseForeignFolder } from '../home/folders.ts';
import type { Context, GlobalOptions } from '../session/command.ts';
import { loadSettings } from '../settings/file.ts';
import { stackProblem } from '../settings/spelling.ts';
import { callLine } from '../ui/debug.ts';
import type { Ui } from '../ui/ui.ts';
import { adviceFor } from './advice.ts';

/** Everything a command may need, each part made when it is first asked for. */
export async function createContext(given: {
  options: GlobalOptions;
  env: Environment;
  cwd: string;
  ui: Ui;
  signal: AbortSignal;
  onTimeout: Context['onTimeout'];
}): Promise<Context> {
  const { options, env, cwd, ui, signal, onTimeout } = given;
  const home = resolve(cwd, homeFolder(env));
  // A function's process is kept to its own folders by Node's permission flags, where a * stands for anything.
  if (home.includes('*'))
    throw usageError(`${home} cannot be used: it has a * in it.`, 'Choose another place with DYNOPS_HOME.');
  await refuseForeignFolder(home);
  const settings = once(() => loadSettings({ cwd, env }));
  const choice = once(async () => chooseTarget(options, { env, settings: await settings() }));
  const target = once(async () => {
    const { openTarget } = await import('../endpoint/open.ts');
    return openTarget(await choice(), { home, env, note: ui.note });
  });
  const aws = once(async () => {
    const { connect } = await import('../aws/aws.ts');
    return connect({
      target: await target(),
      signal,
      ...(options.debug && { onCall: (call) => ui.warn(callLine(call)) }),
    });
  });
  const stack = once(async () => {
    const name = options.stack ?? (env.DYNOPS_STACK || (await settings()).stack || 'default');
    const problem = stackProblem(name);
    if (problem !== undefined) throw usageError(`DYNOPS_STACK is "${name}"; a stack's name ${problem}.`);
    return name;
  });
  const advise: Context['advise'] = async (error) => {
    const isLocal = await choice().then(
      ({ kind }) => kind === 'local',
      () => false,
    );
    return adviceFor(error, { options, isLocal });
  };
  const clock = Date.now;
  return { options, env, cwd, home, ui, signal, onTimeout, clock, settings, stack, choice, advise, target, aws };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { chooseTarget } from '../endpoint/choose.ts';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { closeFolder, homeFolder } from '../home/folders.ts';
import type { Context, GlobalOptions } from '../session/command.ts';
import { fromEnvironment } from '../settings/environment.ts';
import { folderConfigFile, loadSettings } from '../settings/file.ts';
import { placeSettings } from '../settings/table.ts';
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
  /** The engine ends with this process, and what it kept goes. */
  ephemeral?: boolean;
  trustHome?: string;
}): Promise<Context> {
  const { options, env, cwd, ui, signal, onTimeout, ephemeral = false } = given;
  const home = resolve(cwd, homeFolder(env));
  // A function's process is kept to its own folders by Node's permission flags, where a * stands for anything.
  if (home.includes('*'))
    throw usageError(`${home} cannot be used: its name contains a *.`, 'Choose another folder with DYNOPS_HOME.');
  await closeFolder(home);
  const { trustHome = home } = given;
  const fileSettings = once(async () => {
    const isTrusted = async (file: string, content: string) =>
      options.trust || (await import('../home/trust.ts')).isTrusted(trustHome, { file, content });
    const found = await loadSettings({ cwd, env, isTrusted });
    if (found.distrusted.length > 0) ui.warn(ignoredText(found.distrusted, folderConfigFile(cwd)));
    return found;
  });
  const settings = async () => (await fileSettings()).values;
  const choice = once(async () => chooseTarget(options, { env, settings: await settings() }));
  const waiting = async () => {
    const { kind, endpointUrl, region } = await choice();
    ui.waiting(kind === 'local' ? 'the embedded engine…' : `${endpointUrl ?? `AWS, ${region}`}…`);
  };
  let asked: Promise<unknown> = Promise.resolve();
  const target = once(async () => {
    await waiting();
    const { openTarget } = await import('../endpoint/open.ts');
    // What is wrong with the settings is told before an engine starts for them.
    await Promise.all([stack(), asked]);
    return openTarget(await choice(), { home, env, note: ui.note, ephemeral, meanwhile: () => loadMeanwhile() });
  });
  let loadMeanwhile = async (): Promise<unknown> => undefined;
  const connected = once(async () => {
    await waiting();
    const { connect } = await import('../aws/aws.ts');
    const { account } = await settings();
    const [made] = await Promise.all([
      connect({
        account,
        target: await target(),
        signal,
        env,
        ...(options.debug && { onCall: (call) => ui.warn(callLine(call)) }),
      }),
      // Not before the call is out.
      nextTurn().then(() => loadMeanwhile()),
    ]);
    return made;
  });
  const aws: Context['aws'] = (meanwhile = loadMeanwhile) => {
    loadMeanwhile = meanwhile;
    return connected();
  };
  const stack = once(async () => {
    const { stack: setting } = placeSettings;
    return options.stack ?? fromEnvironment(setting, env)?.value ?? (await settings()).stack ?? 'default';
  });
  const advise: Context['advise'] = async (error) => {
    const isLocal = await choice().then(
      ({ kind }) => kind === 'local',
      () => false,
    );
    return adviceFor(error, { options, isLocal });
  };
  const isolated: Context['isolated'] = (folder) =>
    createContext({
      ...given,
      options: { ...options, aws: false, endpointUrl: undefined, profile: undefined },
      env: { ...env, DYNOPS_HOME: folder, DYNOPS_PORT: '0', DYNOPS_TARGET: 'local', DYNOPS_ENDPOINT_URL: undefined },
      ephemeral: true,
      trustHome,
    });
  const service: Context['service'] = (how) => {
    const found = import('../session/service.ts').then(({ ownService }) => ownService({ cwd, env }, how));
    asked = found;
    return found;
  };
  const session = once(async () => {
    await waiting();
    return (await import('../session/open-session.ts')).openSession(context);
  });
  const parts = { options, env, cwd, home, trustHome, ui, signal, onTimeout, clock: Date.now };
  const context: Context = {
    ...parts,
    settings,
    fileSettings,
    stack,
    choice,
    advise,
    target,
    isolated,
    service,
    session,
    aws,
  };
  return context;
}

function ignoredText(keys: readonly string[], file: string): string {
  const list = keys.map((key) => `"${key}"`).join(' and ');
  return `${file} says where to act (${list}), which is ignored until you trust it. \`dynops trust\` trusts this file as it is, --trust for one run.`;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

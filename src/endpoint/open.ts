import type { Environment } from '../environment.ts';
import { fromEnvironment } from '../settings/environment.ts';
import { portSetting } from '../settings/table.ts';
import type { TargetChoice } from './choose.ts';
import { engineCredentials } from './engine.ts';
import { ensureEngine } from './engine-start.ts';
import type { Target } from './target.ts';

/** Makes a choice usable: starts the embedded engine for the local target, and takes its credentials. */
export async function openTarget(
  choice: TargetChoice,
  given: {
    home: string;
    env: Environment;
    note: (line: string) => void;
    ephemeral?: boolean;
    meanwhile?: () => Promise<unknown>;
  },
): Promise<Target> {
  const { kind, endpointUrl, region, profile } = choice;
  if (kind !== 'local') return { kind, endpoint: endpointUrl, region, credentials: undefined, profile };
  const { home, env, note, ephemeral = false, meanwhile } = given;
  const { endpoint } = await ensureEngine({ home, env, port: portFromEnvironment(env), note, ephemeral, meanwhile });
  return { kind, endpoint, region, credentials: await engineCredentials(home), profile: undefined };
}

/** DYNOPS_PORT, checked; undefined when it is not set. */
export const portFromEnvironment = (env: Environment): number | undefined => fromEnvironment(portSetting, env)?.value;

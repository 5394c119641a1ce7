import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import type { TargetChoice } from './choose.ts';
import { engineCredentials } from './engine.ts';
import { ensureEngine } from './engine-start.ts';
import type { Target } from './target.ts';

/** Makes a choice usable: starts the embedded engine for the local target, and takes its credentials. */
export async function openTarget(
  choice: TargetChoice,
  given: { home: string; env: Environment; note: (line: string) => void },
): Promise<Target> {
  const { kind, endpointUrl, region, profile } = choice;
  if (kind !== 'local') return { kind, endpoint: endpointUrl, region, credentials: undefined, profile };
  const { home, env, note } = given;
  const { endpoint } = await ensureEngine({ home, env, port: portFromEnvironment(env), note });
  return { kind, endpoint, region, credentials: await engineCredentials(home), profile: undefined };
}

/** DYNOPS_PORT, checked; undefined when it is not set. */
export function portFromEnvironment(env: Environment): number | undefined {
  const { DYNOPS_PORT: text } = env;
  if (!text) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usageError(`DYNOPS_PORT is "${text}"; it must be a port from 0 to 65535.`);
}

import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { type Kind, readText } from './kinds.ts';

/** What the environment says of a setting, and by which variable; an empty one says nothing. Throws a usage error that names it. */
export function fromEnvironment<Value>(
  setting: Kind<Value> & { environment?: readonly string[] },
  env: Environment,
): { value: Value; variable: string } | undefined {
  const variable = setting.environment?.find((name) => env[name]);
  if (variable === undefined) return undefined;
  const read = readText(setting, env[variable] ?? '');
  // The value is not shown: a URL may hold a password.
  if ('problem' in read) throw usageError(`${variable} ${read.problem}.`, `Correct it, or run \`unset ${variable}\`.`);
  return { value: read.value, variable };
}

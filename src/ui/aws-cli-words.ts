import { shellQuoted } from './words.ts';
/** A call as the AWS CLI makes it. What must not be an argument, or cannot be one, is read from a file. */
export function awsCliCommand(call: { service: string; operation: string; input: object }): string {
  const words = Object.entries(call.input).flatMap(([name, value]) => option(name, value));
  return ['aws', cliServices[call.service] ?? call.service.toLowerCase(), kebab(call.operation), ...words].join(' ');
}

const cliServices: Record<string, string> = { CognitoIdentityProvider: 'cognito-idp', CloudWatchLogs: 'logs' };

function option(name: string, value: unknown): string[] {
  const flag = `--${kebab(name)}`;
  if (value === undefined) return [];
  // The arguments of a program can be read by every user of the machine.
  if (name === 'Password') return [flag, 'file://password.txt'];
  if (value instanceof Uint8Array) return [flag, 'fileb://function.zip'];
  if (typeof value === 'boolean') return [value ? flag : `--no-${kebab(name)}`];
  if (typeof value === 'string' || typeof value === 'number') return [flag, shellQuoted(String(value))];
  if (isWords(value)) return [flag, ...value.map(shellQuoted)];
  // The CLI takes a function's code past its structure.
  const [first, ...others] = Object.entries(value as object);
  if (first && others.length === 0 && first[1] instanceof Uint8Array) return option(...first);
  return [flag, shellQuoted(JSON.stringify(value))];
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

/** As the CLI makes its names: `UserPoolId` is `user-pool-id`, `providerARNs` is `provider-arns`. */
function kebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

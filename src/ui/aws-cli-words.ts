import { shellQuoted } from './words.ts';

/** Where a command reads what must not be an argument, or cannot be one. */
interface Files {
  code: string;
  password: string;
  /** Variables whose values must not be shown at all. */
  secrets: readonly string[];
}

const filesOfNobody: Files = { code: 'function.zip', password: 'password.txt', secrets: [] };

/** A call as the AWS CLI makes it. */
export function awsCliCommand(
  call: { service: string; operation: string; input: object },
  given: Partial<Files> = {},
): string {
  const files = { ...filesOfNobody, ...given };
  const words = Object.entries(call.input).flatMap(([name, value]) => option(name, value, files));
  return ['aws', cliServices[call.service] ?? call.service.toLowerCase(), kebab(call.operation), ...words].join(' ');
}

const cliServices: Record<string, string> = { CognitoIdentityProvider: 'cognito-idp', CloudWatchLogs: 'logs' };

function option(name: string, value: unknown, files: Files): string[] {
  const flag = `--${kebab(name)}`;
  if (value === undefined) return [];
  // The arguments of a program can be read by every user of the machine.
  if (name === 'Password') return [flag, shellQuoted(`file://${files.password}`)];
  if (value instanceof Uint8Array) return [flag, shellQuoted(`fileb://${files.code}`)];
  if (typeof value === 'boolean') return [value ? flag : `--no-${kebab(name)}`];
  if (typeof value === 'string' || typeof value === 'number') return [flag, shellQuoted(String(value))];
  if (isWords(value)) return [flag, ...value.map(shellQuoted)];
  // The CLI takes a function's code past its structure.
  const [first, ...others] = Object.entries(value as object);
  if (first && others.length === 0 && first[1] instanceof Uint8Array) return option(...first, files);
  const shown = (key: string, member: unknown) => (files.secrets.includes(key) ? '(secret)' : member);
  return [flag, shellQuoted(JSON.stringify(value, shown))];
}

/** One that looks like an address would be fetched by the CLI, and what is there sent. */
function isWords(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && !item.includes('://'))
  );
}

/** As the CLI makes its names: `UserPoolId` is `user-pool-id`, `providerARNs` is `provider-arns`. */
function kebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

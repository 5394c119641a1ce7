import type { ChangingCall } from '../../aws/watched.ts';
import { functionNameIn } from '../../stack/names.ts';
import { secretVariables } from '../../stack/service.ts';
import { awsCliCommand } from '../../ui/aws-cli-words.ts';
import { shellQuoted } from '../../ui/words.ts';
import { mapTexts, type RecordedResource, variableMark } from './record-calls.ts';
import type { StackFacts } from './stack-facts.ts';

const variableMarks = /\uE000(\w+)\uE001/g;
/** Quoted as a whole by the shell's single quotes. */
const wholeWords = /(?<= )'\uE000(\w+)\uE001'(?= |$)/g;

/**
 * A shell script that creates the stack with the AWS CLI, in an account where none of it exists yet: the calls that `up`
 * makes. What only AWS can tell (ids) is read from the answers; `zipFiles` hold the functions' code.
 */
export function awsCliScript(
  facts: StackFacts,
  recorded: { resources: RecordedResource[]; apiPath: string; zipFiles: ReadonlyMap<string, string> },
): string {
  const { settings, place, stack, service } = facts;
  const { resources, apiPath, zipFiles } = recorded;
  const codeOf = new Map([...zipFiles].map(([name, file]) => [functionNameIn(stack, name), file]));
  const secrets = service.functions.flatMap(secretVariables);
  const password = `${variableMark('SCRATCH')}/password.txt`;
  const written = withVariables(resources.flatMap(({ calls }) => calls));
  const steps = resources.map(({ type, name, calls }) => {
    const commands = calls
      .map(() => written.shift())
      .flatMap((call) => {
        if (!call) return [];
        const { FunctionName } = { FunctionName: '', ...call.input };
        return commandsOf(call, { code: codeOf.get(FunctionName) ?? '', password });
      });
    return [`# ${type} ${name}`, ...commands].join('\n');
  });
  const region = shellQuoted(place.region);
  const suffix = place.partition === 'aws-cn' ? '.cn' : '';
  return `#!/bin/sh
# Stack "${stack}" in account ${place.accountId}, as \`dynops up\` makes it, by the AWS CLI.
# Needs: PASSWORD (of user ${settings.username}) in the environment, and the functions' code in ${[...zipFiles.values()].join(', ')}.
set -eu
${[
  `: "\${PASSWORD:?set PASSWORD to the password of user ${settings.username}}"`,
  ...[...new Set(secrets)].map((name) => `: "\${${name}:?set ${name}, which the functions are given}"`),
].join('\n')}
export AWS_PAGER= AWS_REGION=${region} AWS_DEFAULT_REGION=${region}

# Readable by this user alone. The password is in a file: arguments can be read by every user of the machine.
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
printf %s "$PASSWORD" >"$SCRATCH/password.txt"

# A new role is not known to Lambda and Cognito at once, and what is being changed takes no other change.
again() {
  tries=0
  until "$@" 2>"$SCRATCH/error"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 30 ] || ! grep -Eq 'cannot be assumed|InvalidSmsRole|TooManyRequests|Conflict|InUse|Throttl' "$SCRATCH/error"; then
      cat "$SCRATCH/error" >&2
      exit 1
    fi
    sleep 2
  done
}

${steps.join('\n\n')}

API_URL="\${AWS_ENDPOINT_URL:+$AWS_ENDPOINT_URL/_aws/execute-api/$REST_API_ID}"
echo "API: \${API_URL:-https://$REST_API_ID.execute-api.${place.region}.amazonaws.com${suffix}}${apiPath}"
`;
}

/** A call whose input has variables in it, and the variables that its own answer fills: name → where it is. */
interface ScriptCall extends ChangingCall {
  fills: Map<string, string>;
}

/** Each text of an answer that a later call sends is a variable. */
function withVariables(calls: readonly ChangingCall[]): ScriptCall[] {
  const known = new Map<string, { name: string; path: string; by: ChangingCall }>();
  const used = new Set<string>();
  const sent = calls.map((call) => {
    const input = mapTexts(call.input, (text) => {
      let marked = text;
      for (const [value, { name }] of known) {
        if (!marked.includes(value)) continue;
        used.add(name);
        marked = marked.replaceAll(value, variableMark(name));
      }
      return marked;
    });
    for (const [path, value] of ids(call.output)) {
      if (!known.has(value)) known.set(value, { name: freeName(nameOf(call, path), known), path, by: call });
    }
    return { ...call, input: input as object };
  });
  // The API's id is in the address that the script ends with.
  used.add('REST_API_ID');
  return sent.map((call, index) => {
    const own = [...known.values()].filter(({ name, by }) => by === calls[index] && used.has(name));
    return { ...call, fills: new Map(own.map(({ name, path }) => [name, path])) };
  });
}

/** Ids and ARNs of an answer, by their path in it. */
function ids(output: object, prefix = ''): [path: string, value: string][] {
  return Object.entries(output).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return /(id|arn)$/i.test(name) ? [[`${prefix}${name}`, value]] : [];
    return value !== null && typeof value === 'object' && name !== '$metadata' ? ids(value, `${prefix}${name}.`) : [];
  });
}

/** `CreateUserPool`, `UserPool.Id` → `USER_POOL_ID` */
function nameOf({ operation }: ChangingCall, path: string): string {
  const noun = operation.replace(/^(Create|Put)/, '');
  const last = path.split('.').at(-1) ?? '';
  const words = `${noun}_${last.replace(noun, '') || last}`;
  return words.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** The first, or `NAME_2` and so on where there are several. */
function freeName(name: string, known: ReadonlyMap<string, { name: string }>): string {
  const taken = new Set([...known.values()].map((other) => other.name));
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}_${count}`;
  return free;
}

/** What is ready some time after it was made, and the AWS CLI's own way to wait for that. */
const waits: Record<string, (input: Record<string, unknown>) => string> = {
  CreateTable: ({ TableName }) => `aws dynamodb wait table-exists --table-name ${shellQuoted(String(TableName))}`,
  CreateFunction: ({ FunctionName }) =>
    `aws lambda wait function-active-v2 --function-name ${shellQuoted(String(FunctionName))}`,
};

function commandsOf(call: ScriptCall, files: { code: string; password: string }): string[] {
  const command = `again ${awsCliCommand(call, files)}`
    .replace(wholeWords, '"$$$1"')
    .replace(variableMarks, `'"$$$1"'`);
  const wait = waits[call.operation]?.({ ...call.input });
  const paths = [...call.fills.values()];
  const names = [...call.fills.keys()];
  const [only] = names;
  if (only === undefined) return [`${command} >/dev/null`, ...(wait ? [wait] : [])];
  const query = paths.length === 1 ? paths[0] : `[${paths.join(',')}]`;
  const run = `$(${command} --query ${shellQuoted(query ?? '')} --output text)`;
  if (names.length === 1) return [`${only}=${run}`, ...(wait ? [wait] : [])];
  const cut = names.map((name, index) => `${name}=$(printf %s "$ANSWER" | cut -f ${index + 1})`);
  return [`ANSWER=${run}`, ...cut, ...(wait ? [wait] : [])];
}

import { shellQuoted } from '../../ui/words.ts';
import type { ExampleRequest } from './examples.ts';

/** A shell script of calls; the token is fetched when it runs, so that none is written down. */
export function curlScript(
  apiUrl: string,
  { requests, flags, program }: { requests: readonly ExampleRequest[]; flags: string; program: readonly string[] },
): string {
  const calls = requests.map(({ name, method, path, body }) => {
    // A variable of the path is 1; what a service makes of that is its own.
    const words = [method, `'${path.replace(/\{[^}]*\}/g, '1')}'`, ...(body === undefined ? [] : [`'${body}'`])];
    return `# ${name}\ncall ${words.join(' ')}`;
  });
  return `#!/bin/sh
set -eu
API='${apiUrl}'
# Where no dynops is on the PATH, the one that wrote this script.
command -v dynops >/dev/null || dynops() { ${program.map(shellQuoted).join(' ')} "$@"; }
TOKEN=$(dynops token${flags})

# call METHOD PATH [BODY]; the token comes from stdin: arguments can be read by every user of the machine.
call() {
  method=$1 path=$2
  shift 2
  case $method in HEAD) set -- --head ;; *) set -- --request "$method" \${1+--header 'Content-Type: application/json' --data "$1"} ;; esac
  printf 'Authorization: %s\\n' "$TOKEN" |
    curl --silent --show-error "$API$path" --header @- "$@"
  echo
}

${calls.join('\n\n')}
`;
}

import { exampleRequests } from './examples.ts';

/** A shell script that calls each operation; the token is fetched when it runs, so that none is written down. */
export function curlScript(apiUrl: string, { tableName, flags }: { tableName: string; flags: string }): string {
  const calls = exampleRequests(tableName).map(({ name, body }) => `# ${name}\ncall '${body}'`);
  return `#!/bin/sh
set -eu
API='${apiUrl}'
TOKEN=$(dynops token${flags})

# The header comes from stdin: arguments can be read by every user of the machine.
call() {
  printf 'Authorization: %s\\n' "$TOKEN" |
    curl --silent --show-error --request POST "$API" --header @- --header 'Content-Type: application/json' --data "$1"
  echo
}

${calls.join('\n\n')}
`;
}

// Writes the pages that derive from the command line's declarations: docs/errors.md, docs/json.md and docs/json.schema.json.
import { writeFileSync } from 'node:fs';
import { statusMeanings } from '../src/cli/reference.ts';
import { errorCodes } from '../src/error-codes.ts';
import { ExitStatus } from '../src/exit-status.ts';
import { failureKinds } from '../src/failure-kinds.ts';
import { documentPage, documentSchema } from './document-page.ts';

const at = (path: string) => new URL(`../${path}`, import.meta.url);

const table = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');

/** docs/errors.md as it should be. */
export function errorsPage(): string {
  const statuses = Object.entries(ExitStatus).map(([name, status]) => [
    `\`${status}\``,
    statusMeanings[name as keyof typeof ExitStatus],
  ]);
  const kinds = Object.entries(failureKinds).map(([kind, { exitStatus, means }]) => [kind, `\`${exitStatus}\``, means]);
  const codes = Object.entries(errorCodes).map(([code, { kind, means }]) => [
    `\`${code}\``,
    kind,
    `\`${failureKinds[kind].exitStatus}\``,
    means,
  ]);
  return `# Errors and exit statuses

Written by \`npm run docs\`; \`dynops help --json\` has the same as data.

## Exit statuses

${table(['status', 'means'], statuses)}
\`exec\` ends as the command that it ran did.

## Kinds of failure

Every failure is of one kind, and the kind alone decides the exit status, in every command. \`3\` is not a failure: the command did what it was asked
for, and what it looked at is not as it should be (\`--exit-code\`, the limits of \`load\`, \`doctor\`).

${table(['kind', 'status', 'means'], kinds)}
A failure of any kind with status \`1\` that comes when \`up\`, \`down\` or a step has changed something is \`unfinished\`, unless the same command would
be refused again.

## Codes

With \`--json\` a failure is one document: \`{"ok": false, "error": {"code", "message", "hint", "requestId"?}, "resources"?}\`. The codes below are
dynops's own; they stay as they are. An error of AWS keeps AWS's name (\`AccessDeniedException\`), one of the API the name in its \`x-amzn-errortype\`
header or \`Http\` and the status (\`Http502\`), and one of Node.js or the system its code (\`ECONNREFUSED\`, \`ENOSPC\`). \`hint\` says what to do, as words
for a person; it is \`null\` where nothing is known.

${table(['code', 'kind', 'status', 'means'], codes)}`;
}

export const documentSchemaText = () => `${JSON.stringify(documentSchema(), null, 2)}\n`;

if (process.argv[1] === at('scripts/command-pages.ts').pathname) {
  writeFileSync(at('docs/errors.md'), errorsPage());
  writeFileSync(at('docs/json.md'), documentPage());
  writeFileSync(at('docs/json.schema.json'), documentSchemaText());
}

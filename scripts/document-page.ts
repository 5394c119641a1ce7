import { documents, failingWithMore, failureOf } from '../src/cli/documents/documents.ts';
import type { Schema } from '../src/cli/documents/schema.ts';

/** docs/json.md as it should be. */
export function documentPage(): string {
  const sections = groups().map(({ commands, schemas }) => section(commands, schemas));
  const failures = failingWithMore.map((command) => {
    const own = Object.keys(failureOf(command).properties ?? {}).filter((name) => !(name in common));
    return `\`${command}\` adds ${own.map((name) => `\`${name}\``).join(', ')}`;
  });
  return `# What \`--json\` prints

Written by \`npm run docs\` from \`src/cli/documents\`; [json.schema.json](json.schema.json) has the same as JSON Schema, a definition for each command,
named as the command is. A test validates what every command prints.

- With \`--json\` there is exactly one document on stdout, for success, failure and \`--help\` alike. Whatever else is said is on stderr.
- Nothing is printed line by line: \`--follow\` does not end, so \`logs\`, \`local logs\`, \`local requests\` and \`local inbox\` refuse it together
  with \`--json\` (status 64). Ask again, or read the text that \`--follow\` prints without \`--json\`.
- Members are not renamed or removed; new ones may be added.
- Names that end in \`Ms\` are milliseconds, in \`Mb\` megabytes, in \`Seconds\` seconds. A *time* is text as \`2026-01-31T12:00:00.000Z\`.
- *Optional* members are left out where there is nothing to say; all others are always there.
- The [exit status](errors.md) tells success from failure, too.

## A failure

Of every command, with the status that [errors.md](errors.md) gives the code:

${table(failureOf())}
${failures.join('; ')}. A command that did its work, and could not write the file that \`--out\`, \`--report\` or \`--diagram\` names, adds the members of its
own document.

${sections.join('\n')}
## \`--version\` and \`--help\`

\`dynops --version --json\` prints \`{"ok": true, "version": "…"}\`. \`--help\`, and \`help\`, print the commands that are asked about: \`version\`, \`exitStatuses\`,
\`failureKinds\`, \`errorCodes\`, \`globalOptions\` and \`commands\`, each with its arguments, options, their types, choices and defaults.
`;
}

/** docs/json.schema.json as it should be. */
export function documentSchema(): object {
  const definitions = groups().flatMap(({ commands: [first = '', ...others], schemas, failure }) => [
    [first, { anyOf: [...schemas, failure] }],
    ...others.map((command) => [command, { $ref: `#/$defs/${encodeURIComponent(first)}` }]),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What dynops prints with --json',
    $defs: { failure: failureOf(), ...Object.fromEntries(definitions) },
  };
}

interface Group {
  commands: string[];
  schemas: readonly Schema[];
  failure: object;
}

/** Commands that print the same. */
function groups(): Group[] {
  const found = new Map<string, Group>();
  for (const [command, schemas] of Object.entries(documents)) {
    const failure = failingWithMore.includes(command) ? failureOf(command) : { $ref: '#/$defs/failure' };
    const key = JSON.stringify([schemas, failure]);
    const commands = [...(found.get(key)?.commands ?? []), command];
    found.set(key, { commands, schemas, failure });
  }
  return [...found.values()];
}

const common = failureOf().properties ?? {};

function section([first, ...others]: readonly string[], schemas: readonly Schema[]): string {
  const also = others.length === 0 ? '' : `\nAnd of ${others.map((command) => `\`${command}\``).join(', ')}.\n`;
  const heading = `## \`${first}\`\n${also}`;
  const parts = schemas.map((schema) => {
    const about = schema.description === undefined ? '' : `\n${schema.description}\n`;
    return schema.properties ? `${about}\n${table(schema)}` : about;
  });
  return `${heading}${parts.join('')}`;
}

function table(schema: Schema): string {
  return `| member | is | means |\n| --- | --- | --- |\n${rowsOf(schema, '', new Map()).join('')}`;
}

/** A row for each member, and for those of what is in it. `shown`: where an object of this shape has been listed. */
function rowsOf(schema: Schema, path: string, shown: Map<string, string>): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const inner = objectsIn(member);
    const shape = JSON.stringify(inner.map(({ properties }) => properties));
    const before = inner.length === 0 ? undefined : shown.get(shape);
    shown.set(shape, at);
    const kind = `${kindOf(member)}${before === undefined ? '' : `, as \`${before}\``}`;
    const isOptional = schema.required?.includes(name) === false;
    const row = `| \`${at}\` | ${kind}${isOptional ? ', optional' : ''} | ${member.description ?? ''} |\n`;
    const below = `${at}${member.type === 'array' ? '[]' : ''}`;
    return [row, ...(before === undefined ? inner.flatMap((each) => rowsOf(each, below, shown)) : [])];
  });
}

function objectsIn({ properties, items, anyOf, ...rest }: Schema): Schema[] {
  if (properties) return [{ properties, ...rest }];
  return [...(items ? [items] : []), ...(anyOf ?? [])].flatMap(objectsIn);
}

const kinds: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  null: '`null`',
};

function kindOf({ type, format, enum: values, anyOf, items, additionalProperties }: Schema): string {
  if (values) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (anyOf) return [...new Set(anyOf.map(kindOf))].join(' or ');
  if (type === undefined) return 'any JSON';
  if (type === 'array') return `list of ${items?.type === 'object' ? 'objects' : kindOf(items ?? {})}`;
  if (type === 'object') return additionalProperties ? `object: ${kindOf(additionalProperties)} by name` : 'object';
  return format === 'date-time' ? 'time' : (kinds[type] ?? type);
}

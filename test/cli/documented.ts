import { documents, failureOf } from '../../src/cli/documents/documents.ts';
import type { Schema } from '../../src/cli/documents/schema.ts';

/* What was printed with --json, held against what is declared. */

/** What is wrong with a value, a line each: a member that is missing, not declared, or of another type. */
export function schemaFaults(schema: Schema, value: unknown, path = ''): string[] {
  const { type, format, enum: values, anyOf, items, properties, required = [], additionalProperties } = schema;
  const fault = (expected: string) => [
    `${path || 'the document'} is ${JSON.stringify(value)?.slice(0, 80)}, not ${expected}`,
  ];
  if (anyOf) {
    const each = anyOf.map((one) => schemaFaults(one, value, path));
    return [...each].sort((a, b) => a.length - b.length)[0] ?? [];
  }
  if (values) return values.some((one) => one === value) ? [] : fault(values.join(' or '));
  switch (type) {
    case undefined:
      return value === undefined ? fault('there') : [];
    case 'null':
      return value === null ? [] : fault('null');
    case 'integer':
      return Number.isInteger(value) ? [] : fault('a whole number');
    case 'array':
      if (!Array.isArray(value)) return fault('a list');
      return value.flatMap((item, index) => schemaFaults(items ?? {}, item, `${path}[${index}]`));
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('an object');
      const missing = required
        .filter((name) => !Object.hasOwn(value, name))
        .map((name) => `${path}.${name} is missing`);
      const members = Object.entries(value).flatMap(([name, member]) => {
        const declared = properties?.[name] ?? additionalProperties;
        return declared ? schemaFaults(declared, member, `${path}.${name}`) : [`${path}.${name} is not declared`];
      });
      return [...missing, ...members];
    }
    case 'string':
      if (format === 'date-time' && typeof value === 'string')
        return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? [] : fault('a time');
      return typeof value === 'string' ? [] : fault('text');
    default:
      return typeof value === type ? [] : fault(`a ${type}`);
  }
}

/** The command that is among these words: `trace show`. */
export function commandIn(words: readonly string[]): string | undefined {
  const line = ` ${words.join(' ')} `;
  const found = Object.keys(documents).filter((command) => line.includes(` ${command} `));
  return found.sort((a, b) => b.length - a.length)[0];
}

/** Of what a command printed: its document, or that of a failure. */
export function documentFaults(words: readonly string[], printed: string): string[] {
  const command = commandIn(words);
  const value = JSON.parse(printed) as { error?: unknown } | null;
  const isFailure = typeof value === 'object' && value !== null && 'error' in value;
  const schemas = isFailure ? [failureOf(command)] : (documents[command ?? ''] ?? []);
  const found = schemas.length === 0 ? ['nothing is declared'] : schemaFaults({ anyOf: schemas }, value);
  return found.map((fault) => `dynops ${words.join(' ')}: ${fault}`);
}

/** Paths of the members that a schema has, and that may be left out. */
export function optionalMembers(schema: Schema, path = ''): string[] {
  const { properties = {}, required = [], items, anyOf = [], additionalProperties } = schema;
  const own = Object.entries(properties).flatMap(([name, member]) => [
    ...(required.includes(name) ? [] : [`${path}.${name}`]),
    ...optionalMembers(member, `${path}.${name}`),
  ]);
  const within = [...(items ? [items] : []), ...anyOf, ...(additionalProperties ? [additionalProperties] : [])];
  return [...own, ...within.flatMap((one) => optionalMembers(one, path))];
}

/** Paths of the members of a value; lists are left out of them. */
export function membersOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, path));
  return Object.entries(value).flatMap(([name, member]) => [
    `${path}.${name}`,
    ...membersOf(member, `${path}.${name}`),
  ]);
}

import { createHash } from 'node:crypto';

/** One `resource` of a Terraform configuration. */
export interface TerraformBlock {
  type: string;
  label: string;
  /** In the order that they are written in; undefined: left out. */
  attributes: Record<string, unknown>;
  /** Blocks inside of it, by name; several of a name are a list. */
  blocks?: Record<string, Record<string, unknown> | Record<string, unknown>[] | undefined>;
  /** The id for `terraform import`; undefined: it does not exist. */
  importId?: string | undefined;
}

const begin = '\uE000';
const end = '\uE001';

/** A Terraform expression, told from texts by characters of no language; inside of a text it is an interpolation. */
export const expression = (text: string) => `${begin}${text}${end}`;

/** A document as its JSON. */
export const jsonencode = (value: unknown) => expression(`jsonencode(${hcl(value)})`);

/** A text as Terraform's names are made of. */
export const labelOf = (text: string) =>
  text
    .replace(/[^\w-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=[\d-])/, '_') || 'root';

/**
 * The labels of texts, no two of which have one. Where they would (`/x/{id}` and `/x/id`), the last in the order of their characters has
 * it, and each other has a mark of its own behind it: whichever of them come and go, the others' stay. `taken`: labels of others.
 */
export function labelsOf(texts: Iterable<string>, taken: readonly string[] = []): (text: string) => string {
  const owners = new Map<string, string | undefined>(taken.map((label) => [label, undefined]));
  for (const text of [...texts].sort().reverse()) {
    if (!owners.has(labelOf(text))) owners.set(labelOf(text), text);
  }
  return (text) => {
    const label = labelOf(text);
    if (!owners.has(label) || owners.get(label) === text) return label;
    return `${label}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  };
}

export const address = ({ type, label }: Pick<TerraformBlock, 'type' | 'label'>) => `${type}.${label}`;

/** A value as a Terraform expression, in the form that `terraform fmt` leaves as it is. */
export function hcl(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(hcl).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => `${hcl(key)} = ${hcl(member)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  const bare = new RegExp(`^${begin}([^${end}]*)${end}$`).exec(value);
  if (bare?.[1] !== undefined) return bare[1];
  // Strings are written as in JSON, but for what would begin an interpolation.
  return JSON.stringify(value)
    .replaceAll('${', (begun) => `$${begun}`)
    .replaceAll('%{', '%%{')
    .replace(new RegExp(`${begin}([^${end}]*)${end}`, 'g'), (_, inner: string) => `\${${inner}}`);
}

/** The block as text, preceded by the import of what exists. */
export function terraformText({ type, label, attributes, blocks = {}, importId }: TerraformBlock): string {
  const imported = importId === undefined ? '' : `import {\n  to = ${type}.${label}\n  id = ${hcl(importId)}\n}\n\n`;
  const inner = Object.entries(blocks).flatMap(([name, one]) =>
    (one === undefined ? [] : [one].flat()).map((body) => `  ${name} {\n${lines(body, '    ')}\n  }`),
  );
  return `${imported}resource "${type}" "${label}" {\n${[lines(attributes, '  '), ...inner].join('\n')}\n}`;
}

function lines(attributes: Record<string, unknown>, indent: string): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const width = Math.max(...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${indent}${name.padEnd(width)} = ${hcl(value)}`).join('\n');
}

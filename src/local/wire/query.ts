import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../service.ts';
import { kindOfNumber, type NumberKinds } from './numbers.ts';
import { formatTimestamp, parseScalar, timestampFormat } from './scalars.ts';

/** AWS's query protocol: a form in, XML out. Source: the awsQuery protocol of the Smithy specification. */

interface Form {
  values: ReadonlyMap<string, string>;
  /** What follows each beginning of a name: `Tags.member` → 1, 2. */
  below: ReadonlyMap<string, ReadonlySet<string>>;
  kinds: NumberKinds | undefined;
}

/** Far more parts than the name of any parameter has. */
const mostParts = 50;

function formOf(parameters: URLSearchParams, kinds: NumberKinds | undefined): Form {
  const below = new Map<string, Set<string>>();
  for (const name of parameters.keys()) {
    const parts = name.split('.', mostParts);
    for (const [at, part] of parts.slice(1).entries()) {
      const beginning = parts.slice(0, at + 1).join('.');
      const known = below.get(beginning) ?? new Set();
      below.set(beginning, known.add(part));
    }
  }
  return { values: new Map(parameters), below, kinds };
}

/** `Tags.member.1.Key=a&…` → the typed input. Throws AwsError SerializationException. */
export function readForm(schema: NormalizedSchema, parameters: URLSearchParams, kinds?: NumberKinds): unknown {
  return readMember(schema, formOf(parameters, kinds), '') ?? {};
}

function readMember(schema: NormalizedSchema, form: Form, prefix: string, place = ''): unknown {
  if (schema.isStructSchema()) {
    // A shape may hold itself: nothing below a name that nothing is said of is looked for.
    if (prefix !== '' && !form.values.has(prefix) && !form.below.has(prefix)) return undefined;
    const out: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const at = join(prefix, member.getMergedTraits().xmlName ?? name);
      const value = readMember(member, form, at, `${schema.getName()}.${name}`);
      if (value !== undefined) out[name] = value;
    }
    return Object.keys(out).length > 0 || form.values.has(prefix) ? out : undefined;
  }
  if (schema.isListSchema()) {
    const flat = schema.getMergedTraits().xmlFlattened === 1;
    const of = schema.getValueSchema();
    const base = flat ? prefix : join(prefix, of.getMergedTraits().xmlName ?? 'member');
    const read = (index: number) => readMember(of, form, join(base, String(index)), schema.getName()) ?? null;
    const items = indices(form, base).map(read);
    return items.length > 0 || form.values.has(prefix) ? items : undefined;
  }
  if (schema.isMapSchema()) {
    const base = schema.getMergedTraits().xmlFlattened === 1 ? prefix : join(prefix, 'entry');
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
    const of = schema.getValueSchema();
    const valueName = of.getMergedTraits().xmlName ?? 'value';
    const entries = indices(form, base).map((index) => {
      const at = join(base, String(index));
      return [
        form.values.get(join(at, keyName)) ?? '',
        readMember(of, form, join(at, valueName), schema.getName()) ?? null,
      ];
    });
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  const text = form.values.get(prefix);
  if (text === undefined) return undefined;
  return parseScalar(schema, text, { name: prefix, kind: kindOfNumber(form.kinds, place) });
}

const join = (prefix: string, name: string) => (prefix ? `${prefix}.${name}` : name);

/** The numbers that follow `base.` in the form, in order. More than 10,000 are refused. */
function indices(form: Form, base: string): number[] {
  const found = [...(form.below.get(base) ?? [])].filter((part) => /^\d{1,9}$/.test(part)).map(Number);
  if (found.length > 10_000) throw new AwsError('SerializationException', `${base} has too many members`);
  return [...new Set(found)].sort((a, b) => a - b);
}

/** A typed output → `<XResponse><XResult>…</XResult><ResponseMetadata>…`. */
export function writeResponse(options: {
  operation: string;
  xmlNamespace: string;
  requestId: string;
  schema: NormalizedSchema;
  output: unknown;
}): string {
  const { operation, xmlNamespace, requestId, schema, output } = options;
  const result = schema.isStructSchema()
    ? `<${operation}Result>${structXml(schema, (output ?? {}) as Record<string, unknown>)}</${operation}Result>`
    : '';
  return `<${operation}Response xmlns="${xmlNamespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
}

export function writeErrorResponse(options: {
  xmlNamespace: string;
  requestId: string;
  code: string;
  message: string;
  senderFault: boolean;
}): string {
  const { xmlNamespace, requestId, code, message, senderFault } = options;
  const type = senderFault ? 'Sender' : 'Receiver';
  return `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function structXml(schema: NormalizedSchema, value: Record<string, unknown>): string {
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    xml += memberXml(member, value[name], member.getMergedTraits().xmlName ?? name);
  }
  return xml;
}

function memberXml(schema: NormalizedSchema, value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  const flat = schema.getMergedTraits().xmlFlattened === 1;
  if (schema.isStructSchema()) return `<${name}>${structXml(schema, value as Record<string, unknown>)}</${name}>`;
  if (schema.isListSchema()) {
    const of = schema.getValueSchema();
    const itemName = flat ? name : (of.getMergedTraits().xmlName ?? 'member');
    const items = (value as unknown[]).map((item) => memberXml(of, item, itemName)).join('');
    return flat ? items : `<${name}>${items}</${name}>`;
  }
  if (schema.isMapSchema()) {
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
    const of = schema.getValueSchema();
    const valueName = of.getMergedTraits().xmlName ?? 'value';
    const entry = flat ? name : 'entry';
    const entries = Object.entries(value as Record<string, unknown>).map(
      ([key, item]) =>
        `<${entry}><${keyName}>${escapeXml(key)}</${keyName}>${memberXml(of, item, valueName)}</${entry}>`,
    );
    return flat ? entries.join('') : `<${name}>${entries.join('')}</${name}>`;
  }
  if (schema.isTimestampSchema()) {
    return `<${name}>${formatTimestamp(value as Date, timestampFormat(schema, 'date-time'))}</${name}>`;
  }
  if (schema.isBlobSchema()) return `<${name}>${Buffer.from(value as Uint8Array).toString('base64')}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\n\u0085\u2028]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}

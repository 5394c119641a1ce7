import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';

/** Where a value travels: each place bears other characters. */
type Place = 'body' | 'form' | 'header' | 'label';

const bodyText = fc.string({ unit: 'grapheme', maxLength: 12 }).map(withoutControls);
const headerText = fc.stringMatching(/^[!-~]([ -~]{0,8}[!-~])?$/).filter((text) => !text.includes(','));
const labelText = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => withoutControls(text) || 'x');

/** XML cannot carry control characters, and neither it nor paths lone dots. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '').replace(/[\ufffe\uffff]/g, '');
}

/** Any value that a schema allows, as an SDK's types have it. */
export function arbitraryOf(schema: NormalizedSchema, place: Place = 'body', depth = 0): fc.Arbitrary<unknown> {
  if (schema.isStructSchema()) return schema.isUnionSchema() ? unionOf(schema, depth) : structOf(schema, place, depth);
  if (schema.isListSchema()) {
    const any = arbitraryOf(schema.getValueSchema(), place, depth + 1);
    // An empty structure leaves no trace in a form.
    const item = place === 'form' && schema.getValueSchema().isStructSchema() ? any.filter(hasMembers) : any;
    // An empty list leaves no trace in a header or a query.
    return fc.array(item, { minLength: place === 'body' || place === 'form' ? 0 : 1, maxLength: depth > 4 ? 1 : 3 });
  }
  if (schema.isMapSchema()) {
    const key = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__');
    const size = { minKeys: 1, maxKeys: depth > 4 ? 1 : 3 };
    return fc.dictionary(key, arbitraryOf(schema.getValueSchema(), place, depth + 1), {
      ...size,
      noNullPrototype: true,
    });
  }
  if (schema.isTimestampSchema()) {
    return fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));
  }
  // An empty payload is no payload.
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 20 });
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: 0, max: 1_000_000 });
  if (place === 'header') return headerText;
  return place === 'label' ? labelText.filter((text) => text !== '.' && text !== '..') : bodyText;
}

const hasMembers = (value: unknown) => Object.keys(value as object).length > 0;

function structOf(schema: NormalizedSchema, outer: Place, depth: number): fc.Arbitrary<unknown> {
  const required = new Set(requiredMembers(schema));
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpResponseCode) continue;
    const deep = depth > 3 && (member.isStructSchema() || member.isListSchema() || member.isMapSchema());
    if (deep && !required.has(name)) continue;
    const place = traits.httpLabel ? 'label' : traits.httpHeader ? 'header' : outer;
    members[name] = traits.httpQuery ? queryValue(member, depth) : arbitraryOf(member, place, depth + 1);
    if (required.has(name) || traits.httpLabel || traits.httpPayload) requiredKeys.push(name);
  }
  return fc.record(members, { requiredKeys, noNullPrototype: true });
}

function queryValue(member: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  if (!member.isListSchema()) return arbitraryOf(member, 'body', depth + 1);
  return fc.array(arbitraryOf(member.getValueSchema(), 'body', depth + 1), { minLength: 1, maxLength: 3 });
}

function unionOf(schema: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  const choices: fc.Arbitrary<unknown>[] = [];
  for (const [name, member] of schema.structIterator()) {
    if (name === '$unknown' || (depth > 3 && (member.isListSchema() || member.isMapSchema()))) continue;
    choices.push(fc.record({ [name]: arbitraryOf(member, 'body', depth + 1) }, { noNullPrototype: true }));
  }
  return fc.oneof(...choices);
}

/** A structure's schema ends with how many of its members, from the first, are required. */
export function requiredMembers(schema: NormalizedSchema): string[] {
  if (!schema.isStructSchema()) return [];
  const struct = schema.getSchema() as unknown as [number, string, string, unknown, string[], unknown[], number?];
  return struct[4].slice(0, struct[6] ?? 0);
}

import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../service.ts';
import { fitNumber, kindOfNumber, type NumberKinds, readNumber } from './numbers.ts';
import { formatTimestamp, parseTimestamp, timestampFormat } from './scalars.ts';

/** Where a value stands. */
interface Place {
  /** For people; '' is the whole. */
  path?: string;
  /** The structure's member, list or map that has it in AWS's models. */
  member?: string;
  kinds?: NumberKinds | undefined;
}

/** Plain JSON → the typed value that the SDK's command types describe. Throws AwsError SerializationException. */
export function readJson(schema: NormalizedSchema, value: unknown, place: Place = {}): unknown {
  const { path = '', member = '', kinds } = place;
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) return readStruct(schema, value, { path, kinds });
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw mismatch(path, 'a list', value);
    const of = schema.getValueSchema();
    return value.map((item, index) => readItem(schema, of, { item, kinds, path: `${path}[${index}]` }));
  }
  if (schema.isMapSchema()) {
    const of = schema.getValueSchema();
    const entries = Object.entries(asObject(value, path));
    return Object.fromEntries(
      entries
        // AWS leaves such an entry out; amazon-cognito-identity-js relies on it.
        .filter(([, item]) => item !== null || !of.isStringSchema())
        .map(([key, item]) => [key, readItem(schema, of, { item, kinds, path: `${path}.${key}` })]),
    );
  }
  if (schema.isBlobSchema()) {
    if (typeof value !== 'string') throw mismatch(path, 'a base64 string', value);
    return new Uint8Array(Buffer.from(value, 'base64'));
  }
  if (schema.isTimestampSchema()) {
    const date = typeof value === 'string' || typeof value === 'number' ? parseTimestamp(value) : undefined;
    if (!date) throw mismatch(path, 'a timestamp', value);
    return date;
  }
  if (schema.isStringSchema()) {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') throw unconvertible(value);
    throw mismatch(path, 'a string', value);
  }
  if (schema.isBooleanSchema()) {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw mismatch(path, 'a boolean', value);
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) {
    const kind = kindOfNumber(kinds, member);
    const number = typeof value === 'string' ? readNumber(value, kind) : value;
    // NaN and Infinity, which JSON has as texts and as 1e999, are within no limit that an operation checks.
    if (typeof number !== 'number' || !Number.isFinite(number)) throw mismatch(path, 'a number', value);
    return fitNumber(number, kind);
  }
  return value;
}

/** null stands in a list or map only where its schema calls it sparse. */
function readItem(
  list: NormalizedSchema,
  of: NormalizedSchema,
  { item, kinds, path }: { item: unknown; kinds: NumberKinds | undefined; path: string },
): unknown {
  if (item === null && list.getMergedTraits().sparse !== 1) throw mismatch(path, 'a value', item);
  return readJson(of, item, { path, member: list.getName() ?? '', kinds }) ?? null;
}

function readStruct(schema: NormalizedSchema, value: unknown, { path = '', kinds }: Place): Record<string, unknown> {
  const object = asObject(value, path);
  const out: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const jsonName = member.getMergedTraits().jsonName ?? name;
    if (!Object.hasOwn(object, jsonName)) continue;
    const at = path ? `${path}.${name}` : name;
    const read = readJson(member, object[jsonName], { path: at, member: `${schema.getName()}.${name}`, kinds });
    if (read !== undefined) out[name] = read;
  }
  return out;
}

/** A typed output value → plain JSON; `undefined` members are left out. */
export function writeJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) {
    const out: Record<string, unknown> = {};
    const object = value as Record<string, unknown>;
    for (const [name, member] of schema.structIterator()) {
      const written = writeJson(member, object[name]);
      if (written !== undefined) out[member.getMergedTraits().jsonName ?? name] = written;
    }
    return out;
  }
  if (schema.isListSchema()) {
    const of = schema.getValueSchema();
    return (value as unknown[]).map((item) => writeJson(of, item) ?? null);
  }
  if (schema.isMapSchema()) {
    const of = schema.getValueSchema();
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, item]) => [key, writeJson(of, item) ?? null]));
  }
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString('base64');
  if (schema.isTimestampSchema()) return formatTimestamp(value as Date, timestampFormat(schema, 'epoch-seconds'));
  return value;
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(path, 'an object', value);
  return value as Record<string, unknown>;
}

/**
 * In AWS's words. Recorded: localstack `apigateway/test_apigateway_api` test_put_integration_request_parameter_bool_type (2024) and
 * test_integration_response_invalid_responsetemplates (2025). Cognito refuses them too: amazon-cognito-identity-js#485.
 */
function unconvertible(value: number | boolean): AwsError {
  const named =
    typeof value === 'boolean' ? 'java.lang.Boolean' : 'com.amazon.coral.value.json.numbers.TruncatingBigNumber';
  return new AwsError('SerializationException', `class ${named} can not be converted to an String`);
}

function mismatch(path: string, expected: string, value: unknown): AwsError {
  const got = Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
  return new AwsError('SerializationException', `${path || 'The request'} must be ${expected}, not ${got}`);
}

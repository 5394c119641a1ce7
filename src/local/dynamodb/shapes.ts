import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NormalizedSchema } from '@smithy/core/schema';
import { isObject } from '../../is-object.ts';
import { AwsError } from '../service.ts';
import { fitNumber, kindOfNumber } from '../wire/numbers.ts';
import constraints from './constraints.json' with { type: 'json' };
import { checkBoolean } from './values/validate.ts';

/** An SDK's input as it is on the wire, with attribute values still to be checked. */
export type Wire<T> = T extends AttributeValue
  ? unknown
  : T extends Uint8Array
    ? string
    : T extends Date
      ? number
      : T extends readonly (infer Member)[]
        ? Wire<Member>[]
        : T extends object
          ? { [Name in keyof T]: Wire<T[Name]> }
          : T;

type Reader = (value: unknown) => unknown;

/**
 * What reads a request's JSON by the SDK's schema of it: members that AWS does not know and nulls are left out, and
 * what is of another type is refused as AWS's JSON reader does. Attribute values are left as they are.
 * Throws AwsError SerializationException.
 */
export function readerOf<Input>(schema: unknown): (input: unknown) => Wire<Input> {
  let read: Reader | undefined;
  return (input) => {
    // Not before the first call: a schema takes a while to look through.
    read ??= compile(NormalizedSchema.of(schema as never));
    // Read by the schema of this input.
    return read(input) as Wire<Input>;
  };
}

/** `place`: of the structure's member, or the list or map, that has it, which tells what kind of number it is. */
function compile(schema: NormalizedSchema, place = ''): Reader {
  const name = schema.getName() ?? '';
  if (name === 'AttributeValue') return readValue;
  if (schema.isListSchema()) return listReader(compile(schema.getValueSchema(), name));
  if (schema.isMapSchema()) return mapReader(compile(schema.getValueSchema(), name));
  if (schema.isStructSchema()) {
    const members = [...schema.structIterator()];
    return structReader(new Map(members.map(([each, member]) => [each, compile(member, `${name}.${each}`)])));
  }
  if (schema.isBooleanSchema()) return checkBoolean;
  if (schema.isNumericSchema()) return numberReader(kindOfNumber(constraints.numbers, place));
  return schema.isTimestampSchema() ? scalarReader('number', 'Date') : scalarReader('string', 'String');
}

/** Which member it has is checked with the value; that it has members is checked here. */
function readValue(value: unknown): unknown {
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw malformed(
    Array.isArray(value) ? collection('com.amazonaws.dynamodb.v20120810.AttributeValue') : unexpectedValue,
  );
}

function listReader(readMember: Reader): Reader {
  return (value) => {
    if (!Array.isArray(value)) throw malformed(isObject(value) ? unexpectedStart : unexpectedField);
    return value.map((member: unknown) => {
      if (member === null) throw malformed('A list in the request holds a null');
      return readMember(member);
    });
  };
}

function mapReader(readMember: Reader): Reader {
  return (value) => {
    if (!isObject(value)) throw malformed(Array.isArray(value) ? collection('java.util.Map') : unexpectedField);
    const read: Record<string, unknown> = Object.create(null);
    for (const name in value) {
      const member = value[name];
      if (member === null) throw malformed('A map in the request holds a null');
      read[name] = readMember(member);
    }
    return read;
  };
}

function structReader(members: ReadonlyMap<string, Reader>): Reader {
  return (value) => {
    if (!isObject(value)) throw malformed(Array.isArray(value) ? collection('structure') : unexpectedValue);
    const read: Record<string, unknown> = {};
    for (const name in value) {
      const member = value[name];
      const readMember = members.get(name);
      if (readMember && member !== null) read[name] = readMember(member);
    }
    return read;
  };
}

function numberReader(kind: string): Reader {
  const read = scalarReader<number>('number', kind);
  return (value) => fitNumber(read(value), kind);
}

function scalarReader<Scalar = unknown>(type: 'string' | 'number', named: string): (value: unknown) => Scalar {
  return (value) => {
    if (typeof value === type) return value as Scalar;
    if (isObject(value)) throw malformed(unexpectedStart);
    if (Array.isArray(value)) throw malformed(collection(`java.lang.${named}`));
    throw malformed(`${tokenOf(value)} cannot be converted to ${named}`);
  };
}

/** The names that AWS's JSON reader has for what it meets. */
function tokenOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}

const unexpectedStart = 'Start of structure or map found where not expected';
const unexpectedField = 'Unexpected field type';
const unexpectedValue = 'Unexpected value type in payload';
const collection = (name: string) => `Unrecognized collection type class ${name}`;

const malformed = (message: string) => new AwsError('SerializationException', message, { statusCode: 400 });

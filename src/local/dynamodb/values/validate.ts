import { AwsError } from '../../service.ts';
import { invalid } from '../errors.ts';
import { normalizeBigDecimal, normalizeNumber } from './numbers.ts';
import { type AttributeValue, emptyItem, type Item } from './types.ts';

/** Levels that attribute values nest, an attribute of the item being the first (developer guide, "service quotas"). */
const maxLevels = 32;

/** The longest attribute name that is no key, in bytes (developer guide, "service quotas"). */
const maxNameBytes = 65_535;

/** The item, checked as `checkValue` checks each of its values. */
export function checkItem(item: unknown, layer: Layer = 'current'): Item {
  return checkMembers(item, { level: 1, layer });
}

/**
 * The attribute value, its numbers and binaries in their one canonical form. Throws AwsError ValidationException in
 * AWS's words, SerializationException where the JSON is not of an attribute value's shape.
 */
export function checkValue(value: unknown, layer: Layer = 'current'): AttributeValue {
  return checkAt(value, { level: 1, layer });
}

/**
 * AWS has two ways to read numbers and to word duplicates: the older one is that of BatchWriteItem, transactions, Scan and
 * PartiQL, the current one that of all others (paritysuite/dynamodb-conformance, run against AWS in October 2026).
 */
export type Layer = 'current' | 'older';

interface Place {
  level: number;
  layer: Layer;
}

const inside = (place: Place): Place => ({ ...place, level: place.level + 1 });

function checkAt(value: unknown, place: Place): AttributeValue {
  if (place.level > maxLevels) throw tooDeep();
  if (typeof value !== 'object' || value === null) throw malformed('Unexpected value type in payload');
  if (Array.isArray(value)) throw malformed(`Unrecognized collection type class ${attributeValueClass}`);
  const checked: AttributeValue[] = [];
  // AWS leaves out what it does not know, and what is null.
  for (const [type, given] of Object.entries(value)) {
    if (given !== null && given !== undefined && isType(type)) checked.push(checks[type](given, place));
  }
  const [first, second] = checked;
  if (!first) {
    throw invalid('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (second) {
    throw invalid(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return first;
}

const attributeValueClass = 'com.amazonaws.dynamodb.v20120810.AttributeValue';

const checks = {
  S: (given: unknown): AttributeValue => ({ S: checkString(given) }),
  N: (given: unknown, { layer }: Place): AttributeValue => ({ N: checkNumber(given, layer) }),
  B: (given: unknown): AttributeValue => ({ B: checkBinary(given) }),
  BOOL: (given: unknown): AttributeValue => ({ BOOL: checkBoolean(given) }),
  NULL(given: unknown): AttributeValue {
    if (!checkBoolean(given)) throw wrong('Null attribute value types must have the value of true');
    return { NULL: true };
  },
  SS(given: unknown, { layer }: Place): AttributeValue {
    const set = checkList(given).map(checkString);
    if (set.length === 0) throw wrong('An string set  may not be empty');
    if (hasDuplicates(set)) {
      const members = layer === 'older' ? set.join(', ') : quoted(set, (text) => Buffer.from(text)).join(', ');
      throw wrong(`Input collection [${members}] contains duplicates.`);
    }
    return { SS: set };
  },
  NS(given: unknown, { layer }: Place): AttributeValue {
    const set = checkList(given).map((member) => checkNumber(member, layer));
    if (set.length === 0) throw wrong('An number set  may not be empty');
    if (hasDuplicates(set)) {
      throw layer === 'older'
        ? invalid('Input collection contains duplicates')
        : wrong('Input collection contains duplicates.');
    }
    return { NS: set };
  },
  BS(given: unknown, { layer }: Place): AttributeValue {
    const set = checkList(given).map(checkBinary);
    if (set.length === 0) throw wrong('Binary sets should not be empty');
    if (hasDuplicates(set)) {
      const members = layer === 'older' ? set.join(', ') : quoted(set, (text) => Buffer.from(text, 'base64')).join(',');
      throw wrong(`Input collection [${members}]of type BS contains duplicates.`);
    }
    return { BS: set };
  },
  M: (given: unknown, place: Place): AttributeValue => ({ M: checkMembers(given, inside(place)) }),
  L: (given: unknown, place: Place): AttributeValue => ({
    L: checkList(given).map((member) => checkAt(member, inside(place))),
  }),
};

function isType(name: string): name is keyof typeof checks {
  return Object.hasOwn(checks, name);
}

function checkMembers(given: unknown, place: Place): Item {
  if (typeof given !== 'object' || given === null) throw malformed('Unexpected field type');
  if (Array.isArray(given)) {
    throw malformed(`Unrecognized collection type java.util.Map<java.lang.String, ${attributeValueClass}>`);
  }
  const members = emptyItem();
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    if (name === '') throw invalid('Empty attribute name');
    // A UTF-16 unit is three bytes at most.
    if (name.length * 3 > maxNameBytes && Buffer.byteLength(name) > maxNameBytes) {
      throw invalid('Attribute name is too large, must be less than 65536 bytes');
    }
    members[name] = checkAt(value, place);
  }
  return members;
}

/** Refuses what nests too deep, as an update can make an item. */
export function checkLevels(value: AttributeValue, level = 1): void {
  if (level > maxLevels) throw tooDeep();
  if ('M' in value) for (const member of Object.values(value.M)) checkLevels(member, level + 1);
  else if ('L' in value) for (const member of value.L) checkLevels(member, level + 1);
}

function tooDeep(): AwsError {
  return invalid(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  );
}

function checkString(given: unknown): string {
  if (typeof given === 'string') return given;
  throw unconvertible(given, 'String');
}

function checkNumber(given: unknown, layer: Layer): string {
  const text = checkString(given);
  return layer === 'older' ? normalizeBigDecimal(text) : normalizeNumber(text);
}

/** The members as AWS's current layer lists them: in order up to the first that is there twice, the others as they came. */
function quoted(members: string[], bytesOf: (member: string) => Buffer): string[] {
  const seen = new Set<string>();
  const twice = members.findIndex((member) => seen.size === seen.add(member).size);
  const first = members.slice(0, twice).sort((one, other) => Buffer.compare(bytesOf(one), bytesOf(other)));
  return [...first, ...members.slice(twice)].map((member) => `"${member}"`);
}

/** A boolean, or a word for one. Throws AwsError SerializationException. */
export function checkBoolean(given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  const text = typeof given === 'string' ? given.toLowerCase() : given;
  if (text === 'true' || text === '1' || text === 'yes') return true;
  if (text === 'false' || text === '0' || text === 'no') return false;
  throw typeof given === 'string'
    ? malformed('Unexpected token received from parser')
    : unconvertible(given, 'Boolean');
}

function checkBinary(given: unknown): string {
  if (typeof given !== 'string') {
    if (Array.isArray(given)) throw malformed('Unrecognized collection type class java.nio.ByteBuffer');
    if (typeof given === 'object') throw malformed('Start of structure or map found where not expected');
    throw malformed('only base-64-encoded strings are convertible to bytes');
  }
  if (given.length % 4 !== 0) {
    throw malformed(`Base64 encoded length is expected a multiple of 4 bytes but found: ${given.length}`);
  }
  if (Buffer.from(given, 'base64').toString('base64') !== given) {
    throw malformed('Invalid last non-pad Base64 character dectected');
  }
  return given;
}

function checkList(given: unknown): unknown[] {
  if (Array.isArray(given)) return given;
  throw malformed(
    typeof given === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type',
  );
}

const hasDuplicates = (members: string[]) => new Set(members).size !== members.length;

function unconvertible(given: unknown, type: string): AwsError {
  if (Array.isArray(given)) return malformed(`Unrecognized collection type class java.lang.${type}`);
  switch (typeof given) {
    case 'boolean':
      return malformed(`${given ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to ${type}`);
    case 'number':
      return malformed(`${Number.isInteger(given) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'} cannot be converted to ${type}`);
    default:
      return malformed('Start of structure or map found where not expected');
  }
}

const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

const malformed = (message: string) => new AwsError('SerializationException', message, { statusCode: 400 });

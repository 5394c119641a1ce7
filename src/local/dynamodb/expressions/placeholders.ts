import { AwsError } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { AttributeValue } from '../values/types.ts';
import { checkValue, type Layer } from '../values/validate.ts';
import type { Step } from './syntax.ts';
import type { Path } from './types.ts';

/** The names and values that placeholders of one request stand for. */
export interface Placeholders {
  /** Nothing where it is not given. */
  name(placeholder: string): string | undefined;
  value(placeholder: string): AttributeValue | undefined;
  /** Throws AwsError ValidationException where a name or value was never asked for. */
  checkAllUsed(): void;
}

/** `ExpressionAttributeNames` and `ExpressionAttributeValues` as they came. Throws AwsError. */
export function createPlaceholders(givenNames: unknown, givenValues: unknown, layer: Layer): Placeholders {
  const names = checkNames(entriesOf(givenNames, 'ExpressionAttributeNames', '#'));
  const values = checkValues(entriesOf(givenValues, 'ExpressionAttributeValues', ':'), layer);
  const unusedNames = new Set(names.keys());
  const unusedValues = new Set(values.keys());
  return {
    name(placeholder) {
      unusedNames.delete(placeholder);
      return names.get(placeholder);
    },
    value(placeholder) {
      unusedValues.delete(placeholder);
      return values.get(placeholder);
    },
    checkAllUsed() {
      refuseUnused('ExpressionAttributeNames', unusedNames);
      refuseUnused('ExpressionAttributeValues', unusedValues);
    },
  };
}

/** The path that the steps mean. Throws by `fail` where a name is not defined. */
export function resolvePath(steps: readonly Step[], placeholders: Placeholders, fail: Fail): Path {
  const [first = '', ...rest] = steps.map((step) => {
    if (typeof step === 'number' || !step.startsWith('#')) return step;
    const name = placeholders.name(step);
    if (name !== undefined) return name;
    throw fail(`An expression attribute name used in the document path is not defined; attribute name: ${step}`);
  });
  return [String(first), ...rest];
}

/** The value that the placeholder means. Throws by `fail` where it is not defined. */
export function resolveValue(placeholder: string, placeholders: Placeholders, fail: Fail): AttributeValue {
  const value = placeholders.value(placeholder);
  if (value !== undefined) return value;
  throw fail(`An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
}

/** The error of one expression. */
export type Fail = (message: string) => AwsError;

function entriesOf(given: unknown, member: string, sign: '#' | ':'): [string, unknown][] {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new AwsError('SerializationException', 'Unexpected field type', { statusCode: 400 });
  }
  const entries = Object.entries(given);
  if (entries.length === 0) throw invalid(`${member} must not be empty`);
  for (const [key] of entries) {
    if (!key.startsWith(sign) || !/^\w+$/.test(key.slice(1))) {
      throw invalid(`${member} contains invalid key: Syntax error; key: "${key}"`);
    }
    if (Buffer.byteLength(key) > maxKeyBytes) {
      throw invalid(
        `${member} contains invalid key: The expression attribute map contains a key that is too long; key: "${key}"`,
      );
    }
  }
  return entries;
}

/** A placeholder with its sign (developer guide, "service quotas": expression parameters). */
const maxKeyBytes = 255;

function checkNames(entries: [string, unknown][]): Map<string, string> {
  return new Map(
    entries.map(([key, name]): [string, string] => {
      if (typeof name !== 'string') {
        throw new AwsError('SerializationException', 'Start of structure or map found where not expected', {
          statusCode: 400,
        });
      }
      if (name === '')
        throw invalid(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${key}`);
      return [key, name];
    }),
  );
}

/** The faults that AWS's current layer words alike wherever the value is. */
const placeless = /^(?:The parameter cannot|Number \w+flow|Attempting to store|Nesting Levels)|contains duplicates/;

function checkValues(entries: [string, unknown][], layer: Layer): Map<string, AttributeValue> {
  return new Map(
    entries.map(([key, value]): [string, AttributeValue] => {
      try {
        return [key, checkValue(value, layer)];
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
        if (layer === 'current' && placeless.test(error.message)) throw error;
        throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
      }
    }),
  );
}

function refuseUnused(member: string, unused: ReadonlySet<string>): void {
  if (unused.size > 0) {
    throw invalid(`Value provided in ${member} unused in expressions: keys: {${[...unused].join(', ')}}`);
  }
}

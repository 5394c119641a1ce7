import { isObject } from '../../is-object.ts';
import { ownMember } from '../../own-member.ts';
import { type BoundedPattern, compileForeign } from '../pattern/bounded-match.ts';
import { PatternError } from '../pattern/parse.ts';

/**
 * JSON Schema of draft 4, of which API Gateway's models are, with references to other models. What does not fit is told in the words
 * of the validator that API Gateway was seen to use (java-json-tools/json-schema-validator), as
 * `instance type (string) does not match any allowed primitive type (allowed: ["integer"])`.
 */

type Schema = Record<string, unknown>;

/** A value's faults; none: it fits. */
export type SchemaCheck = (value: unknown) => string[];

/** Schemas visited for one value, and how deep: a body that asks for more does not fit; and about how many faults are told of a part. */
const mostVisits = 1_000_000;
const deepest = 500;
const mostFaults = 1_000;

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const modelAddress = /^https?:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/#]+)(#.*)?$/;

/** `models`: the schemas' texts by name. */
export function createSchemaChecks(models: (name: string) => string | undefined): (name: string) => SchemaCheck {
  const schemas = new Map<string, Schema | undefined>();
  const patterns = new Map<string, BoundedPattern>();

  function schemaOf(name: string): Schema | undefined {
    if (!schemas.has(name)) schemas.set(name, readSchema(models(name) ?? ''));
    return schemas.get(name);
  }
  function patternOf(source: string): BoundedPattern {
    const known = patterns.get(source) ?? compileForeign(source);
    patterns.set(source, known);
    return known;
  }

  return (name) => (value) => {
    let visits = 0;
    /** `within`: the model that a reference without an address is one into. */
    function faultsOf(schema: unknown, instance: unknown, within: string, depth: number): string[] {
      visits += 1;
      if (visits > mostVisits || depth > deepest) throw new RangeError('too much');
      if (!isSchema(schema)) return [];
      if (typeof schema.$ref === 'string') {
        const target = resolve(schema.$ref, within);
        return target
          ? faultsOf(target.schema, instance, target.within, depth + 1)
          : [`could not resolve reference ${schema.$ref}`];
      }
      const at = (part: unknown, of: unknown = instance) => faultsOf(part, of, within, depth + 1);
      return [
        ...ownFaults(schema, instance, patternOf),
        ...combinedFaults(schema, at),
        ...(Array.isArray(instance) ? itemFaults(schema, instance, at) : []),
        ...(isObject(instance) ? memberFaults(schema, instance, { at, patternOf }) : []),
      ];
    }
    function resolve(reference: string, within: string): { schema: unknown; within: string } | undefined {
      const [, model = within, fragment = reference.startsWith('#') ? reference : ''] =
        modelAddress.exec(reference) ?? [];
      if (!reference.startsWith('#') && !modelAddress.test(reference)) return undefined;
      let here: unknown = schemaOf(model);
      for (const key of fragment.split('/').slice(1)) {
        const decoded = key.replaceAll('~1', '/').replaceAll('~0', '~');
        here = typeof here === 'object' && here !== null ? ownMember(here as Schema, decoded) : undefined;
      }
      return here === undefined ? undefined : { schema: here, within: model };
    }
    try {
      return faultsOf(schemaOf(name), value, name, 0);
    } catch (error) {
      if (error instanceof RangeError) return ['the body takes too much to be validated'];
      // A reference leads where `schemaFault` does not look, as into a model of another content type.
      if (error instanceof PatternError) return [`a pattern of the model is not served here: ${error.message}`];
      throw error;
    }
  };
}

type At = (schema: unknown, instance?: unknown) => string[];

/** What a value's schema says of it alone. */
function ownFaults(schema: Schema, value: unknown, patternOf: (source: string) => BoundedPattern): string[] {
  const { type, enum: allowed } = schema;
  const faults: string[] = [];
  const wanted = typeof type === 'string' ? [type] : Array.isArray(type) ? type : [];
  if (wanted.length > 0 && !wanted.some((one) => isOfType(value, one))) {
    return [
      `instance type (${typeOf(value)}) does not match any allowed primitive type (allowed: ${JSON.stringify(wanted.toSorted())})`,
    ];
  }
  const text = Array.isArray(allowed) ? canonical(value) : '';
  if (Array.isArray(allowed) && !allowed.some((one) => canonical(one) === text)) {
    faults.push(
      `instance value (${JSON.stringify(value)}) not found in enum (possible values: ${JSON.stringify(allowed)})`,
    );
  }
  if (typeof value === 'number') faults.push(...numberFaults(schema, value));
  if (typeof value === 'string') {
    const { minLength, maxLength, pattern } = schema;
    const length = [...value].length;
    if (isNumber(minLength) && length < minLength) {
      faults.push(`string "${value}" is too short (length: ${length}, required minimum: ${minLength})`);
    }
    if (isNumber(maxLength) && length > maxLength) {
      faults.push(`string "${value}" is too long (length: ${length}, maximum allowed: ${maxLength})`);
    }
    if (typeof pattern === 'string' && !patternOf(pattern).isFoundIn(value)) {
      faults.push(`ECMA 262 regex "${pattern}" does not match input string "${value}"`);
    }
  }
  return faults;
}

function numberFaults({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Schema, value: number) {
  const faults: string[] = [];
  if (isNumber(minimum) && value < minimum) {
    faults.push(`numeric instance is lower than the required minimum (minimum: ${minimum}, found: ${value})`);
  } else if (isNumber(minimum) && exclusiveMinimum === true && value === minimum) {
    faults.push(`numeric instance is not strictly greater than the required minimum ${minimum}`);
  }
  if (isNumber(maximum) && value > maximum) {
    faults.push(`numeric instance is greater than the required maximum (maximum: ${maximum}, found: ${value})`);
  } else if (isNumber(maximum) && exclusiveMaximum === true && value === maximum) {
    faults.push(`numeric instance is not strictly lower than the required maximum ${maximum}`);
  }
  if (isNumber(multipleOf) && !isWhole(value / multipleOf)) {
    faults.push(`remainder of division is not zero (${value} / ${multipleOf})`);
  }
  return faults;
}

function combinedFaults({ allOf, anyOf, oneOf, not }: Schema, at: At): string[] {
  // Once each: looked at twice wherever it does not fit, a value would take twice the time for every level of its schema.
  const fitting = (schemas: unknown) =>
    Array.isArray(schemas) && { count: schemas.filter((part) => at(part).length === 0).length, of: schemas.length };
  const [all, any, one] = [fitting(allOf), fitting(anyOf), fitting(oneOf)];
  const faults: string[] = [];
  if (all && all.count < all.of) {
    faults.push(`instance failed to match all required schemas (matched only ${all.count} out of ${all.of})`);
  }
  if (any && any.count === 0) faults.push(`instance failed to match at least one required schema among ${any.of}`);
  if (one && one.count !== 1) {
    faults.push(`instance failed to match exactly one schema (matched ${one.count} out of ${one.of})`);
  }
  if (not !== undefined && at(not).length === 0) faults.push('instance matched a schema which it should not have');
  return faults;
}

function itemFaults(schema: Schema, items: unknown[], at: At): string[] {
  const { items: each, additionalItems, minItems, maxItems, uniqueItems } = schema;
  const faults: string[] = [];
  if (isNumber(minItems) && items.length < minItems) {
    faults.push(
      `array is too short: must have at least ${minItems} elements but instance has ${items.length} elements`,
    );
  }
  if (isNumber(maxItems) && items.length > maxItems) {
    faults.push(`array is too long: must have at most ${maxItems} elements but instance has ${items.length} elements`);
  }
  if (uniqueItems === true && new Set(items.map(canonical)).size < items.length) {
    faults.push('array must not contain duplicate elements');
  }
  if (Array.isArray(each) && additionalItems === false && items.length > each.length) {
    faults.push(
      `array only allows ${each.length} elements, but found ${items.length} instead; additionalItems is set to false`,
    );
  }
  for (let index = 0; index < items.length && faults.length < mostFaults; index += 1) {
    faults.push(...at(Array.isArray(each) ? (each[index] ?? additionalItems) : each, items[index]));
  }
  return faults;
}

function memberFaults(
  schema: Schema,
  value: Schema,
  { at, patternOf }: { at: At; patternOf: (source: string) => BoundedPattern },
): string[] {
  const { required, minProperties, maxProperties, properties, patternProperties, additionalProperties, dependencies } =
    schema;
  const names = Object.keys(value);
  const faults: string[] = [];
  const missingOf = (wanted: unknown) =>
    Array.isArray(wanted) ? wanted.filter((name) => !Object.hasOwn(value, name)) : [];
  const missing = missingOf(required);
  if (missing.length > 0) faults.push(`object has missing required properties (${JSON.stringify(missing.toSorted())})`);
  if (isNumber(minProperties) && names.length < minProperties) {
    faults.push(`object has too few properties (found ${names.length} but schema requires at least ${minProperties})`);
  }
  if (isNumber(maxProperties) && names.length > maxProperties) {
    faults.push(`object has too many properties (found ${names.length} but schema requires at most ${maxProperties})`);
  }
  const listed = isSchema(properties) ? properties : {};
  const matched = Object.entries(isSchema(patternProperties) ? patternProperties : {});
  const schemasOf = (name: string) => [
    ...(Object.hasOwn(listed, name) ? [listed[name]] : []),
    ...matched.filter(([pattern]) => patternOf(pattern).isFoundIn(name)).map(([, of]) => of),
  ];
  const others = names.filter((name) => schemasOf(name).length === 0);
  if (additionalProperties === false && others.length > 0) {
    faults.push(
      `object instance has properties which are not allowed by the schema: ${JSON.stringify(others.toSorted())}`,
    );
  }
  for (const name of names) {
    if (faults.length >= mostFaults) break;
    const schemas = schemasOf(name);
    for (const of of schemas.length > 0 ? schemas : [additionalProperties]) faults.push(...at(of, value[name]));
  }
  for (const [name, wanted] of Object.entries(isSchema(dependencies) ? dependencies : {})) {
    if (!Object.hasOwn(value, name)) continue;
    const lacking = missingOf(wanted);
    if (lacking.length > 0) {
      faults.push(
        `property "${name}" of object has missing property dependencies (missing: ${JSON.stringify(lacking)})`,
      );
    }
    if (isSchema(wanted)) faults.push(...at(wanted));
  }
  return faults;
}

/** Why a text is no schema that a model may have; undefined: it is one. */
export function schemaFault(text: string): string | undefined {
  const schema = readSchema(text);
  if (!schema) return 'Invalid model schema specified';
  const stack: unknown[] = [schema];
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (!isSchema(part)) return 'Invalid model schema specified';
    const { type, required, $ref, pattern, patternProperties } = part;
    if (type !== undefined && ![type].flat().every((one) => types.includes(String(one))))
      return 'Invalid model schema specified';
    if (required !== undefined && !isNameList(required)) return 'Invalid model schema specified';
    if (typeof $ref === 'string' && !$ref.startsWith('#') && !modelAddress.test($ref)) {
      return 'Model reference must be in canonical form';
    }
    const sources = [
      ...(typeof pattern === 'string' ? [pattern] : []),
      ...Object.keys(isSchema(patternProperties) ? patternProperties : {}),
    ];
    const unread = sources.map(patternFault).find((fault) => fault !== undefined);
    if (unread !== undefined) return unread;
    for (const inner of ['allOf', 'anyOf', 'oneOf', 'items', 'not', 'additionalItems', 'additionalProperties']) {
      if (typeof part[inner] === 'object') stack.push(...[part[inner]].flat());
    }
    for (const inner of ['properties', 'patternProperties', 'definitions']) {
      if (part[inner] === undefined) continue;
      if (!isSchema(part[inner])) return 'Invalid model schema specified';
      stack.push(...Object.values(part[inner]));
    }
  }
  return undefined;
}

function patternFault(source: string): string | undefined {
  try {
    compileForeign(source);
    return undefined;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return `This endpoint does not serve the pattern ${source}: ${error.message}`;
  }
}

function readSchema(text: string): Schema | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isSchema(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const isSchema = (value: unknown): value is Schema => isObject(value);
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isNameList = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
/** Of a quotient of doubles, as 0.3 / 0.1. */
const isWhole = (value: number) => Math.abs(value - Math.round(value)) < 1e-9 * Math.max(1, Math.abs(value));

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

const isOfType = (value: unknown, type: unknown) =>
  typeOf(value) === type || (type === 'number' && typeof value === 'number');

/** The same text for equal values. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}

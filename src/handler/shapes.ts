import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { NormalizedSchema } from '@smithy/core/schema';
import { checkName, exact, isObject, mapValues, shorten, toAttributeValue, toJson } from './attribute-values.ts';
import { BadRequest } from './bad-request.ts';

/**
 * A DynamoDB request from the event's payload, checked and converted by the SDK's own schema of the operation, so that
 * every parameter DynamoDB has is understood and none is dropped silently.
 * Throws BadRequest naming the path of what does not fit.
 */
export function toInput(schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (isAttributeValue(schema)) return toAttributeValue(value, path);
  if (schema.isStructSchema()) {
    const members = schema.getMemberSchemas();
    return mapValues(value, path, (member, memberPath) => {
      const name = memberPath.slice(path.length + 1);
      // A table is named beside the payload; naming another inside it is a mistake.
      const known = name !== 'TableName' && Object.hasOwn(members, name) ? members[name] : undefined;
      if (!known) throw new BadRequest(`Unknown parameter ${shorten(memberPath)}.`);
      return toInput(known, member, memberPath);
    });
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return mapValues(value, path, (element, elementPath) => toInput(member, element, elementPath));
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw new BadRequest(`${shorten(path)} must be an array.`);
    const member = schema.getValueSchema();
    return value.map((element, index) => toInput(member, element, `${path}[${index}]`));
  }
  if (schema.isNumericSchema()) {
    if (!Number.isInteger(value)) throw new BadRequest(`${shorten(path)} must be a whole number.`);
    return exact(Number(value), path);
  }
  if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw new BadRequest(`${shorten(path)} must be true or false.`);
    return value;
  }
  if (typeof value !== 'string') throw new BadRequest(`${shorten(path)} must be a string.`);
  // ExpressionAttributeNames and AttributesToGet name attributes in what is a plain string to the schema.
  checkName(value, path);
  return value;
}

/** A DynamoDB answer as JSON: each attribute value in its JSON form, everything else as it is. */
export function toAnswer(schema: NormalizedSchema, value: unknown): unknown {
  // What the SDK deserialized by this same schema.
  if (isAttributeValue(schema)) return toJson(value as AttributeValue);
  if (Array.isArray(value)) return value.map((element) => toAnswer(schema.getValueSchema(), element));
  if (!isObject(value)) return value;
  // A Map, because attributes may be called `constructor`.
  const members = new Map(schema.isStructSchema() ? Object.entries(schema.getMemberSchemas()) : []);
  return Object.fromEntries(
    Object.entries(value)
      // An item's own `__proto__`, which others may have stored and the SDK has lost: the rest is answered all the same.
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toAnswer(members.get(name) ?? schema.getValueSchema(), member)]),
  );
}

function isAttributeValue(schema: NormalizedSchema): boolean {
  return schema.getName() === 'AttributeValue';
}

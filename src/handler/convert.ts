import {
  type AttributeValue,
  checkName,
  isObject,
  mapValues,
  shorten,
  toAttributeValue,
  toJson,
} from './attribute-values.ts';
import { BadRequest } from './bad-request.ts';
import type { Shape } from './shapes.ts';

/** A DynamoDB request from the event's payload, checked and converted by its shape. Throws BadRequest naming the path of what does not fit. */
export function toInput(shape: Shape, value: unknown, path: string): unknown {
  if (typeof shape === 'object') {
    if ('map' in shape) return mapValues(value, path, (member, memberPath) => toInput(shape.map, member, memberPath));
    if ('members' in shape) {
      return mapValues(value, path, (member, memberPath) => {
        const name = memberPath.slice(path.length + 1);
        const known = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined;
        if (!known) throw new BadRequest(`Unknown parameter ${shorten(memberPath)}.`);
        return toInput(known, member, memberPath);
      });
    }
    if (!Array.isArray(value)) throw new BadRequest(`${shorten(path)} must be an array.`);
    return value.map((element, index) => toInput(shape.list, element, `${path}[${index}]`));
  }
  switch (shape) {
    case 'value':
      return toAttributeValue(value, path);
    case 'whole number':
      if (!Number.isSafeInteger(value)) throw new BadRequest(`${shorten(path)} must be a whole number.`);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw new BadRequest(`${shorten(path)} must be true or false.`);
      return value;
    case 'string':
      if (typeof value !== 'string') throw new BadRequest(`${shorten(path)} must be a string.`);
      // ExpressionAttributeNames and AttributesToGet name attributes in what is a plain string to the shape.
      checkName(value, path);
      return value;
    case 'json':
      return value;
  }
}

/** A DynamoDB answer as JSON: each attribute value in its JSON form, everything else as it is. */
export function toAnswer(shape: Shape, value: unknown): unknown {
  if (shape === 'value') return toJson(value as AttributeValue);
  if (typeof shape !== 'object') return value;
  if ('list' in shape) return Array.isArray(value) ? value.map((element) => toAnswer(shape.list, element)) : value;
  if (!isObject(value)) return value;
  if ('map' in shape) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toAnswer(shape.map, member)]));
  }
  const { members } = shape;
  return Object.fromEntries(
    Object.entries(members)
      .filter(([name]) => Object.hasOwn(value, name))
      .map(([name, member]) => [name, toAnswer(member, value[name])]),
  );
}

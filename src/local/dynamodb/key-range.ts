import { invalid } from './errors.ts';
import type { KeyCondition, RangeOperator } from './expressions/types.ts';
import { afterDigits, afterPart, encodePart, type KeyAttribute, partEnd, partitionText } from './keys.ts';
import type { Space } from './table.ts';
import { type AttributeValue, typeOf } from './values/types.ts';

/** Where the keys of a space are that a query or scan means: from `gte` to before `lt`. */
export interface Bounds {
  gte: string;
  lt: string;
}

/** Sorts after every key of a space. */
const afterSpace = '~';

export function wholeSpace({ prefix }: Space): Bounds {
  return { gte: prefix, lt: prefix + afterSpace };
}

/** How many partitions of the hash there are: its six hex digits. */
const hashes = 2 ** 24;

/** One of the parts into which a parallel scan divides a space. */
export function segmentOf(space: Space, { segment, total }: { segment: number; total: number }): Bounds {
  const from = (at: number) =>
    at >= total
      ? space.prefix + afterSpace
      : space.prefix +
        Math.ceil((at * hashes) / total)
          .toString(16)
          .padStart(6, '0');
  return { gte: from(segment), lt: from(segment + 1) };
}

/** Throws AwsError ValidationException where a value cannot be that of its key attribute. */
export function queryBounds(space: Space, condition: KeyCondition): Bounds {
  const { hash, range } = space.key;
  for (const { name, value } of condition.hash) checkValue(hash, name, value);
  for (const { name, values } of condition.range) for (const value of values) checkValue(range, name, value);
  let prefix = space.prefix;
  prefix += partitionText(
    hash,
    condition.hash.map(({ value }) => value),
  );
  for (const [index, { operator, values }] of condition.range.entries()) {
    const type = range[index]?.type ?? 'S';
    const [first = '', second = ''] = values.map((value) => prefix + encodePart(type, value));
    if (operator !== '=') return rangeBounds(prefix, operator, { first, second });
    prefix = first + partEnd;
  }
  return { gte: prefix, lt: prefix + afterSpace };
}

function rangeBounds(
  prefix: string,
  operator: Exclude<RangeOperator, '='>,
  { first, second }: { first: string; second: string },
): Bounds {
  const start = prefix;
  const end = prefix + afterSpace;
  switch (operator) {
    case '<':
      return { gte: start, lt: first + partEnd };
    case '<=':
      return { gte: start, lt: first + afterPart };
    case '>':
      return { gte: first + afterPart, lt: end };
    case '>=':
      return { gte: first + partEnd, lt: end };
    case 'BETWEEN':
      return { gte: first + partEnd, lt: second + afterPart };
    case 'begins_with':
      return { gte: first, lt: first + afterDigits };
  }
}

function checkValue(attributes: readonly KeyAttribute[], name: string, value: AttributeValue): void {
  const type = attributes.find((attribute) => attribute.name === name)?.type;
  if (typeOf(value) !== type) {
    throw invalid('One or more parameter values were invalid: Condition parameter type does not match schema type');
  }
  if (('S' in value && value.S === '') || ('B' in value && value.B === '')) {
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. Key: ${name}`,
    );
  }
}

import { AwsError } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { Layer } from '../values/validate.ts';
import { bindCondition } from './condition-binding.ts';
import { parseCondition, type WrittenCondition } from './condition-syntax.ts';
import { keyTerms } from './key-condition.ts';
import { checkApart } from './paths.ts';
import { createPlaceholders, type Fail, resolvePath } from './placeholders.ts';
import type { ExpressionKind, Step } from './syntax.ts';
import type { Expressions } from './types.ts';
import { bindUpdate } from './update-binding.ts';
import { parseProjection, parseUpdate, type WrittenAction } from './update-syntax.ts';

/** Parsed texts, the latest used ones; an expression has the same text for every call of a program. */
export interface ParseCache {
  conditions: Remembered<WrittenCondition>;
  updates: Remembered<WrittenAction[]>;
  projections: Remembered<Step[][]>;
}

type Remembered<T> = (key: string, parse: () => T) => T;

/** `entries` texts of each kind at most. */
export function createParseCache(entries = 500): ParseCache {
  return { conditions: remember(entries), updates: remember(entries), projections: remember(entries) };
}

/** `names` and `values`: ExpressionAttributeNames and ExpressionAttributeValues as they came. Throws AwsError ValidationException. */
export function createExpressions(
  names: unknown,
  values: unknown,
  cache: ParseCache,
  layer: Layer = 'current',
): Expressions {
  const placeholders = createPlaceholders(names, values, layer);
  const condition = (text: unknown, kind: ExpressionKind) => {
    const checked = checkText(text);
    const written = cache.conditions(kind + checked, () => parseCondition(checked, kind));
    return bindCondition(written, placeholders, failureOf(kind));
  };
  return {
    condition,
    keyCondition: (text) => keyTerms(condition(text, 'KeyConditionExpression')),
    projection(text) {
      const checked = checkText(text);
      const fail = failureOf('ProjectionExpression');
      const written = cache.projections(checked, () => parseProjection(checked));
      const paths = written.map((steps) => resolvePath(steps, placeholders, fail));
      checkApart(paths, fail);
      return paths;
    },
    update(text) {
      const checked = checkText(text);
      const written = cache.updates(checked, () => parseUpdate(checked));
      return bindUpdate(written, placeholders, failureOf('UpdateExpression'));
    },
    checkAllUsed: placeholders.checkAllUsed,
  };
}

const failureOf =
  (kind: ExpressionKind): Fail =>
  (message) =>
    invalid(`Invalid ${kind}: ${message}`);

function checkText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new AwsError('SerializationException', 'Start of structure or map found where not expected', {
    statusCode: 400,
  });
}

function remember<T>(entries: number): Remembered<T> {
  const known = new Map<string, T>();
  return (key, parse) => {
    const found = known.get(key);
    // Set anew, so that the first in the map is the one unused for longest.
    if (found !== undefined) known.delete(key);
    const result = found ?? parse();
    known.set(key, result);
    const [oldest] = known.keys();
    if (known.size > entries && oldest !== undefined) known.delete(oldest);
    return result;
  };
}

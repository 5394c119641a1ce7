import { AwsError, type Call } from '../service.ts';
import { invalid } from './errors.ts';
import { nameOf } from './tables.ts';

/** What is wrong with a member, in the words of AWS's request validation. */
export type Fault = string | false | undefined;

/** All faults in one ValidationException, as AWS's request validation lists them: at most ten. */
export function refuseFaults(faults: readonly Fault[]): void {
  const found = faults.filter((fault) => typeof fault === 'string').slice(0, 10);
  if (found.length === 0) return;
  throw invalid(`${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${found.join('; ')}`);
}

/**
 * Runs the checks that PutItem, UpdateItem and DeleteItem make of the request alone. Since 2026 they answer each of these
 * as one of AWS's counted validation errors, which the reading operations do not.
 */
export function counted<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    if (/^\d+ validation errors? detected: /.test(error.message)) throw error;
    throw invalid(`1 validation error detected: ${error.message}`);
  }
}

export function missing(member: string, value: unknown): Fault {
  return value === undefined && `Value null at '${member}' failed to satisfy constraint: Member must not be null`;
}

export function outsideEnum(member: string, value: string | undefined, allowed: readonly string[]): Fault {
  return (
    value !== undefined &&
    !allowed.includes(value) &&
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`
  );
}

export function below(member: string, value: number | undefined, least: number): Fault {
  return (
    value !== undefined &&
    value < least &&
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must have value greater than or equal to ${least}`
  );
}

export function above(member: string, value: number | undefined, most: number): Fault {
  return (
    value !== undefined &&
    value > most &&
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must have value less than or equal to ${most}`
  );
}

export function lengthOutside(member: string, value: string | undefined, bounds: { min: number; max: number }): Fault {
  if (value === undefined) return undefined;
  const at = `Value '${value}' at '${member}' failed to satisfy constraint: Member must have length`;
  if (value.length < bounds.min) return `${at} greater than or equal to ${bounds.min}`;
  return value.length > bounds.max && `${at} less than or equal to ${bounds.max}`;
}

export function unlike(member: string, value: string | undefined, pattern: RegExp): Fault {
  return (
    value !== undefined &&
    !pattern.test(value) &&
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`
  );
}

/** As AWS shows it, but for the anchors. */
export const namePattern = /^[a-zA-Z0-9_.-]+$/;

/**
 * The faults of a table's name in an operation on items. An empty one is answered by itself, without the rest: so since
 * June 2026, by October in all but two regions, but not inside of transactions, where it is `at` a place as
 * `transactItems.1.member.get.`. Throws AwsError ValidationException.
 */
export function tableNameFaults(call: Call, given: string | undefined, at = ''): Fault[] {
  const name = given === undefined ? undefined : nameOf(call, given);
  if (name === '' && at === '') {
    refuseFaults([
      "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ]);
  }
  return [
    missing(`${at}tableName`, name),
    // An ARN that is still here is not one of this account and region.
    lengthOutside(`${at}tableName`, name, { min: 1, max: name?.startsWith('arn:') ? 1024 : 255 }),
    unlike(`${at}tableName`, name, namePattern),
  ];
}

export const capacityModes = ['INDEXES', 'TOTAL', 'NONE'] as const;

export const capacityFault = (value: string | undefined): Fault =>
  outsideEnum('returnConsumedCapacity', value, capacityModes);

export const metricsFault = (value: string | undefined): Fault =>
  outsideEnum('returnItemCollectionMetrics', value, ['SIZE', 'NONE']);

export const conditionalOperatorFault = (value: string | undefined): Fault =>
  outsideEnum('conditionalOperator', value, ['OR', 'AND']);

/** `at`: where in the request it stands, as `statements.1.member.`. */
export const failureValuesFault = (value: string | undefined, at = ''): Fault =>
  outsideEnum(`${at}returnValuesOnConditionCheckFailure`, value, ['ALL_OLD', 'NONE']);

/** The newer validation names neither the member nor the value, and spells the last of the values so. */
export function returnValuesFault(value: string | undefined): Fault {
  return (
    value !== undefined &&
    !['ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW', 'NONE'].includes(value) &&
    'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]'
  );
}

/**
 * The parameters of the old kind and expressions cannot be used together, and names and values are for expressions.
 * Throws AwsError ValidationException.
 */
export function refuseMixed(
  input: Readonly<Record<string, unknown>>,
  {
    expressions,
    legacy,
    namesUnsetExpressions,
  }: {
    expressions: readonly string[];
    legacy: readonly string[];
    /** Whether the operation's answer says which expressions are not there (Query and Scan). */
    namesUnsetExpressions?: boolean;
  },
): void {
  const given = (names: readonly string[]) => names.filter((name) => input[name] !== undefined);
  const used = given(expressions);
  const old = given(legacy);
  if (used.length > 0 && old.length > 0) {
    throw invalid(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${old.join(', ')}} Expression parameters: {${used.join(', ')}}`,
    );
  }
  if (input.ExpressionAttributeNames !== undefined && used.length === 0) {
    throw invalid('ExpressionAttributeNames can only be specified when using expressions');
  }
  const takeValues = expressions.filter((name) => name !== 'ProjectionExpression');
  if (input.ExpressionAttributeValues === undefined || given(takeValues).length > 0) return;
  const unset = `: ${takeValues.join(' and ')} ${takeValues.length > 1 ? 'are' : 'is'} null`;
  throw invalid(
    `ExpressionAttributeValues can only be specified when using expressions${namesUnsetExpressions ? unset : ''}`,
  );
}

/** The first that is there a second time. */
export function firstTwice<T>(values: readonly T[]): T | undefined {
  const seen = new Set<T>();
  return values.find((value) => seen.size === seen.add(value).size);
}

/** Throws AwsError ValidationException. */
export function refuseDuplicates(attributes: readonly string[] = []): void {
  const twice = firstTwice(attributes);
  if (twice === undefined) return;
  throw invalid(`One or more parameter values were invalid: Duplicate value in attribute name: ${twice}`);
}

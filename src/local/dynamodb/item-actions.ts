import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import getItem from 'dynalite/actions/getItem.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import * as batchGetItemInput from 'dynalite/validations/batchGetItem.js';
import * as batchWriteItemInput from 'dynalite/validations/batchWriteItem.js';
import * as deleteItemInput from 'dynalite/validations/deleteItem.js';
import * as getItemInput from 'dynalite/validations/getItem.js';
import { checkTypes, checkValidations } from 'dynalite/validations/index.js';
import * as putItemInput from 'dynalite/validations/putItem.js';
import * as queryInput from 'dynalite/validations/query.js';
import * as scanInput from 'dynalite/validations/scan.js';
import * as updateItemInput from 'dynalite/validations/updateItem.js';
import { AwsError, type Call } from '../service.ts';
import type { Changes } from '../storage/changes.ts';
import { type CallStore, createCallStore, itemLimits } from './call-store.ts';
import { copyValues, guardOperands } from './expressions.ts';

/** JSON as it is on the wire. */
export type JsonObject = Record<string, unknown>;

const actions = {
  PutItem: { run: putItem, input: putItemInput },
  GetItem: { run: getItem, input: getItemInput },
  UpdateItem: { run: updateItem, input: updateItemInput },
  DeleteItem: { run: deleteItem, input: deleteItemInput },
  BatchGetItem: { run: batchGetItem, input: batchGetItemInput },
  BatchWriteItem: { run: batchWriteItem, input: batchWriteItemInput },
  Query: { run: query, input: queryInput },
  Scan: { run: scan, input: scanInput },
};

export type ItemAction = keyof typeof actions;

/** Runs an action from start to end in this turn; what it writes is in `changes`, for the caller to commit or abandon. Throws AwsError. */
export function runNow(
  call: Call,
  action: Exclude<ItemAction, 'Query' | 'Scan'>,
  { input, changes }: { input: JsonObject; changes: Changes },
): { output: JsonObject; read: ReturnType<CallStore['lastRead']> } {
  const { run, input: rules } = actions[action];
  // Before validation, which deletes the members that dynalite does not know.
  const wantsOld = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  const data = validate(input, rules);
  const outcomes: { error?: unknown; output?: JsonObject }[] = [];
  const store = createCallStore(call, changes, (error) => outcomes.unshift({ error }));
  run(store, data, (error, output) => outcomes.push(error ? { error } : { output: output ?? {} }));
  const [outcome] = outcomes;
  if (!outcome?.output) {
    const error = asAwsError(outcome?.error ?? new Error(`${action} did not end`));
    throw wantsOld ? withOldItem(error, store.lastRead()?.item) : error;
  }
  return { output: outcome.output, read: store.lastRead() };
}

/** Runs a Query or Scan, which reads as it goes. Throws AwsError. */
export async function runStreaming(call: Call, action: 'Query' | 'Scan', input: JsonObject): Promise<JsonObject> {
  const { run, input: rules } = actions[action];
  const data = validate(input, rules);
  try {
    return await new Promise<JsonObject>((resolve, reject) => {
      const store = createCallStore(call, call.engine.items.begin(), reject);
      run(store, data, (error, output) => (error ? reject(error) : resolve(output ?? {})));
    });
  } catch (error) {
    throw asAwsError(error);
  }
}

/** Types, constraints and expressions, in DynamoDB's own words. Throws AwsError. */
export function validate(input: JsonObject, rules: { types: unknown; custom?: unknown }): JsonObject {
  try {
    checkNesting(input);
    checkPaths(input);
    const data = checkTypes(input, rules.types);
    checkValidations(data, rules.types, rules.custom, { options: itemLimits });
    for (const [parsed, member] of [
      [data._condition, 'ConditionExpression'],
      [data._filter, 'FilterExpression'],
    ] as const) {
      if (isObject(parsed)) parsed.expression = guardOperands(parsed.expression, member);
    }
    if (isObject(data._updates)) copyValues(data._updates.sections);
    return data;
  } catch (error) {
    // Validation looks at nothing but the input: what breaks it (a null in a list or a map) is the sender's fault.
    if (error instanceof TypeError)
      throw new AwsError('SerializationException', 'Unexpected null or value in the request');
    throw asAwsError(error);
  }
}

/** Attribute values nest 32 levels deep (developer guide, "service quotas"), each two of JSON; batches add some around them. */
const maxJsonDepth = 2 * 32 + 10;

export function checkNesting(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxJsonDepth) throw invalid('Nesting Levels have exceeded supported limits');
  // Assigned as dynalite assigns it, it would vanish without a word.
  if (Object.hasOwn(value, '__proto__')) throw unsupportedName();
  for (const member of Object.values(value)) checkNesting(member, depth + 1);
}

/** `__proto__` as a step of a path, not as a part of another name or of a placeholder's. */
const prototypeStep = /(^|[^\w#:])__proto__(?!\w)/;

/** Along such a path dynalite would write into the prototype of every object of this process. */
function checkPaths(input: JsonObject): void {
  const requests = isObject(input.RequestItems) ? Object.values(input.RequestItems) : [input];
  for (const request of requests.filter(isObject)) {
    const expressions = Object.entries(request).filter(([name]) => name.endsWith('Expression'));
    const names = Object.values(request.ExpressionAttributeNames ?? {});
    for (const text of [...expressions.map(([, value]) => value), ...names]) {
      if (typeof text === 'string' && prototypeStep.test(text)) throw unsupportedName();
    }
  }
}

const unsupportedName = () => invalid('An attribute named __proto__ is not supported by this endpoint');

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}

/** dynalite's errors carry the wire's body; anything else is a fault, and stays what it is. */
function asAwsError(error: unknown): unknown {
  if (!(error instanceof Error) || !('body' in error)) return error;
  // The shape that dynalite gives every error it answers with.
  const body = error.body as { __type: string; message?: string; Message?: string };
  const code = body.__type.slice(body.__type.indexOf('#') + 1);
  return new AwsError(code, body.message ?? body.Message ?? '', { statusCode: 400 });
}

/** The error of a failed condition, showing the item that failed it. */
function withOldItem(error: unknown, item: unknown): unknown {
  if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException' || !item) return error;
  return new AwsError(error.code, error.message, { statusCode: 400, members: { Item: item } });
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

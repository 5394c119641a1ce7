import { createHash } from 'node:crypto';
import { perEngine } from '../per-engine.ts';
import { AwsError, type Call } from '../service.ts';
import type { Changes } from '../storage/changes.ts';
import { isObject, type JsonObject, runNow } from './item-actions.ts';
import { checkReturnValues } from './item-operations.ts';
import { nameOf } from './tables.ts';

const maxActions = 100;
/** How long a ClientRequestToken makes a repetition harmless (API reference, TransactWriteItems). */
const tokenLifeMs = 10 * 60 * 1000;

/** A check is a deletion that is never committed: the same key, the same condition. */
const writes = new Map([
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'DeleteItem'],
] as const);
const reads = new Map([['Get', 'GetItem']] as const);

interface Step {
  kind: string;
  action: 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'GetItem';
  input: JsonObject;
}

/** All of the writes or none, in one turn and one commit. */
export async function transactWriteItems(input: JsonObject, call: Call): Promise<JsonObject> {
  const steps = readSteps(call, input.TransactItems, writes);
  const remember = checkToken(call, input.ClientRequestToken, steps);
  if (!remember) return {};
  const changes = call.engine.items.begin();
  try {
    const reasons = run(call, changes, steps);
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  } catch (error) {
    await changes.abandon();
    throw error;
  }
  remember();
  await changes.commit();
  return {};
}

export async function transactGetItems(input: JsonObject, call: Call): Promise<JsonObject> {
  const changes = call.engine.items.begin();
  const answers = readSteps(call, input.TransactItems, reads).map((step) => {
    const { Item } = runNow(call, step.action, { input: step.input, changes }).output;
    return Item === undefined ? {} : { Item };
  });
  await changes.abandon();
  return { Responses: answers };
}

function readSteps(call: Call, list: unknown, kinds: ReadonlyMap<string, Step['action']>): Step[] {
  const length = Array.isArray(list) ? list.length : 0;
  if (!Array.isArray(list) || length < 1 || length > maxActions) {
    const bound = length > maxActions ? `less than or equal to ${maxActions}` : 'greater than or equal to 1';
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  return list.map((entry: unknown): Step => {
    const given = Object.entries(isObject(entry) ? entry : {}).filter(([, request]) => request !== null);
    const [kind = '', request] = given[0] ?? [];
    const action = kinds.get(kind);
    if (given.length !== 1 || !action || !isObject(request)) {
      throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    checkReturnValues(request);
    const { TableName: name } = request;
    return { kind, action, input: { ...request, ...(typeof name === 'string' && { TableName: nameOf(call, name) }) } };
  });
}

/** Each step's cancellation reason; `None` where it went well. Throws AwsError where the request itself is wrong. */
function run(call: Call, changes: Changes, steps: Step[]): JsonObject[] {
  const touched = new Set<string>();
  return steps.map(({ kind, action, input }) => {
    if (kind === 'ConditionCheck' && input.ConditionExpression === undefined) {
      throw invalid("The parameter 'ConditionExpression' is required but was not present in the request");
    }
    try {
      const { read } = runNow(call, action, {
        input,
        changes: kind === 'ConditionCheck' ? call.engine.items.begin() : changes,
      });
      if (read && touched.has(read.key))
        throw invalid('Transaction request cannot include multiple operations on one item');
      if (read) touched.add(read.key);
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
      return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details.members };
    }
  });
}

function cancelled(reasons: JsonObject[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { statusCode: 400, members: { CancellationReasons: reasons } },
  );
}

const tokensOf = perEngine(() => new Map<string, { digest: string; atMs: number }>());

/** How to remember the request once it is carried out; nothing where it is the repetition of one that was. */
function checkToken(call: Call, token: unknown, steps: Step[]): (() => void) | undefined {
  if (typeof token !== 'string') return () => undefined;
  const tokens = tokensOf(call.engine);
  const now = call.engine.clock();
  for (const [key, { atMs }] of tokens) {
    if (now < atMs + tokenLifeMs) break;
    tokens.delete(key);
  }
  const key = `${call.region}/${token}`;
  const digest = createHash('sha256').update(JSON.stringify(steps)).digest('base64');
  const known = tokens.get(key);
  if (!known) return () => void tokens.set(key, { digest, atMs: now });
  if (known.digest === digest) return undefined;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request.',
  );
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}

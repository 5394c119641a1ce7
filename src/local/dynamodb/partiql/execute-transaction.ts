import * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../../service.ts';
import { invalid } from '../errors.ts';
import { capacityFault, lengthOutside, refuseFaults } from '../parameters.ts';
import { readerOf } from '../shapes.ts';
import { openTable } from '../table.ts';
import { transactGetItems } from '../transact-get-items.ts';
import {
  describeRepetition,
  describeSteps,
  remember,
  repetitionOf,
  type Step,
  transact,
} from '../transact-write-items.ts';
import { cancelled, type Reason } from '../transactions.ts';
import type { Item } from '../values/types.ts';
import { checkValue } from '../values/validate.ts';
import { countFaults, getOf, memberFaults } from './execute-statement.ts';
import { parseStatement } from './parse.ts';
import { pick } from './select.ts';
import type { Select, Statement } from './statement.ts';
import { duplicateItem, requireKey, writeOf } from './write.ts';

const read = readerOf<sdk.ExecuteTransactionInput>(sdk.ExecuteTransactionInput$);

/** API reference, ExecuteTransaction. */
const maxStatements = 100;

export async function executeTransaction(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { TransactStatements: statements = [], ClientRequestToken: token, ReturnConsumedCapacity: mode } = input;
  refuseFaults([
    ...countFaults('transactStatements', input.TransactStatements, maxStatements),
    ...memberFaults('transactStatements', statements),
    lengthOutside('clientRequestToken', token, { min: 1, max: 36 }),
    capacityFault(mode),
  ]);
  // Faults of parameters are the request's, and not one statement's.
  for (const { Parameters: parameters = [] } of statements) {
    for (const parameter of parameters) checkValue(parameter, 'older');
  }
  const parsed = statements.map(({ Statement: text = '', Parameters: parameters }, at) =>
    within(at, () => checkMember(parseStatement(text, parameters))),
  );
  const selects = parsed.filter((statement) => statement.kind === 'SELECT');
  if (selects.length === parsed.length) return readAll(call, selects, mode);
  if (selects.length > 0) {
    throw invalid('ExecuteTransaction API does not support both read and write operations in the same request');
  }
  const request = JSON.stringify(statements);
  const repeated = repetitionOf(call, token, request);
  // Writes have no responses of their own, not even empty ones.
  if (repeated) return { Responses: [], ...describeRepetition(await repeated.read, mode) };
  const showsFailed = (at: number) => statements[at]?.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  const steps = parsed.map((statement, at) => within(at, () => stepOf(call, statement, showsFailed(at))));
  const done = writeAll(call, parsed, steps);
  remember(call, token, { request, done });
  return { Responses: [], ...describeSteps(await done, { mode }) };
}

/** What is wrong with one statement, by its place. */
function within<T>(at: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    throw invalid(`Validation failed in TransactStatements[${at}]: ${error.message}`);
  }
}

function checkMember(statement: Statement): Statement {
  if ((statement.kind === 'UPDATE' || statement.kind === 'DELETE') && statement.returning) {
    throw invalid('RETURNING clause is not supported in ExecuteTransaction.');
  }
  if (statement.kind === 'SELECT' && statement.index !== undefined) {
    throw invalid('Reads on indices are not supported within transactions.');
  }
  return statement;
}

async function readAll(call: Call, selects: readonly Select[], mode: string | undefined): Promise<object> {
  const gets = selects.map((select, at) => within(at, () => ({ Get: getOf(call, select, 'ExecuteTransaction') })));
  // As TransactGetItems answers, whose answer this is.
  const answer: { Responses?: { Item?: Item }[]; ConsumedCapacity?: object[] } = await transactGetItems(
    { TransactItems: gets, ...(mode !== undefined && { ReturnConsumedCapacity: mode }) },
    call,
  );
  const responses = (answer.Responses ?? []).map(({ Item: item }, at) =>
    item ? { Item: pick(selects[at]?.columns, item) } : {},
  );
  return { ...answer, Responses: responses };
}

function stepOf(call: Call, statement: Statement, showsFailed: boolean): Step {
  const { table: name } = statement;
  const table = openTable(call, name);
  if (statement.kind === 'SELECT') throw new Error('a read among the writes');
  if (statement.kind !== 'EXISTS') return { name, write: writeOf(statement, table, showsFailed) };
  const { key, rest } = requireKey(statement.select.where, table);
  if (rest.length === 0) throw invalid('EXISTS() must contain a single item read with additional condition');
  return { name, write: { kind: 'ConditionCheck', key, condition: { kind: 'and', conditions: rest }, showsFailed } };
}

/** What an INSERT finds in its way has a code of its own among the reasons. */
async function writeAll(
  call: Call,
  statements: readonly Statement[],
  steps: readonly Step[],
): ReturnType<typeof transact> {
  try {
    return await transact(call, steps);
  } catch (error) {
    const reasons = error instanceof AwsError ? error.details.members?.CancellationReasons : undefined;
    if (!Array.isArray(reasons)) throw error;
    throw cancelled(
      reasons.map((reason: Reason, at) =>
        reason.Code === 'ConditionalCheckFailed' && statements[at]?.kind === 'INSERT'
          ? { Code: 'DuplicateItem', Message: duplicateItem().message }
          : reason,
      ),
    );
  }
}

import * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../../service.ts';
import { describeConsumption } from '../capacity.ts';
import { invalid } from '../errors.ts';
import { getItem } from '../get-item.ts';
import {
  below,
  capacityFault,
  type Fault,
  failureValuesFault,
  lengthOutside,
  missing,
  refuseFaults,
} from '../parameters.ts';
import { readerOf, type Wire } from '../shapes.ts';
import { openTable } from '../table.ts';
import type { Item } from '../values/types.ts';
import { keyIn } from './key-terms.ts';
import { parseStatement } from './parse.ts';
import { indexOf, pick, runSelect } from './select.ts';
import { maxStatementLength, type Select } from './statement.ts';
import { notWellFormed } from './tokens.ts';
import { runWrite } from './write.ts';

const readStatement = readerOf<sdk.ExecuteStatementInput>(sdk.ExecuteStatementInput$);
const readBatch = readerOf<sdk.BatchExecuteStatementInput>(sdk.BatchExecuteStatementInput$);

/** API reference, BatchExecuteStatement. */
const maxStatements = 25;

export async function executeStatement(json: unknown, call: Call): Promise<object> {
  const input = readStatement(json);
  const { ReturnConsumedCapacity: mode, NextToken: nextToken, Limit: limit } = input;
  refuseFaults([
    statementFault(input.Statement, 'statement'),
    capacityFault(mode),
    below('limit', limit, 1),
    failureValuesFault(input.ReturnValuesOnConditionCheckFailure),
  ]);
  const statement = parseStatement(input.Statement ?? '', input.Parameters);
  const { table: name } = statement;
  if (statement.kind === 'EXISTS') throw notWellFormed('Expected data manipulation');
  if (statement.kind !== 'SELECT') {
    const showsFailed = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const { item, consumption } = await runWrite(call, statement, showsFailed);
    return { Items: item ? [item] : [], ConsumedCapacity: describeConsumption(consumption, { name, mode }) };
  }
  const page = await runSelect(call, statement, { consistent: input.ConsistentRead, limit, nextToken });
  return {
    Items: page.items,
    NextToken: page.nextToken,
    LastEvaluatedKey: page.lastKey,
    ConsumedCapacity: describeConsumption(page.consumption, { name, mode }),
  };
}

/** Each statement for itself: what one fails with stands in its place in the answer. */
export async function batchExecuteStatement(json: unknown, call: Call): Promise<object> {
  const input = readBatch(json);
  const { Statements: statements = [], ReturnConsumedCapacity: mode } = input;
  refuseFaults([
    ...countFaults('statements', input.Statements, maxStatements),
    ...memberFaults('statements', statements),
    capacityFault(mode),
  ]);
  const responses: object[] = [];
  const consumed: object[] = [];
  for (const request of statements) {
    const { response, capacity } = await runMember(call, request, mode);
    responses.push(response);
    if (capacity) consumed.push(capacity);
  }
  return { Responses: responses, ...(consumed.length > 0 && { ConsumedCapacity: consumed }) };
}

async function runMember(
  call: Call,
  request: Wire<sdk.BatchStatementRequest>,
  mode: string | undefined,
): Promise<{ response: object; capacity?: object | undefined }> {
  let name: string | undefined;
  try {
    const statement = parseStatement(request.Statement ?? '', request.Parameters);
    name = statement.table;
    if (statement.kind === 'EXISTS') throw notWellFormed('Expected data manipulation');
    if (statement.kind === 'SELECT') {
      const get = getOf(call, statement, 'BatchExecuteStatement');
      const { Item: item, ConsumedCapacity: capacity } = await readItem(call, {
        ...get,
        ...(request.ConsistentRead !== undefined && { ConsistentRead: request.ConsistentRead }),
        ...(mode !== undefined && { ReturnConsumedCapacity: mode }),
      });
      return { response: { TableName: name, ...(item && { Item: pick(statement.columns, item) }) }, capacity };
    }
    const showsFailed = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
    const { item, consumption } = await runWrite(call, statement, showsFailed);
    const capacity = describeConsumption(consumption, { name, mode });
    return { response: { TableName: name, ...(item && { Item: item }) }, capacity };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { response: { ...(name !== undefined && { TableName: name }), Error: describeError(error) } };
  }
}

/** As GetItem answers. */
async function readItem(call: Call, input: object): Promise<{ Item?: Item; ConsumedCapacity?: object }> {
  return getItem(input, call);
}

/** What a SELECT reads where only one item may be read. Throws AwsError ValidationException. */
export function getOf(call: Call, select: Select, operation: string): { TableName: string; Key: Item } {
  const table = openTable(call, select.table);
  indexOf(call, select);
  const found = keyIn(select.where, table.keyNames);
  if (!found || found.rest.length > 0 || select.index !== undefined) {
    throw invalid(`Select statements within ${operation} must specify the primary key in the where clause.`);
  }
  return { TableName: select.table, Key: found.key };
}

/** The codes that a batch's answer has for errors (API reference, BatchStatementError). */
const memberCodes: Record<string, string> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ValidationException: 'ValidationError',
  ResourceNotFoundException: 'ResourceNotFound',
  DuplicateItemException: 'DuplicateItem',
  SerializationException: 'ValidationError',
};

function describeError({ code, message, details }: AwsError): object {
  return { Code: memberCodes[code] ?? code, Message: message, ...details.members };
}

function statementFault(text: string | undefined, member: string): Fault {
  return missing(member, text) || lengthOutside(member, text, { min: 1, max: maxStatementLength });
}

/** Of the statements of a batch or a transaction. */
export function memberFaults(
  member: string,
  statements: readonly (Wire<sdk.BatchStatementRequest> | Wire<sdk.ParameterizedStatement>)[],
): Fault[] {
  return statements.flatMap(({ Statement: text, Parameters: parameters, ...more }, index) => {
    const at = `${member}.${index + 1}.member.`;
    return [
      statementFault(text, `${at}statement`),
      parameters?.length === 0 &&
        `Value '[]' at '${at}parameters' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      failureValuesFault(more.ReturnValuesOnConditionCheckFailure, at),
    ];
  });
}

export function countFaults(member: string, list: readonly unknown[] | undefined, most: number): Fault[] {
  if (!list) return [missing(member, list)];
  const constraint = `at '${member}' failed to satisfy constraint: Member must have length`;
  return [
    list.length === 0 && `Value '[]' ${constraint} greater than or equal to 1`,
    list.length > most && `Value '[${list.length} statements]' ${constraint} less than or equal to ${most}`,
  ];
}

import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { invalid } from './errors.ts';
import { keyConditionFor } from './expressions/key-condition.ts';
import { pathsIn } from './expressions/paths.ts';
import type { Condition } from './expressions/types.ts';
import { expressionsOf } from './expressions-of-call.ts';
import { openIndex } from './indexes.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { queryBounds } from './key-range.ts';
import { filterCondition } from './legacy/filter.ts';
import { keyConditions } from './legacy/key-conditions.ts';
import { answerPage } from './pages.ts';
import {
  capacityFault,
  conditionalOperatorFault,
  type Fault,
  lengthOutside,
  namePattern,
  outsideEnum,
  refuseDuplicates,
  refuseFaults,
  refuseMixed,
  tableNameFaults,
  unlike,
} from './parameters.ts';
import { checkSelect, selectionOf, selects } from './selection.ts';
import { readerOf, type Wire } from './shapes.ts';
import { namesOf, openTable, type Space } from './table.ts';
import { checkItem } from './values/validate.ts';

const read = readerOf<sdk.QueryInput>(sdk.QueryInput$);

export async function query(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { TableName: name = '', Limit: limit } = input;
  refuseFaults([
    ...tableNameFaults(call, input.TableName),
    ...indexNameFaults(input.IndexName),
    outsideEnum('select', input.Select, selects),
    limit !== undefined &&
      limit < 1 &&
      "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    conditionalOperatorFault(input.ConditionalOperator),
    capacityFault(input.ReturnConsumedCapacity),
  ]);
  refuseMixed(
    { ...input },
    {
      expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
      legacy: ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'],
      namesUnsetExpressions: true,
    },
  );
  refuseDuplicates(input.AttributesToGet);
  const startKey = input.ExclusiveStartKey && checkItem(input.ExclusiveStartKey);
  if (input.KeyConditions === undefined && input.KeyConditionExpression === undefined) {
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const { keyConditionOn, filter, projection } = readExpressions(call, input);
  checkSelect(input);
  const table = openTable(call, name);
  const index = openIndex(call, table, input.IndexName);
  const space = index ?? table;
  refuseKeyPaths(table, { projection, condition: filter });
  const selection = selectionOf(input, { index, projection });
  const bounds = queryBounds(space, keyConditionOn(space));
  refuseKeysInFilter(space, { filter, member: input.QueryFilter ? 'QueryFilter' : 'Filter Expression' });
  const outside = 'The provided starting key is outside query boundaries based on provided conditions';
  return answerPage(call, input, {
    table,
    index,
    bounds,
    reverse: input.ScanIndexForward === false,
    after: startKey,
    filter,
    selection,
    outside,
  });
}

export function indexNameFaults(name: string | undefined): Fault[] {
  return [lengthOutside('indexName', name, { min: 3, max: 255 }), unlike('indexName', name, namePattern)];
}

/** Before the table is looked for, so that a fault in an expression is answered first. */
function readExpressions(call: Call, input: Wire<sdk.QueryInput>) {
  const { KeyConditionExpression: keyCondition, FilterExpression: filter, ProjectionExpression: projection } = input;
  const expressions = expressionsOf(call, input);
  const schemaOf = ({ key }: Space) => ({
    hash: key.hash.map(({ name }) => name),
    range: key.range.map(({ name }) => name),
  });
  const terms =
    keyCondition === undefined ? keyConditions(input.KeyConditions) : expressions.keyCondition(keyCondition);
  const read = {
    keyConditionOn: (space: Space) => keyConditionFor(terms, schemaOf(space)),
    filter:
      filter === undefined
        ? legacyFilter(input.QueryFilter, input.ConditionalOperator)
        : expressions.condition(filter, 'FilterExpression'),
    projection: projection === undefined ? undefined : expressions.projection(projection),
  };
  expressions.checkAllUsed();
  return read;
}

function legacyFilter(filter: unknown, operator: string | undefined): Condition | undefined {
  return filter === undefined && operator === undefined ? undefined : filterCondition(filter, operator, 'QueryFilter');
}

/** A query's filter is for what the key condition cannot say. */
function refuseKeysInFilter(
  { key }: Space,
  { filter, member }: { filter: Condition | undefined; member: string },
): void {
  const names = new Set(filter && pathsIn(filter).map(([name]) => name));
  const used = namesOf(key).find((name) => names.has(name));
  if (used === undefined) return;
  throw invalid(`${member} can only contain non-primary key attributes: Primary key attribute: ${used}`);
}

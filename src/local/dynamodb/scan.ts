import * as sdk from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { invalid } from './errors.ts';
import { expressionsOf } from './expressions-of-call.ts';
import { openIndex } from './indexes.ts';
import { refuseKeyPaths } from './key-paths.ts';
import { type Bounds, segmentOf, wholeSpace } from './key-range.ts';
import { filterCondition } from './legacy/filter.ts';
import { answerPage } from './pages.ts';
import {
  above,
  below,
  capacityFault,
  conditionalOperatorFault,
  outsideEnum,
  refuseDuplicates,
  refuseFaults,
  refuseMixed,
  tableNameFaults,
} from './parameters.ts';
import { indexNameFaults } from './query.ts';
import { checkSelect, selectionOf, selects } from './selection.ts';
import { readerOf, type Wire } from './shapes.ts';
import { openTable, type Space } from './table.ts';
import { checkItem } from './values/validate.ts';

const read = readerOf<sdk.ScanInput>(sdk.ScanInput$);

const maxSegments = 1_000_000;

export async function scan(json: unknown, call: Call): Promise<object> {
  const input = read(json);
  const { TableName: name = '', Segment: segment, TotalSegments: total } = input;
  refuseFaults([
    ...tableNameFaults(call, input.TableName),
    ...indexNameFaults(input.IndexName),
    below('limit', input.Limit, 1),
    outsideEnum('select', input.Select, selects),
    conditionalOperatorFault(input.ConditionalOperator),
    capacityFault(input.ReturnConsumedCapacity),
    below('totalSegments', total, 1),
    above('totalSegments', total, maxSegments),
    below('segment', segment, 0),
    above('segment', segment, maxSegments - 1),
  ]);
  refuseMixed(
    { ...input },
    {
      expressions: ['ProjectionExpression', 'FilterExpression'],
      legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
      namesUnsetExpressions: true,
    },
  );
  refuseDuplicates(input.AttributesToGet);
  const startKey = input.ExclusiveStartKey && checkItem(input.ExclusiveStartKey, 'older');
  checkSegment(segment, total);
  const { filter, projection } = readExpressions(call, input);
  checkSelect(input);
  const table = openTable(call, name);
  const index = openIndex(call, table, input.IndexName);
  refuseKeyPaths(table, { projection, condition: filter });
  const selection = selectionOf(input, { index, projection });
  const bounds = boundsOf(index ?? table, segment, total);
  const outside = `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${total} Segment: ${segment}`;
  return answerPage(call, input, {
    table,
    index,
    bounds,
    reverse: false,
    after: startKey,
    filter,
    selection,
    outside,
  });
}

function checkSegment(segment: number | undefined, total: number | undefined): void {
  if (segment !== undefined && total === undefined) {
    throw invalid(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined && total !== undefined) {
    throw invalid(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment !== undefined && total !== undefined && segment >= total) {
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

function boundsOf(space: Space, segment: number | undefined, total: number | undefined): Bounds {
  return segment === undefined || total === undefined ? wholeSpace(space) : segmentOf(space, { segment, total });
}

function readExpressions(call: Call, input: Wire<sdk.ScanInput>) {
  const { FilterExpression: filter, ProjectionExpression: projection, ScanFilter: old } = input;
  const { ConditionalOperator: operator } = input;
  const expressions = expressionsOf(call, input, 'older');
  const oldFilter =
    old === undefined && operator === undefined ? undefined : filterCondition(old, operator, 'ScanFilter');
  const read = {
    filter: filter === undefined ? oldFilter : expressions.condition(filter, 'FilterExpression'),
    projection: projection === undefined ? undefined : expressions.projection(projection),
  };
  expressions.checkAllUsed();
  return read;
}

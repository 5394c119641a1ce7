import type {
  AttributeDefinition,
  CreateTableInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
  StreamSpecification,
  WarmThroughput,
} from '@aws-sdk/client-dynamodb';
import { invalid } from './errors.ts';
import { checkOnDemandThroughput } from './on-demand-throughput.ts';
import { outsideEnum, refuseFaults } from './parameters.ts';
import {
  billingModes,
  definitionFaults,
  indexFaults,
  keySchemaFaults,
  newTableNameFaults,
  tableClasses,
  throughputFaults,
  viewTypes,
} from './table-faults.ts';
import type { TableDefinition } from './table-record.ts';

/** Attributes of each kind that a global index's key may have (developer guide, "multi-attribute keys"; since 2025-11). */
const maxOfKind = 4;
const maxLocalIndexes = 5;
const maxGlobalIndexes = 20;
/** Over all indexes of a table (developer guide, "service quotas"). */
const maxProjectedAttributes = 100;
const maxUnits = 1_000_000_000_000;

const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

/** In the order in which AWS finds faults. Throws AwsError ValidationException. */
export function checkNewTable(input: CreateTableInput, name: string): void {
  if (input.TableName === undefined) {
    throw invalid("The parameter 'TableName' is required but was not present in the request");
  }
  const { KeySchema: schema, AttributeDefinitions: definitions = [] } = input;
  const { GlobalSecondaryIndexes: globals, LocalSecondaryIndexes: locals } = input;
  refuseFaults([
    ...newTableNameFaults(name),
    ...definitionFaults(definitions),
    ...keySchemaFaults(schema, { at: 'keySchema', most: 2 }),
    ...(locals ?? []).flatMap((index, at) =>
      indexFaults(index, { at: `localSecondaryIndexes.${at + 1}.member`, most: 2 }),
    ),
    ...(globals ?? []).flatMap((index, at) =>
      indexFaults(index, { at: `globalSecondaryIndexes.${at + 1}.member`, most: 2 * maxOfKind }),
    ),
    outsideEnum('billingMode', input.BillingMode, billingModes),
    ...throughputFaults(input.ProvisionedThroughput, 'provisionedThroughput'),
    outsideEnum('streamSpecification.streamViewType', input.StreamSpecification?.StreamViewType, viewTypes),
    outsideEnum('tableClass', input.TableClass, tableClasses),
  ]);
  checkThroughput(input.BillingMode ?? 'PROVISIONED', input.ProvisionedThroughput);
  checkDistinct(definitions);
  checkTableKey(schema ?? [], definitions);
  if (!globals && !locals && schema?.length !== definitions.length) {
    throw wrong(
      'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
  if (locals) checkLocalIndexes(locals, schema ?? []);
  if (globals) checkGlobalIndexes(globals, input.BillingMode ?? 'PROVISIONED');
  const indexes = [...(locals ?? []), ...(globals ?? [])];
  for (const index of indexes) checkIndex(index, definitions);
  const twice = indexes.find(
    ({ IndexName: one }, at) => indexes.findIndex(({ IndexName: other }) => one === other) < at,
  );
  if (twice) throw wrong(`Duplicate index name: ${twice.IndexName}`);
  checkAllUsed([schema, ...indexes.map(({ KeySchema: each }) => each)], definitions);
  checkProjected(indexes);
  checkStream(input.StreamSpecification, 'created');
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  checkOnDemandThroughput(input.OnDemandThroughput, { billingMode, change: false });
  checkWarmth(input.WarmThroughput, warmthOf(input.ProvisionedThroughput));
}

function checkProjected(indexes: readonly (GlobalSecondaryIndex | LocalSecondaryIndex)[]): void {
  const projected = indexes.reduce((sum, { Projection: each }) => sum + (each?.NonKeyAttributes?.length ?? 0), 0);
  if (projected > maxProjectedAttributes) {
    throw wrong(`Number of NonKeyAttributes exceeds the per-table limit of ${maxProjectedAttributes}`);
  }
}

export function checkThroughput(billingMode: string, throughput: ProvisionedThroughput | undefined): void {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (!throughput) return;
    throw wrong(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (!throughput) {
    throw wrong('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED');
  }
  checkUnits(throughput);
}

export function checkUnits({
  ReadCapacityUnits: reads = 0,
  WriteCapacityUnits: writes = 0,
}: ProvisionedThroughput): void {
  if (reads > maxUnits) throw invalid(`Given value ${reads} for ReadCapacityUnits is out of bounds`);
  if (writes > maxUnits) throw invalid(`Given value ${writes} for WriteCapacityUnits is out of bounds`);
}

function checkDistinct(definitions: readonly AttributeDefinition[]): void {
  if (new Set(definitions.map(({ AttributeName: name }) => name)).size < definitions.length) {
    throw invalid('Cannot have two attributes with the same name');
  }
}

function checkTableKey(schema: readonly KeySchemaElement[], definitions: readonly AttributeDefinition[]): void {
  if (schema.length > definitions.length)
    throw invalid('Invalid KeySchema: Some index key attribute have no definition');
  checkDefined(schema, definitions);
  checkKeyOrder(schema, 1);
}

function checkDefined(schema: readonly KeySchemaElement[], definitions: readonly AttributeDefinition[]): void {
  const keys = schema.map(({ AttributeName: name }) => name);
  const defined = definitions.map(({ AttributeName: name }) => name);
  if (keys.every((key) => defined.includes(key))) return;
  throw wrong(
    `Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
  );
}

/** `most` of each kind, the partition's first. */
function checkKeyOrder(schema: readonly KeySchemaElement[], most: number): void {
  const names = schema.map(({ AttributeName: name }) => name);
  if (new Set(names).size < names.length) {
    throw invalid('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  if (schema[0]?.KeyType !== 'HASH')
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  const kinds = schema.map(({ KeyType: kind }) => kind);
  const hashes = kinds.filter((kind) => kind === 'HASH').length;
  if (most === 1 && hashes > 1) {
    throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (kinds.lastIndexOf('HASH') !== hashes - 1) {
    throw invalid('Invalid KeySchema: HASH key elements must be specified before RANGE key elements');
  }
  if (hashes > most || kinds.length - hashes > most) {
    throw invalid(`Invalid KeySchema: A key can have at most ${most} attributes of each key type`);
  }
}

function checkIndex(
  { KeySchema: schema = [], Projection: projection }: GlobalSecondaryIndex & LocalSecondaryIndex,
  definitions: readonly AttributeDefinition[],
): void {
  checkDefined(schema, definitions);
  const { ProjectionType: type, NonKeyAttributes: attributes } = projection ?? {};
  if (type === undefined) throw wrong('Unknown ProjectionType: null');
  if (attributes && type !== 'INCLUDE') throw wrong(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  if (!attributes && type === 'INCLUDE')
    throw wrong('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
}

function checkLocalIndexes(locals: readonly LocalSecondaryIndex[], table: readonly KeySchemaElement[]): void {
  const hash = table[0]?.AttributeName;
  if (locals.length === 0) throw wrong('List of LocalSecondaryIndexes is empty');
  if (table.length < 2) {
    throw wrong('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex');
  }
  for (const { IndexName: name, KeySchema: schema = [] } of locals) {
    checkKeyOrder(schema, 1);
    if (schema.length < 2) throw wrong(`Index KeySchema does not have a range key for index: ${name}`);
    if (schema[0]?.AttributeName === hash) continue;
    throw wrong(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${schema[0]?.AttributeName}, table hash key: ${hash}`,
    );
  }
  if (locals.length > maxLocalIndexes) {
    throw wrong(`Number of LocalSecondaryIndexes exceeds per-table limit of ${maxLocalIndexes}`);
  }
}

function checkGlobalIndexes(globals: readonly GlobalSecondaryIndex[], billingMode: string): void {
  if (globals.length === 0) throw wrong('List of GlobalSecondaryIndexes is empty');
  for (const index of globals) checkGlobalIndex(index, billingMode);
  refuseTooManyGlobals(globals);
}

function refuseTooManyGlobals(globals: readonly GlobalSecondaryIndex[]): void {
  if (globals.length > maxGlobalIndexes) {
    throw wrong(`GlobalSecondaryIndex count exceeds the per-table limit of ${maxGlobalIndexes}`);
  }
}

function checkGlobalIndex(
  { IndexName: name, KeySchema: schema = [], ProvisionedThroughput: throughput, ...more }: GlobalSecondaryIndex,
  billingMode: string,
): void {
  checkKeyOrder(schema, maxOfKind);
  checkOnDemandThroughput(more.OnDemandThroughput, { billingMode, of: `index: ${name}`, change: false });
  if (billingMode === 'PAY_PER_REQUEST' && throughput) {
    throw wrong(`ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`);
  }
  if (billingMode === 'PROVISIONED' && !throughput) {
    throw wrong(`ProvisionedThroughput is not specified for index: ${name}`);
  }
}

/** Of an index that UpdateTable adds to those of the table. Throws AwsError ValidationException. */
export function checkNewIndex(
  index: GlobalSecondaryIndex,
  {
    billingMode,
    definition,
    added,
  }: { billingMode: string; definition: TableDefinition; added: AttributeDefinition[] },
): void {
  checkDistinct(added);
  checkIndex(index, [...definition.AttributeDefinitions, ...added]);
  checkGlobalIndex(index, billingMode);
  const globals = [...(definition.GlobalSecondaryIndexes ?? []), index];
  refuseTooManyGlobals(globals);
  checkProjected([...(definition.LocalSecondaryIndexes ?? []), ...globals]);
}

function checkAllUsed(
  schemas: readonly (readonly KeySchemaElement[] | undefined)[],
  definitions: readonly AttributeDefinition[],
): void {
  const keys = [...new Set(schemas.flatMap((schema = []) => schema.map(({ AttributeName: name }) => name)))];
  const defined = definitions.map(({ AttributeName: name }) => name);
  if (defined.every((name) => keys.includes(name))) return;
  throw wrong(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${keys.join(', ')}]`,
  );
}

/** AWS says so of the table, and calls the view type by another name. */
export function checkStream(specification: StreamSpecification | undefined, being: 'created' | 'updated'): void {
  const { StreamEnabled: enabled, StreamViewType: type } = specification ?? {};
  if (enabled && type === undefined) {
    throw wrong(`Table is being ${being} with a stream enabled, UpdateViewType is required`);
  }
  if (specification && !enabled && type !== undefined) {
    throw wrong(`Table is being ${being} with a stream disabled, UpdateViewType should not be specified`);
  }
}

/** What an on-demand table can serve at once (developer guide, "on-demand capacity mode"). */
const onDemandWarmth = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

export function warmthOf(throughput: ProvisionedThroughput | undefined): Required<Omit<WarmThroughput, never>> {
  if (!throughput) return onDemandWarmth;
  const { ReadCapacityUnits: reads = 0, WriteCapacityUnits: writes = 0 } = throughput;
  return { ReadUnitsPerSecond: reads, WriteUnitsPerSecond: writes };
}

/** A table can be made to serve more at once, never less. Throws AwsError ValidationException. */
export function checkWarmth(asked: WarmThroughput | undefined, current: WarmThroughput, of = 'table'): void {
  for (const member of ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const) {
    if ((asked?.[member] ?? Number.POSITIVE_INFINITY) >= (current[member] ?? 0)) continue;
    throw wrong(
      `Requested ${member} for WarmThroughput for ${of} is lower than current WarmThroughput, decreasing WarmThroughput is not supported`,
    );
  }
}

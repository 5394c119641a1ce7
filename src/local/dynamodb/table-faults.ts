import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
} from '@aws-sdk/client-dynamodb';
import { below, type Fault, lengthOutside, missing, namePattern, outsideEnum, unlike } from './parameters.ts';

/** The constraints of the members that CreateTable and UpdateTable share, as AWS's published model has them. */

const attributeTypes = ['B', 'N', 'S'];
const keyTypes = ['HASH', 'RANGE'];
const projectionTypes = ['ALL', 'INCLUDE', 'KEYS_ONLY'];
export const billingModes = ['PROVISIONED', 'PAY_PER_REQUEST'];
export const tableClasses = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'];
export const viewTypes = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'];

/** Names that start the life of a table are at least three characters long. */
export function newTableNameFaults(name: string): Fault[] {
  return [lengthOutside('tableName', name, { min: 3, max: 255 }), unlike('tableName', name, namePattern)];
}

export function definitionFaults(definitions: readonly AttributeDefinition[] = []): Fault[] {
  return definitions.flatMap(({ AttributeName: name, AttributeType: type }, index) => {
    const at = `attributeDefinitions.${index + 1}.member`;
    return [
      missing(`${at}.attributeName`, name),
      lengthOutside(`${at}.attributeName`, name, { min: 1, max: 255 }),
      missing(`${at}.attributeType`, type),
      outsideEnum(`${at}.attributeType`, type, attributeTypes),
    ];
  });
}

/** `most`: two attributes for tables and local indexes; global indexes may have four of each kind. */
export function keySchemaFaults(
  elements: readonly KeySchemaElement[] | undefined,
  { at, most }: { at: string; most: number },
): Fault[] {
  if (!elements) return [missing(at, elements)];
  const listed = elements.map(
    ({ AttributeName, KeyType }) => `KeySchemaElement(attributeName=${AttributeName}, keyType=${KeyType})`,
  );
  const length = `Value '[${listed.join(', ')}]' at '${at}' failed to satisfy constraint: Member must have length`;
  return [
    elements.length < 1 && `${length} greater than or equal to 1`,
    elements.length > most && `${length} less than or equal to ${most}`,
    ...elements.flatMap(({ AttributeName: name, KeyType: type }, index) => [
      missing(`${at}.${index + 1}.member.attributeName`, name),
      lengthOutside(`${at}.${index + 1}.member.attributeName`, name, { min: 1, max: 255 }),
      missing(`${at}.${index + 1}.member.keyType`, type),
      outsideEnum(`${at}.${index + 1}.member.keyType`, type, keyTypes),
    ]),
  ];
}

export function throughputFaults(throughput: ProvisionedThroughput | undefined, at: string): Fault[] {
  if (!throughput) return [];
  const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = throughput;
  return [
    missing(`${at}.readCapacityUnits`, reads),
    below(`${at}.readCapacityUnits`, reads, 1),
    missing(`${at}.writeCapacityUnits`, writes),
    below(`${at}.writeCapacityUnits`, writes, 1),
  ];
}

export function indexFaults(
  { IndexName: name, KeySchema: schema, Projection: projection, ...more }: GlobalSecondaryIndex & LocalSecondaryIndex,
  { at, most }: { at: string; most: number },
): Fault[] {
  return [
    ...indexNameFaults(name, at),
    ...keySchemaFaults(schema, { at: `${at}.keySchema`, most }),
    missing(`${at}.projection`, projection),
    outsideEnum(`${at}.projection.projectionType`, projection?.ProjectionType, projectionTypes),
    ...nonKeyFaults(projection?.NonKeyAttributes, `${at}.projection.nonKeyAttributes`),
    ...throughputFaults(more.ProvisionedThroughput, `${at}.provisionedThroughput`),
  ];
}

/** Of the index that a change of a table is about. */
export function indexNameFaults(name: string | undefined, at: string): Fault[] {
  return [
    missing(`${at}.indexName`, name),
    lengthOutside(`${at}.indexName`, name, { min: 3, max: 255 }),
    unlike(`${at}.indexName`, name, namePattern),
  ];
}

function nonKeyFaults(names: readonly string[] | undefined, at: string): Fault[] {
  if (!names) return [];
  const fault = `Value '[${names.join(', ')}]' at '${at}' failed to satisfy constraint: Member must`;
  return [
    names.length < 1 && `${fault} have length greater than or equal to 1`,
    names.length > 20 && `${fault} have length less than or equal to 20`,
    names.some(({ length }) => length < 1 || length > 255) &&
      `${fault} satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]`,
  ];
}

import { type ActualTable, type DesiredTable, table } from '../../aws/table.ts';
import { attributeDefinitions } from '../../aws/table-schema.ts';
import { tableNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { tableArn } from '../place.ts';
import type { Service } from '../service.ts';

export const tableId = (name: string): NodeId<ActualTable> => `table:${name}`;

/** The tables, which hold what users store. */
export function tables(service: Service): Node[] {
  return service.tables.map((spec) =>
    node<DesiredTable, ActualTable>({
      id: tableId(spec.name),
      type: 'table',
      holdsData: true,
      name: ({ stack }) => tableNameIn(stack, spec.name),
      arns: ({ place, stack }) => [tableArn(place, tableNameIn(stack, spec.name))],
      key: (known) => ({
        name: tableNameIn(known.stack, spec.name),
        key: spec.key,
        sort: spec.sort,
        indexes: spec.indexes,
        ttl: spec.ttl,
        tags: known.tags('table'),
      }),
      resource: table,
      terraform,
      consoleStep: 'DynamoDB → Tables → Create table: partition key id (String); Customize settings → On-demand',
    }),
  );
}

const terraform: TerraformExport<DesiredTable, ActualTable> = {
  blocks: ({ name, key, sort, indexes, ttl, tags }, { label, actual }) => [
    {
      type: 'aws_dynamodb_table',
      label,
      attributes: { name, billing_mode: 'PAY_PER_REQUEST', hash_key: key.name, range_key: sort?.name, tags },
      blocks: {
        attribute: attributeDefinitions([{ key, sort }, ...indexes]).map(({ AttributeName, AttributeType }) => ({
          name: AttributeName,
          type: AttributeType,
        })),
        global_secondary_index: indexes.map((index) => ({
          name: index.name,
          hash_key: index.key.name,
          range_key: index.sort?.name,
          projection_type: 'ALL',
        })),
        ttl: ttl === undefined ? undefined : { attribute_name: ttl, enabled: true },
      },
      importId: actual?.name,
    },
  ],
};

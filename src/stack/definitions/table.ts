import { type ActualTable, type DesiredTable, table } from '../../aws/table.ts';
import { tableNameIn } from '../names.ts';
import { type Node, type NodeId, node } from '../node.ts';
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
      key: (known) => ({
        name: tableNameIn(known.stack, spec.name),
        key: spec.key,
        sort: spec.sort,
        indexes: spec.indexes,
        ttl: spec.ttl,
        tags: known.tags('table'),
      }),
      resource: table,
      consoleStep: 'DynamoDB → Tables → Create table: partition key id (String); Customize settings → On-demand',
    }),
  );
}

import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Aws } from './aws.ts';

/** A table's items in DynamoDB's own JSON (`{"id": {"S": "1"}}`), which loses nothing. At most `limit`. Throws DynopsError. */
export async function readItems(
  aws: Aws,
  what: { table: string; limit: number },
): Promise<{ items: unknown[]; more: boolean }> {
  const items: unknown[] = [];
  let from: Record<string, never> | undefined;
  do {
    const Limit = what.limit - items.length;
    const command = new ScanCommand({ TableName: what.table, Limit, ...(from && { ExclusiveStartKey: from }) });
    const page = await aws.call(DynamoDBClient, command);
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (from && items.length < what.limit);
  return { items, more: from !== undefined };
}

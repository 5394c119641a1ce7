import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Aws } from './aws.ts';

/**
 * A table's items in DynamoDB's own JSON (`{"id": {"S": "1"}}`, binary values in base64), which loses nothing.
 * At most `limit`. Throws DynopsError.
 */
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
    items.push(...(page.Items ?? []).map(asJson));
    from = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (from && items.length < what.limit);
  return { items, more: from !== undefined };
}

function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]));
}

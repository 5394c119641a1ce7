import { readFile } from 'node:fs/promises';
import type { ScanOutput } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { jsonClient } from './json-client.ts';
import { killedEngine } from './killed-engine.ts';
import { onDemandTable } from './table.ts';

const items = 200_000;
const writers = 8;
const batch = 25;
const TableName = 'large';

/** What the process holds of the machine's memory, in MB. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

it.skipIf(process.platform !== 'linux')(`Scan of ${items} items goes through them in flat memory`, async () => {
  const engine = await killedEngine();
  try {
    const client = jsonClient(await engine.start(), 'DynamoDB_20120810');
    await client.call('CreateTable', onDemandTable(TableName));
    const put = (id: number) => ({ PutRequest: { Item: { id: { S: `item-${id}` }, pad: { S: 'x'.repeat(100) } } } });
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let at = writer * batch; at < items; at += writers * batch) {
          const requests = Array.from({ length: batch }, (_, more) => put(at + more));
          await client.call('BatchWriteItem', { RequestItems: { [TableName]: requests } });
        }
      }),
    );
    const memory: number[] = [];
    let found = 0;
    let ExclusiveStartKey: ScanOutput['LastEvaluatedKey'];
    do {
      const page = await client.call<ScanOutput>('Scan', { TableName, ExclusiveStartKey });
      found += page.Count ?? 0;
      ExclusiveStartKey = page.LastEvaluatedKey;
      memory.push(await residentMb(engine.pid()));
    } while (ExclusiveStartKey);
    expect(found).toBe(items);
    process.stdout.write(`resident: ${memory.map(Math.round).join(' ')} MB\n`);
    expect(memory.length).toBeGreaterThanOrEqual(16);
    // Pages of a megabyte leave garbage, collected late on a busy machine; what is kept does not grow with what was read.
    expect(Math.min(...memory.slice(-8))).toBeLessThan(Math.min(...memory.slice(0, 8)) + 40);
    client.destroy();
  } finally {
    await engine.remove();
  }
});

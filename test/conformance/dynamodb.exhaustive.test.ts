import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../start-engine.ts';

const run = promisify(execFile);
const succeeds = (...command: [string, string[]]) =>
  run(...command).then(
    () => true,
    () => false,
  );
const hasBoto3 = await succeeds('python3', ['-c', 'import boto3']);
const hasAwsCli = await succeeds('aws', ['--version']);
const unless = (there: boolean, needed: string) => (there ? '' : ` (skipped: needs ${needed})`);

/** PartiQL, streams and keys of several attributes, by clients that are not ours. */

let engine: TestEngine;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  engine = await startEngine();
  env = {
    PATH: process.env.PATH,
    HOME: engine.dataDir,
    AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: engine.region,
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_PAGER: '',
  };
});
afterAll(() => engine.stop());

describe.skipIf(!hasBoto3)(`boto3 against DynamoDB's newer parts${unless(hasBoto3, 'python3 with boto3')}`, () => {
  it('sees what it would see on AWS', async () => {
    const script = fileURLToPath(new URL('./dynamodb_client.py', import.meta.url));
    const { stdout } = await run('python3', [script, engine.endpoint], { env });
    const kept = ['city', 'customer', 'placed', 'state'];
    expect(JSON.parse(stdout)).toEqual({
      'inserted twice': 'DuplicateItemException',
      'selected by pages': ['6', '5', '4', '3', '2'],
      updated: { N: '19.9' },
      deleted: { S: 'Seattle' },
      batch: [{ city: { S: 'Olympia' } }, 'ConditionalCheckFailed'],
      transaction: ['ConditionalCheckFailed', 'None'],
      'by two hash attributes': [2, true],
      'without the second': 'ValidationException',
      'failed condition': { N: '19.9' },
      stream: true,
      records: [...Array<string>(7).fill('INSERT'), 'MODIFY', 'REMOVE'],
      images: [
        [...kept, 'tags'],
        [...kept, 'total'],
      ],
      'after the seventh': ['MODIFY', 'REMOVE'],
    });
  });
});

describe.skipIf(!hasAwsCli)(`the AWS CLI against DynamoDB's newer parts${unless(hasAwsCli, 'the AWS CLI')}`, () => {
  async function aws(...args: string[]): Promise<Record<string, unknown>> {
    const { stdout } = await run('aws', [...args, '--output', 'json'], { env });
    return stdout === '' ? {} : JSON.parse(stdout);
  }
  const dynamodb = (...args: string[]) => aws('dynamodb', ...args);
  const streams = (...args: string[]) => aws('dynamodbstreams', ...args);

  it('writes by PartiQL and reads the stream of it', async () => {
    const table = ['--table-name', 'cli-orders'];
    await dynamodb(
      'create-table',
      ...table,
      ...['--attribute-definitions', 'AttributeName=id,AttributeType=S'],
      ...['--key-schema', 'AttributeName=id,KeyType=HASH'],
      ...['--billing-mode', 'PAY_PER_REQUEST'],
      ...['--stream-specification', 'StreamEnabled=true,StreamViewType=NEW_IMAGE'],
    );
    await dynamodb('wait', 'table-exists', ...table);
    const statements = ['a', 'b', 'c'].map((id) => ({ Statement: `INSERT INTO "cli-orders" VALUE {'id': '${id}'}` }));
    await dynamodb('execute-transaction', '--transact-statements', JSON.stringify(statements));
    const update = `UPDATE "cli-orders" SET n = ? WHERE id = 'b' RETURNING MODIFIED NEW *`;
    const updated = await dynamodb('execute-statement', '--statement', update, '--parameters', '[{"N": "7"}]');
    expect(updated.Items).toEqual([{ n: { N: '7' } }]);
    // Page by page, as the CLI does by itself.
    const scanned = await dynamodb('scan', ...table, '--page-size', '1', '--max-items', '3');
    expect(scanned.Items).toHaveLength(3);

    const listed = await streams('list-streams', ...table);
    const [{ StreamArn: arn }] = listed.Streams as [{ StreamArn: string }];
    const stream = ['--stream-arn', arn];
    const { StreamDescription: described } = await streams('describe-stream', ...stream);
    const { Shards: shards, StreamViewType: viewType } = described as {
      Shards: [{ ShardId: string }];
      StreamViewType: string;
    };
    expect(viewType).toBe('NEW_IMAGE');
    const from = ['--shard-id', shards[0].ShardId, '--shard-iterator-type', 'TRIM_HORIZON'];
    const { ShardIterator: iterator } = await streams('get-shard-iterator', ...stream, ...from);
    const { Records: records } = await streams('get-records', '--shard-iterator', String(iterator));
    expect(records).toMatchObject([
      { eventName: 'INSERT', dynamodb: { NewImage: { id: { S: 'a' } } } },
      { eventName: 'INSERT', dynamodb: { NewImage: { id: { S: 'b' } } } },
      { eventName: 'INSERT', dynamodb: { NewImage: { id: { S: 'c' } } } },
      { eventName: 'MODIFY', dynamodb: { NewImage: { id: { S: 'b' }, n: { N: '7' } } } },
    ]);
    await dynamodb('delete-table', ...table);
    await dynamodb('wait', 'table-not-exists', ...table);
  });
});

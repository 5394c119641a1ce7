import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Outcome, until } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['table', 'create']);
});
afterAll(() => dynops.remove());

const line = (index: number) => `{"id":{"S":"${index}"},"v":{"N":"${index}.00000000000000000001"},"e":{"S":""}}\n`;
const lines = (most: number) => Array.from({ length: most }, (_, index) => line(index));
const sorted = (text: string) => text.trim().split('\n').sort();
const at = (file: string) => join(dynops.home, file);

describe("a table's items, out and in", () => {
  it('come back as they were, by JSON lines and by CSV, and are counted', async () => {
    await writeFile(at('in.jsonl'), lines(60).join(''));
    const document = await dynops.json(['table', 'import', 'in.jsonl', '--verify']);
    expect(document).toMatchObject({ ok: true, items: 60, resumedAt: 0, verified: true, format: 'jsonl' });

    await expect(dynops.json(['table', 'export', '--out', 'out.csv'])).resolves.toMatchObject({ items: 60 });
    expect(sorted(await readFile(at('out.csv'), 'utf8'))).toContain('7,7.00000000000000000001,""');
    await dynops.json(['table', 'import', 'out.csv', '--verify']);
    const { stdout } = await dynops.run(['table', 'export']);
    expect(sorted(stdout)).toEqual(sorted(lines(60).join('')));
    // Nothing that was kept on the way is left.
    expect((await readdir(dynops.home)).sort()).toEqual(['dynops', 'in.jsonl', 'out.csv']);
    expect(await readdir(at('dynops'))).not.toContain('imports');
  });

  it('can be asked for by a condition', async () => {
    const found = await dynops.json<{ items: unknown[]; more: boolean }>(['table', 'items', '--where', 'v < 2.5']);
    expect(found.items).toHaveLength(3);
    const { stdout } = await dynops.run(['table', 'export', '--where', 'id = "5"']);
    expect(stdout).toBe(line(5));
  });

  it('are checked as a whole before anything is sent', async () => {
    await writeFile(at('bad.jsonl'), `{"id":{"S":"new"}}\n{"id":"x"}\n`);
    const { status, stderr } = await dynops.run(['table', 'import', 'bad.jsonl']);
    expect(status).toBe(64);
    expect(stderr).toMatch(/bad\.jsonl, line 2: "id" is "x"/);
    const { items } = await dynops.json<{ items: unknown[] }>(['table', 'items', '--where', 'id = "new"']);
    expect(items).toEqual([]);
  });

  it('of a table that is not there: which there are, and no step that would make another', async () => {
    await writeFile(at('one.jsonl'), line(1));
    for (const words of [['items'], ['export'], ['import', 'one.jsonl']]) {
      const { status, stderr } = await dynops.run(['table', ...words, '--table', 'NOPE']);
      expect(status).toBe(1);
      expect(stderr).toMatch(/There is no table NOPE\.\n/);
      expect(stderr).toContain('lambda-apigateway');
      expect(stderr).not.toContain('table create');
      const own = await dynops.run(['table', ...words, '--stack', 'blue', '--table', 'blue-lambda-apigateway']);
      expect(own.stderr).toContain('Run `dynops table create --stack blue`');
      const near = await dynops.run(['table', ...words, '--stack', 'blue', '--table', 'blue-lambda-apigatewya']);
      expect(near).toMatchObject({ status: 1, stderr: expect.stringContaining('--table blue-lambda-apigateway?') });
      // However near it is to the stack's own.
      const other = await dynops.run(['table', ...words, '--stack', 'blue', '--table', 'lambda-apigateway']);
      expect(other).toMatchObject({ status: 0 });
    }
  });

  it('--json without a file is refused, and so is a file that is not there', async () => {
    for (const words of [['export'], ['import', 'missing.csv'], ['import', '.']]) {
      const { status, stdout } = await dynops.run(['table', ...words, '--json']);
      expect(status).toBe(64);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Usage' } });
    }
  });
});

describe('interrupted', () => {
  it('an import goes on where it stopped', async () => {
    const whole = lines(2_500).join('');
    await writeFile(at('long.jsonl'), whole);
    const imports = () => readdir(at('dynops/imports')).catch(() => []);
    let first: Outcome | undefined;
    // Until it was not done before the signal came.
    for (let round = 0; round < 20 && first?.status !== 130; round += 1) {
      first = await dynops.run(['table', 'import', 'long.jsonl', '--json'], {
        // The place is written down after each thousand.
        onSpawn: (child) =>
          void until(async () => child.exitCode !== null || (await imports()).length > 0).then(() =>
            child.kill('SIGINT'),
          ),
      });
    }
    expect(first?.status).toBe(130);
    expect(JSON.parse(first?.stdout ?? '').error.message).toMatch(/\d items had been imported/);
    const { resumedAt, items } = await dynops.json<Record<string, number>>(['table', 'import', 'long.jsonl']);
    expect(resumedAt).toBeGreaterThanOrEqual(1_000);
    expect(items).toBe(2_500);
    expect(await imports()).toEqual([]);
    const { stdout } = await dynops.run(['table', 'export']);
    expect(sorted(stdout)).toEqual(sorted(whole));
  });

  it('an import of stdin ends, though nothing more comes', async () => {
    const { status, stderr } = await dynops.run(['table', 'import', '-', '--debug'], {
      keepStdin: true,
      onSpawn: (child) => {
        child.stdin?.write(lines(30).join(''));
        child.stderr?.on('data', (chunk) => {
          if (!child.killed && String(chunk).includes('BatchWriteItem')) child.kill('SIGINT');
        });
      },
    });
    expect(status).toBe(130);
    expect(stderr).toContain('Stopped by Ctrl-C. 25 items had been imported.');
  });

  it('an export goes on where it stopped, without what had not been written down', async () => {
    const whole = (await dynops.run(['table', 'export'])).stdout.trim().split('\n');
    const keyAfter = (index: number) => ({ id: JSON.parse(whole[index] ?? '').id });
    const { arn, id } = await tableOf();
    const head = `${whole.slice(0, 100).join('\n')}\n`;
    await writeFile(at('out.jsonl.part'), `${head}{"id":{"S":"half of a li`, { mode: 0o600 });
    const of = { content: JSON.stringify([arn, id, '']), where: '' };
    const progress = { of, next: keyAfter(99), items: 100, bytes: Buffer.byteLength(head) };
    await writeFile(at('out.jsonl.part.json'), JSON.stringify(progress), { mode: 0o600 });
    const document = await dynops.json(['table', 'export', '--out', 'out.jsonl']);
    expect(document).toMatchObject({ items: whole.length, resumedAt: 100 });
    expect((await readFile(at('out.jsonl'), 'utf8')).trim().split('\n')).toEqual(whole);
    expect(await readdir(dynops.home)).not.toContain('out.jsonl.part');
    // Of another table it would not go on, nor of one that a snapshot took the place of.
    for (const other of [
      [arn, 'another', ''],
      [arn, id, 'a snapshot'],
    ]) {
      const found = { ...progress, of: { ...of, content: JSON.stringify(other) } };
      await writeFile(at('out.jsonl.part.json'), JSON.stringify(found), { mode: 0o600 });
      await expect(dynops.json(['table', 'export', '--out', 'out.jsonl'])).resolves.toMatchObject({ resumedAt: 0 });
    }
  });
});

async function tableOf(): Promise<{ arn: string; id: string }> {
  const { DynamoDBClient, DescribeTableCommand } = await import('@aws-sdk/client-dynamodb');
  const { clientConfig } = await import('./dynops.ts');
  const client = new DynamoDBClient(await clientConfig(dynops));
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'lambda-apigateway' }));
  client.destroy();
  return { arn: Table?.TableArn ?? '', id: Table?.TableId ?? '' };
}

describe('an export', () => {
  it('leaves the folder that it goes to as it is', async () => {
    const folder = at('public');
    await mkdir(folder);
    await chmod(folder, 0o755);
    // More than a page, so that how far it came is kept on the way.
    const large = Array.from(
      { length: 5 },
      (_, index) => `{"id":{"S":"l${index}"},"v":{"S":"${'v'.repeat(300_000)}"}}\n`,
    );
    await writeFile(at('large.jsonl'), large.join(''));
    await dynops.json(['table', 'import', 'large.jsonl']);
    await dynops.json(['table', 'export', '--out', join(folder, 'out.jsonl')]);
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });
});

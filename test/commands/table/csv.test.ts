import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemJson } from '../../../src/aws/item-json.ts';
import { CsvColumns } from '../../../src/commands/table/csv.ts';
import { linesOf, readRecords } from '../../../src/commands/table/records.ts';
import { whereFilter } from '../../../src/commands/table/where.ts';

const table = { name: 'demo', arn: '', id: '', key: [{ name: 'id', type: 'S' }], provisioned: undefined };

async function read(text: string, format: 'csv' | 'jsonl', chunkBytes = 7) {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, at) =>
    bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes),
  );
  const found = [];
  for await (const each of readRecords(Readable.from(chunks), { name: 'F', format, table })) found.push(each);
  return found;
}

const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r', ' ', ':', '\u2028', '{', '1') });
const scalar = fc.oneof(
  text.map((S) => ({ S })),
  fc.bigInt().map((N) => ({ N: String(N) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.uint8Array({ maxLength: 4 }).map((B) => ({ B: Buffer.from(B).toString('base64') })),
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map((L) => ({ L })),
  fc.dictionary(text, scalar, { maxKeys: 3 }).map((M) => ({ M })),
);
const name = text.filter((one) => one.trim() !== '');
const items = fc.array(
  fc
    .tuple(fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), text)
    .map(([rest, id]) => ({ ...rest, id: { S: id } })),
  { maxLength: 5 },
);

describe('what was written is what is read', () => {
  it('as CSV, any text and any type, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 50 }), async (all, chunkBytes) => {
        const columns = new CsvColumns(table.key);
        for (const item of all) columns.add(item);
        const csv = columns.header() + all.map((item) => columns.line(item)).join('');
        const found = await read(csv, 'csv', chunkBytes);
        expect(found.map(({ item }) => itemJson(item))).toEqual(all);
      }),
      { numRuns: 200 },
    );
  });

  it('as JSON lines', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (all) => {
        const found = await read(all.map((item) => `${JSON.stringify(item)}\n`).join('\r\n'), 'jsonl');
        expect(found.map(({ item }) => itemJson(item))).toEqual(all);
      }),
      { numRuns: 100 },
    );
  });

  it('where a spreadsheet wrote it: a byte order mark, CRLF, no types, no line break at the end', async () => {
    const found = await read('\ufeffid,name,born:N\r\n1,"Ada, Countess",1815\r\n2,,', 'csv');
    expect(found).toEqual([
      { line: 2, item: { id: { S: '1' }, name: { S: 'Ada, Countess' }, born: { N: '1815' } } },
      { line: 3, item: { id: { S: '2' } } },
    ]);
  });

  it('line by line, without a break at U+2028', async () => {
    const lines = [];
    for await (const line of linesOf(Readable.from([Buffer.from('a\u2028b\nc')]))) lines.push(line);
    expect(lines).toEqual(['a\u2028b', 'c']);
  });
});

describe('what is refused, with its line', () => {
  const short = `${'a'.repeat(999)}\n`.repeat(17_000);
  it.each<[string, 'csv' | 'jsonl', string, number]>([
    ['a line', 'jsonl', `{"id":{"S":"1"}}\n{"id":{"S":"${'a'.repeat(40_000_000)}`, 2],
    ['the first line', 'csv', 'a'.repeat(40_000_000), 1],
    ['a value of many lines', 'csv', `id:S\n1\n"${short}`, 3],
  ])('%s that is longer than an item can be, before all of it is read', async (_what, format, text, line) => {
    const startedAtMs = performance.now();
    await expect(read(text, format, 65_536)).rejects.toThrow(`F, line ${line}: this is longer than an item can be`);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });

  it.each([
    ['jsonl', '{"id":{"S":"1"}}\n\n{"id"', 'F, line 3: this is not JSON'],
    ['jsonl', '{"id":{"S":"1"}}\n{"id":"1"}', 'F, line 2: "id" is "1", but a value must name its type'],
    ['jsonl', '{"n":{"N":"1"}}', 'F, line 1: table demo needs "id" of type S in every item, and this one has none'],
    ['jsonl', '{"id":{"N":"1"}}', 'here it is {"N":"1"}'],
    ['csv', 'id:S,n:N\n"a\nb",1\nc,x', 'F, line 4: "n" is {"N":"x"}; a value of type N looks like'],
    ['csv', 'id:S,n:N\n1', 'F, line 2: there are 1 values for 2 columns'],
    ['csv', 'id:S,id:S\n1,1', 'F, line 1: column id:S appears twice'],
    ['csv', 'id:S,n:N,n:S\n1,1,x', 'F, line 2: "n" has two values'],
    ['csv', 'id:S,\n1,1', 'F, line 1: a column has no name'],
    ['csv', 'id:S\n"1\n', 'F, line 2: a value in quotation marks does not end'],
    ['csv', 'id:S\na"b"', 'F, line 2: a value that does not begin with a quotation mark contains one'],
    ['csv', 'id:S,l:L\n1,x', '"l" is {"L":"x"}; a value of type L looks like'],
  ] as const)('%s %j', async (format, content, message) => {
    await expect(read(content, format)).rejects.toMatchObject({
      code: 'Usage',
      message: expect.stringContaining(message),
    });
  });
});

it('takes a time that grows with the columns, not with their square', async () => {
  const names = Array.from({ length: 150_000 }, (_, index) => `c${index}`);
  const wide = `id,${names.join(',')}\n1${',x'.repeat(names.length)}\n`;
  const [found] = await read(wide, 'csv', 65_536);
  expect(Object.keys(found?.item ?? {})).toHaveLength(names.length + 1);
});

describe('--where', () => {
  it('is the language of call list --filter, and keeps every digit', () => {
    expect(whereFilter(`n > 1.00000000000000000001 AND contains(s, '":v1":5') OR on = true`)).toEqual({
      FilterExpression: '#n0 > :v0 AND contains(#n1, :v1) OR #n2 = :v2',
      ExpressionAttributeNames: { '#n0': 'n', '#n1': 's', '#n2': 'on' },
      ExpressionAttributeValues: {
        ':v0': { N: '1.00000000000000000001' },
        ':v1': { S: '":v1":5' },
        ':v2': { BOOL: true },
      },
    });
  });

  it('says its own name where it is not understood', () => {
    expect(() => whereFilter('a ? b')).toThrow(/--where: "\?" is not understood/);
    expect(() => whereFilter(' ')).toThrow('--where is empty');
  });
});

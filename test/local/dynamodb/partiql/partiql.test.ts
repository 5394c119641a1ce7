import { type AttributeValue, DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../../start-engine.ts';
import { failure } from '../table.ts';

type Item = Record<string, AttributeValue>;

const badly = (detail = '') => `Statement wasn't well formed, can't be processed: ${detail}`;

// What AWS answers: nubo-db and paritysuite/dynamodb-conformance (run against AWS, latest in October 2026);
// developer guide, "PartiQL - a SQL-compatible query language for Amazon DynamoDB".
describe('PartiQL', () => {
  let engine: TestEngine;
  let client: DynamoDB;
  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDB({ ...engine.clientConfig, maxAttempts: 1 });
    await client.createTable({
      TableName: 'one',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    });
    await client.createTable({
      TableName: 'two',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', 'g', 'l'].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === 'sk' ? 'N' : 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-g',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['kept'] },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'by-l',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'l', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    for (const sk of [1, 2, 3]) {
      const item = { pk: { S: 'p' }, sk: { N: String(sk) }, g: { S: 'g' }, l: { S: `l${4 - sk}` } };
      await client.putItem({ TableName: 'two', Item: { ...item, kept: { S: 'k' }, data: { N: String(sk * 10) } } });
    }
    await client.putItem({ TableName: 'two', Item: { pk: { S: 'q' }, sk: { N: '9' } } });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const run = (Statement: string, Parameters?: AttributeValue[]) =>
    client.executeStatement({ Statement, ...(Parameters && { Parameters }) });
  const items = async (statement: string, parameters?: AttributeValue[]) => (await run(statement, parameters)).Items;
  const refused = async (statement: string, parameters?: AttributeValue[]) => {
    const { name, message } = await failure(run(statement, parameters));
    return name === 'ValidationException' ? message : `${name}: ${message}`;
  };
  const get = async (pk: string) => (await client.getItem({ TableName: 'one', Key: { pk: { S: pk } } })).Item;
  const put = (item: Item) => client.putItem({ TableName: 'one', Item: item });

  describe('SELECT', () => {
    const sks = async (where: string, order = '') =>
      (await items(`SELECT sk FROM two WHERE ${where} ${order}`))?.map(({ sk }) => Number(sk?.N));

    it.each([
      ["pk = 'p'", [1, 2, 3]],
      ["pk = 'p' AND sk > 1", [2, 3]],
      ["'p' = pk AND 2 >= sk", [1, 2]],
      ["pk = 'p' AND sk BETWEEN 2 AND 9", [2, 3]],
      ["pk = 'p' AND sk IN [1, 3]", [1, 3]],
      ["pk = 'p' AND data = 20", [2]],
      ["pk = 'p' AND NOT sk = 2", [1, 3]],
      ["pk = 'p' AND sk <> 2 AND begins_with(l, 'l')", [1, 3]],
      ["pk = 'p' AND (sk = 1 OR sk = 3)", [1, 3]],
      ["pk = 'p' AND NOT sk = 1 OR pk = 'p' AND sk = 1", [1, 2, 3]],
      ["pk = 'p' AND sk = 2e0", [2]],
      ["pk = 'p' AND sk = .2E+1", [2]],
      ['sk = 9', [9]],
      ["pk IN ('q', 'r')", [9]],
      ['data >= 20 AND attribute_exists(g)', [2, 3]],
    ])('%s', async (where, expected) => {
      expect((await sks(where))?.sort((one, other) => one - other)).toEqual(expected);
    });

    it('is ordered by the sort key, either way', async () => {
      expect(await sks("pk = 'p'", 'ORDER BY sk DESC')).toEqual([3, 2, 1]);
      expect(await sks("pk = 'p'", 'ORDER BY sk ASC')).toEqual([1, 2, 3]);
      expect(await refused('SELECT * FROM two ORDER BY sk')).toBe(
        'Must have WHERE clause in the statement when using ORDER BY clause.',
      );
      expect(await refused('SELECT * FROM two WHERE sk = 1 ORDER BY sk')).toBe(
        'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.',
      );
      expect(await refused("SELECT * FROM two WHERE pk = 'p' ORDER BY data")).toBe(
        'Variable reference data in ORDER BY clause must be part of the primary key',
      );
    });

    it('names what it gives by the last name of each path', async () => {
      await put({
        pk: { S: 'paths' },
        m: { M: { nested: { S: 'deep' }, l: { L: [{ N: '1' }, { N: '2' }] } } },
        other: { S: 'x' },
      });
      expect(await items(`SELECT pk, m.nested, m.l[1], "m"."gone" FROM "one" WHERE pk = 'paths'`)).toEqual([
        { pk: { S: 'paths' }, nested: { S: 'deep' }, 'l[1]': { N: '2' } },
      ]);
    });

    it('reads an index: by its key, or all of it', async () => {
      expect(await items(`SELECT sk FROM "two"."by-g" WHERE g = 'g' AND sk = 1`)).toEqual([{ sk: { N: '1' } }]);
      expect(await items(`SELECT sk FROM "two"."by-g" WHERE pk = 'p' AND kept = 'k'`)).toHaveLength(3);
      expect(await items(`SELECT data FROM "two"."by-l" WHERE pk = 'p' AND l = 'l1'`)).toEqual([{ data: { N: '30' } }]);
      expect((await items(`SELECT l FROM "two"."by-l" WHERE pk = 'p'`))?.map(({ l }) => l?.S)).toEqual([
        'l1',
        'l2',
        'l3',
      ]);
    });

    it.each([
      [`SELECT * FROM "two"."none" WHERE pk = 'p'`, 'The table does not have the specified index'],
      [`SELECT * FROM "two"."two" WHERE pk = 'p'`, 'The table does not have the specified index'],
      [`SELECT * FROM "two"."by-g"."x"`, 'A path may contain at most 2 components in the FROM clause'],
      [`SELECT * FROM "two"."" WHERE pk = 'p'`, 'Path component cannot be an empty string'],
      [`SELECT * FROM "" WHERE pk = 'p'`, 'Path component cannot be an empty string'],
      [
        `SELECT data, other FROM "two"."by-g" WHERE g = 'g'`,
        'One or more parameter values were invalid: Global secondary index by-g does not project [data, other]',
      ],
      [
        `SELECT pk FROM "two"."by-l" WHERE pk = 'p' AND data = 1`,
        'One or more parameter values were invalid: Secondary index by-l does not project one or more filter attributes: [data]',
      ],
      [`SELECT * FROM nowhere WHERE pk = 'p'`, 'ResourceNotFoundException: Requested resource not found'],
    ])('%s is refused: %s', async (statement, message) => {
      expect(await refused(statement)).toBe(message);
    });

    it.each([
      ["pk = 'p' AND kept = 'k'", "pk = 'p' AND sk = 2"],
      ["pk = 'p'", "pk = 'p' AND sk > 1"],
      ["pk = 'p' AND sk BETWEEN 1 AND 2", "pk = 'p' AND sk >= 2"],
    ])('refuses alternatives of which one holds sort keys of the other: %s, %s', async (one, other) => {
      const overlapping = 'Overlapping conditions with range keys are not supported in where clause';
      expect(await refused(`SELECT * FROM two WHERE ${one} OR ${other}`)).toBe(overlapping);
      expect(await refused(`SELECT * FROM two WHERE ${other} OR ${one}`)).toBe(overlapping);
    });

    it.each<[string, number[]]>([
      ["pk = 'p' AND sk = 1 OR pk = 'p' AND sk = 2", [1, 2]],
      ["pk = 'p' AND sk < 2 OR pk = 'p' AND sk >= 2", [1, 2, 3]],
      ["pk = 'p' AND sk = 1 OR pk = 'q' AND sk > 0", [1, 9]],
      ["pk = 'p' AND NOT sk = 1 OR pk = 'p' AND sk = 2", [2, 3]],
      ["pk = 'p' AND sk <> 1 OR pk = 'p' AND sk = 2", [2, 3]],
      ["pk = 'p' OR pk = 'p' AND NOT sk = 1", [1, 2, 3]],
      ['data = 10 OR sk = 9', [1, 9]],
    ])('finds the items of alternatives: %s', async (where, sks) => {
      const found = (await items(`SELECT sk FROM two WHERE ${where}`)) ?? [];
      expect(found.map(({ sk }) => Number(sk?.N)).sort()).toEqual(sks);
    });

    it('does not read an index whose key has two attributes of a kind', async () => {
      const key = (HASH: string[], RANGE: string[]) => [
        ...HASH.map((AttributeName) => ({ AttributeName, KeyType: 'HASH' as const })),
        ...RANGE.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' as const })),
      ];
      await client.createTable({
        TableName: 'several',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: key(['pk'], []),
        AttributeDefinitions: ['pk', 'a', 'b'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [
          { IndexName: 'hashes', KeySchema: key(['a', 'b'], []), Projection: { ProjectionType: 'ALL' } },
          { IndexName: 'ranges', KeySchema: key(['pk'], ['a', 'b']), Projection: { ProjectionType: 'KEYS_ONLY' } },
          { IndexName: 'single', KeySchema: key(['a'], ['b']), Projection: { ProjectionType: 'ALL' } },
        ],
      });
      const message =
        'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.';
      expect(await refused(`SELECT * FROM "several"."hashes" WHERE a = 'a' AND b = 'b'`)).toBe(message);
      expect(await refused(`SELECT * FROM "several"."hashes"`)).toBe(message);
      expect(await refused(`SELECT data FROM "several"."ranges" WHERE pk = 'p'`)).toBe(message);
      const { Responses: [member] = [] } = await client.batchExecuteStatement({
        Statements: [{ Statement: `SELECT * FROM "several"."hashes" WHERE a = 'a'` }],
      });
      expect(member?.Error).toMatchObject({ Code: 'ValidationError', Message: message });
      await run(`INSERT INTO "several" VALUE {'pk': 'p', 'a': 'a', 'b': 'b'}`);
      expect(await items(`SELECT * FROM "several"."single" WHERE a = 'a'`)).toHaveLength(1);
      expect(await items(`SELECT * FROM "several" WHERE pk = 'p'`)).toHaveLength(1);
    });

    it('does not read a global index consistently', async () => {
      const call = client.executeStatement({ Statement: `SELECT * FROM "two"."by-g"`, ConsistentRead: true });
      expect((await failure(call)).message).toBe(
        'Strongly consistent read is not supported on Global Secondary Indexes',
      );
    });

    it('goes on where a page ended, for the same statement', async () => {
      const Statement = "SELECT sk FROM two WHERE pk = 'p'";
      const found: (string | undefined)[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.executeStatement({ Statement, Limit: 2, ...(NextToken && { NextToken }) });
        found.push(...(page.Items ?? []).map(({ sk }) => sk?.N));
        NextToken = page.NextToken;
        if (NextToken) {
          expect(page.LastEvaluatedKey).toEqual({ pk: { S: 'p' }, sk: { N: '2' } });
          for (const Other of ["SELECT sk FROM two WHERE pk = 'q'", 'SELECT sk FROM two']) {
            await expect(client.executeStatement({ Statement: Other, NextToken })).rejects.toThrow('NextToken');
          }
        }
      } while (NextToken);
      expect(found).toEqual(['1', '2', '3']);
      await expect(client.executeStatement({ Statement, NextToken: 'bm8=' })).rejects.toThrow('NextToken');
    });

    it('tells what it consumed', async () => {
      const { ConsumedCapacity: consumed } = await client.executeStatement({
        Statement: "SELECT * FROM two WHERE pk = 'p'",
        ReturnConsumedCapacity: 'TOTAL',
      });
      expect(consumed).toEqual({ TableName: 'two', CapacityUnits: 0.5 });
    });
  });

  describe('a condition', () => {
    beforeAll(async () => {
      await put({
        pk: { S: 'cond' },
        ss: { SS: ['a', 'b'] },
        s: { S: 'str' },
        m: { M: { sub: { S: 'x' } } },
        nul: { NULL: true },
        flag: { BOOL: true },
        n: { N: '-7.3' },
        "it's": { S: "'" },
      });
    });

    it.each<[string, boolean, AttributeValue[]?]>([
      ['attribute_exists(ss)', true],
      ['ATTRIBUTE_EXISTS("ss")', true],
      ['attribute_not_exists(gone)', true],
      ['NOT attribute_exists(gone)', true],
      ['attribute_exists(ss) = true', true],
      ['attribute_exists(ss) = false', false],
      ['attribute_exists(m.sub)', true],
      ['attribute_exists(m.gone)', false],
      ['size(s) = 3', true],
      ["attribute_type(ss, 'SS')", true],
      ["contains(ss, 'b')", true],
      ['nul IS NULL', true],
      ['s IS NULL', false],
      ['s IS NOT NULL', true],
      ['nul IS NOT NULL', false],
      ['gone IS MISSING', true],
      ['s IS NOT MISSING', true],
      ['flag IS BOOL', true],
      ['s IS STRING', true],
      ['flag = true', true],
      ['nul = null', true],
      ['n = -.73e1', true],
      ['n BETWEEN -8 AND -7', true],
      ['n NOT IN (1, 2)', true],
      [`"it's" = ''''`, true],
      ["ss = <<'b', 'a'>>", true],
      ["m = {'sub': 'x'}", true],
      ['m = ?', true, [{ M: { sub: { S: 'x' } } }]],
      ['ss <> ?', true, [{ SS: ['a'] }]],
      ['s IN ?', true, [{ L: [{ S: 'z' }, { S: 'str' }] }]],
    ])('%s is %s', async (condition, holds, parameters) => {
      const found = await items(`SELECT pk FROM one WHERE pk = 'cond' AND ${condition}`, parameters);
      expect(found?.length).toBe(holds ? 1 : 0);
    });

    it.each<[string, string, AttributeValue[]?]>([
      [
        's < ?',
        'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
        [{ BOOL: true }],
      ],
      [
        's BETWEEN ? AND ?',
        'Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: L',
        [{ L: [] }, { L: [] }],
      ],
      [
        "attribute_exists('ss')",
        'Operator or function requires a document path; operator or function: attribute_exists',
      ],
      [
        'attribute_exists()',
        'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0',
      ],
      ['attribute_exists(m.inner)', badly('Invalid path dot component')],
      ['s = ?', "Number of parameters in request and statement don't match."],
      ['s = 1', "Number of parameters in request and statement don't match.", [{ S: 'x' }]],
    ])('%s is refused: %s', async (condition, message, parameters) => {
      // Also where the table is not there: the statement is looked at first.
      for (const table of ['one', 'nowhere']) {
        expect(await refused(`SELECT pk FROM ${table} WHERE pk = 'cond' AND ${condition}`, parameters)).toBe(message);
      }
    });

    it('names functions that are none by their place', async () => {
      const statement = `SELECT * FROM one WHERE pk = 'x' AND EXISTS(ss)`;
      expect(await refused(statement)).toBe(`Unrecognized function: exists at 1:${statement.indexOf('EXISTS') + 1}:6`);
      expect(await refused('SELECT attribute_exists(ss) FROM one')).toBe('Unexpected path component at 1:8:16');
    });
  });

  describe('grammar', () => {
    it.each([
      `SELECT * FROM one WHERE pk = 'cond' -- a note`,
      `SELECT * FROM one -- a note\nWHERE pk = 'cond'`,
      `/* a ' note */ select * from "one" where "pk" = 'cond'`,
      `SELECT * FROM one WHERE pk = 'cond';`,
    ])('%s', async (statement) => {
      expect(await items(statement)).toHaveLength(1);
    });

    const leftover = badly('Unexpected token after expression');
    it.each([
      ['SELECTT * FROM one', badly('Expected data manipulation')],
      ["SELECT * FROM one WHERE pk = 'x' foo", leftover],
      ["SELECT * FROM one WHERE pk = 'x')", leftover],
      ["INSERT INTO one VALUE {'pk': 'x'} foo", leftover],
      ["INSERT INTO one t VALUE {'pk': 'x'}", leftover],
      ["UPDATE one SET a = 9 WHERE pk = 'x' foo", leftover],
      ["DELETE FROM one WHERE pk = 'x' ORDER BY pk", leftover],
      ["SELECT * FROM one ORDER BY pk WHERE pk = 'x'", leftover],
      ['SELECT * FROM one WHERE pk = 1 # note', badly()],
      ['SELECT * FROM one WHERE pk = 1 /* note', badly()],
      ['SELECT * FROM "one', badly()],
      ['SELECT * FROM one WHERE pk = 1e2147483648', badly()],
      ['SELECT * FROM one WHERE pk = 1.5e-2147483647', badly()],
      ["SELECT * FROM one t WHERE pk = 'x'", 'Aliasing is not supported'],
      ["SELECT * FROM one AS t WHERE pk = 'x'", 'Aliasing is not supported'],
      ["UPDATE one t SET a = 3 WHERE pk = 'x'", 'Aliasing is not supported'],
      ["DELETE FROM one t WHERE pk = 'x'", 'Aliasing is not supported'],
      [
        'SELECT * FROM one WHERE pk = 1e126',
        'Number overflow. Attempting to store a number with magnitude larger than supported range under root',
      ],
      [
        "INSERT INTO one VALUE {'pk': 'x', 'm': {'x': [1, 1e-131]}}",
        'Number underflow. Attempting to store a number with magnitude smaller than supported range under root.x[1]',
      ],
      [
        `UPDATE one SET a = ${'[{"a":'.repeat(16)}1${'}]'.repeat(16)} WHERE pk = 'x'`,
        `Nesting Levels have exceeded supported limits under root${'[0].a'.repeat(16)}`,
      ],
      [`SELECT * FROM one WHERE ${'('.repeat(4000)}a = 1`, badly()],
      ...['', ';', '   ', ' NOT', ' ('].map((rest) => [`SELECT * FROM one WHERE${rest}`, badly('Unexpected term')]),
      ['UPDATE one SET a = 1 WHERE', badly('Unexpected term')],
      ...['a constructor 1', 'a toString 1'].map((rest) => [
        `SELECT * FROM one WHERE ${rest}`,
        badly('Unexpected term'),
      ]),
      ['DELETE FROM one WHERE', badly('Unexpected term')],
      ['SELECT * FROM', badly('Unexpected term')],
      ...['AND', 'OR', 'AND a =', 'AND a IN', 'AND a BETWEEN', 'AND a IS'].map((rest) => [
        `SELECT * FROM one WHERE pk = 'x' ${rest}`,
        badly('Missing right-hand side expression of infix operator'),
      ]),
      ['SELECT * FROM one WHERE ORDER BY pk', badly('Unexpected keyword')],
      ['SELECT * FROM one WHERE SELECT', badly('Unexpected keyword')],
      ['SELECT * FROM one WHERE IS NULL', badly('Unexpected operator')],
      ['SELECT * FROM one WHERE pk = LIKE', badly('Unexpected operator')],
      ["SELECT * FROM one WHERE pk = 'x' AND a IS FOO", badly('Expected type name')],
      ...['DELETE FROM', 'DELETE FROM;', "DELETE FROM WHERE pk = 'x'", 'INSERT INTO'].map((statement) => [
        statement,
        badly('Expected identifier for simple path'),
      ]),
      ['FROM one SET c = 1', 'Where clause does not contain a mandatory equality on all key attributes'],
      ["FROM one SET c = 1 WHERE pk = 'x'", leftover],
      ['SELECT l[-1] FROM one', 'List index is not within the allowable range; index: [-1] at 1:10:1'],
    ])('%s is refused: %s', async (statement, message) => {
      expect(await refused(statement)).toBe(message);
    });

    const unconvertible = (text: string) => `The parameter cannot be converted to a numeric value: ${text}`;
    const deep = (leaf: AttributeValue, levels = 40): AttributeValue =>
      levels === 0 ? leaf : { M: { n: deep(leaf, levels - 1) } };
    const tooDeep =
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';
    it.each<[string, AttributeValue, string]>([
      ['an exponent beyond 32 bits', { N: '1e99999999999' }, unconvertible('1e99999999999')],
      ['one beyond 32 bits', { N: '1e2147483648' }, unconvertible('1e2147483648')],
      ['a scale beyond 32 bits', { N: '-1e-2147483648' }, unconvertible('-1e-2147483648')],
      [
        'digits that wrap',
        { N: '1e2147483647' },
        'Number underflow. Attempting to store a number with magnitude smaller than supported range',
      ],
      ['no number', { N: 'abc' }, unconvertible('abc')],
      ['nothing', { N: '' }, 'The parameter cannot be converted to a numeric value'],
      ['a member of a list', { L: [{ N: '1' }, { N: '1e99999999999' }] }, unconvertible('1e99999999999')],
      ['a member of a set', { NS: ['1', '1e99999999999'] }, unconvertible('1e99999999999')],
      ['too deep, then no number', { M: { d: deep({ S: '' }), n: { N: 'abc' } } }, tooDeep],
      ['no number, then too deep', { M: { a: { N: 'abc' }, d: deep({ S: '' }) } }, unconvertible('abc')],
      ['no number at the bottom', deep({ N: 'abc' }), tooDeep],
    ])('a parameter that is %s is refused wherever it stands', async (_name, parameter, message) => {
      const update = "UPDATE one SET a = ? WHERE pk = 'x'";
      for (const statement of [
        "SELECT * FROM one WHERE pk = 'x' AND a = ?",
        'SELECT * FROM one WHERE pk = ?',
        "INSERT INTO one VALUE {'pk': 'x', 'a': ?}",
        update,
      ]) {
        expect(await refused(statement, [parameter])).toBe(message);
      }
      const request = { Statement: update, Parameters: [parameter] };
      expect((await failure(client.executeTransaction({ TransactStatements: [request] }))).message).toBe(message);
      const { Responses: [member] = [] } = await client.batchExecuteStatement({ Statements: [request] });
      expect(member?.Error).toMatchObject({ Code: 'ValidationError', Message: message });
    });

    it('takes 8,192 characters', async () => {
      const statement = `SELECT * FROM one WHERE pk = 'cond'`;
      expect(await items(statement.padEnd(8192))).toHaveLength(1);
      expect(await refused(statement.padEnd(8193))).toContain('length less than or equal to 8192');
    });
  });

  describe('INSERT', () => {
    it('makes an item that is not there', async () => {
      const statement = `INSERT INTO "one" VALUE {'pk': 'ins', 'n': 7.32e2, 'l': [1, 'a', true, null], 'm': {'x': <<1, 2>>}, 'p': ?}`;
      expect((await run(statement, [{ SS: ['q'] }])).Items).toEqual([]);
      expect(await get('ins')).toEqual({
        pk: { S: 'ins' },
        n: { N: '732' },
        l: { L: [{ N: '1' }, { S: 'a' }, { BOOL: true }, { NULL: true }] },
        m: { M: { x: { NS: ['1', '2'] } } },
        p: { SS: ['q'] },
      });
      expect(await refused("INSERT INTO one VALUE {'pk': 'ins', 'other': 1}")).toBe(
        'DuplicateItemException: Duplicate primary key exists in table',
      );
      expect((await get('ins'))?.other).toBeUndefined();
    });

    it('is refused without a key, and for what is no value', async () => {
      expect(await refused("INSERT INTO one VALUE {'a': 1}")).toBe(
        'One or more parameter values were invalid: Missing the key pk in the item',
      );
      const statement = "INSERT INTO one VALUE {'pk': 'x', 'ss': set_add(<<'a'>>, <<'b'>>)}";
      expect(await refused(statement)).toBe(
        `Unsupported data type: set_add under key root at 1:${statement.indexOf('set_add') + 1}:7`,
      );
    });
  });

  describe('UPDATE', () => {
    beforeEach(() =>
      put({
        pk: { S: 'upd' },
        a: { N: '1' },
        ss: { SS: ['a', 'b'] },
        l: { L: [{ N: '1' }] },
        m: { M: { x: { N: '1' } } },
      }),
    );
    const updated = async (update: string, parameters?: AttributeValue[]) => {
      await run(`UPDATE one ${update} WHERE pk = 'upd'`, parameters);
      return get('upd');
    };

    it.each<[string, Item, AttributeValue[]?]>([
      ["SET a = 'x'", { a: { S: 'x' } }],
      ['SET a = a + 4, b = a', { a: { N: '5' }, b: { N: '1' } }],
      ['SET a = 2 SET b = ?', { a: { N: '2' }, b: { BOOL: false } }, [{ BOOL: false }]],
      ['SET l = list_append(l, [2])', { l: { L: [{ N: '1' }, { N: '2' }] } }],
      ['SET b = if_not_exists(b, a)', { b: { N: '1' } }],
      ['SET m.y = 3 REMOVE m.x', { m: { M: { y: { N: '3' } } } }],
      ["SET ss = set_add(ss, <<'c', 'a'>>)", { ss: { SS: ['a', 'b', 'c'] } }],
      ["SET fresh = SET_ADD(fresh, <<'c'>>)", { fresh: { SS: ['c'] } }],
      ['SET ss = set_delete(ss, ?)', { ss: { SS: ['b'] } }, [{ SS: ['a', 'z'] }]],
    ])('%s', async (update, changed, parameters) => {
      expect(await updated(update, parameters)).toMatchObject(changed);
    });

    it('takes attributes away, and sets with their last member', async () => {
      expect(Object.keys((await updated("REMOVE a, m SET ss = set_delete(ss, <<'a', 'b'>>)")) ?? {})).toEqual([
        'pk',
        'l',
      ]);
    });

    it('may begin with FROM', async () => {
      await run('FROM one WHERE pk = ? AND a = 1 SET b = ? REMOVE l', [{ S: 'upd' }, { N: '7' }]);
      expect(await get('upd')).toMatchObject({ b: { N: '7' } });
      expect(await refused("from one where pk = 'upd' and a = 2 set b = 8")).toContain(
        'ConditionalCheckFailedException',
      );
    });

    it.each([
      ['ALL OLD', { a: { N: '1' }, l: { L: [{ N: '1' }] } }],
      ['ALL NEW', { a: { N: '5' }, l: { L: [{ N: '1' }] } }],
    ])('gives the item by RETURNING %s *', async (returning, expected) => {
      const found = await items(`UPDATE one SET a = 5 WHERE pk = 'upd' RETURNING ${returning} *`);
      expect(found).toEqual([expect.objectContaining(expected)]);
    });

    it('gives what it changed by RETURNING MODIFIED', async () => {
      expect(await items("UPDATE one SET a = 5, m.x = 2 WHERE pk = 'upd' RETURNING MODIFIED OLD *")).toEqual([
        { a: { N: '1' }, m: { M: { x: { N: '1' } } } },
      ]);
      expect(await items("UPDATE one SET a = 6 WHERE pk = 'upd' RETURNING MODIFIED NEW *")).toEqual([
        { a: { N: '6' } },
      ]);
      expect(await items("UPDATE one REMOVE a WHERE pk = 'upd' RETURNING MODIFIED NEW *")).toEqual([]);
    });

    it('changes an item that is there and fulfils the condition, or none', async () => {
      expect(await refused("UPDATE one SET a = 1 WHERE pk = 'none'")).toContain('ConditionalCheckFailedException');
      expect(await refused("UPDATE one SET a = 1 WHERE pk = 'none' AND attribute_not_exists(pk)")).toContain(
        'ConditionalCheckFailedException',
      );
      expect(await get('none')).toBeUndefined();
      const call = client.executeStatement({
        Statement: "UPDATE one SET a = 3 WHERE pk = 'upd' AND a = 2",
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      expect(await failure(call)).toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { pk: { S: 'upd' }, a: { N: '1' } },
      });
    });

    const place = (statement: string, word: string) => `1:${statement.indexOf(word) + 1}:${word.length}`;
    it.each([
      ["t = set_add(ss, <<'x'>>)", 'set_add', 'The first argument to SET_ADD must equal the assignment value at '],
      [
        "ss = set_delete(<<'a'>>, <<'b'>>)",
        'set_delete',
        'The first argument to SET_DELETE must equal the assignment value at ',
      ],
      ['ss = set_add(ss)', 'set_add', 'SET_ADD must have exactly two arguments at '],
    ])('SET %s is refused for %s', async (set, word, message) => {
      const statement = `UPDATE one SET ${set} WHERE pk = 'upd'`;
      expect(await refused(statement)).toBe(message + place(statement, word));
    });

    it.each([
      ["SET ss = set_add(ss, 'x')", 'The second argument to SET_ADD must be a value with type SET at 1:29:2'],
      ['SET ss = set_add(ss, <<1>>)', 'An operand in the update expression has an incorrect data type'],
      [
        "SET ss = set_add(ss, <<'x', 'x'>>)",
        'One or more parameter values were invalid: Input collection [x, x] contains duplicates.',
      ],
      ['SET ss = set_add(ss, <<>>)', 'Empty bags are not supported'],
      [
        "SET pk = 'x'",
        'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
      ],
    ])('%s is refused: %s', async (update, message) => {
      expect(await refused(`UPDATE one ${update} WHERE pk = 'upd'`)).toBe(message);
    });

    it('names one item by its whole key', async () => {
      const message = 'Where clause does not contain a mandatory equality on all key attributes';
      expect(await refused('UPDATE one SET a = 1')).toBe(message);
      expect(await refused("UPDATE two SET a = 1 WHERE pk = 'p'")).toBe(message);
      expect(await refused("DELETE FROM two WHERE pk = 'p' AND sk > 1")).toBe(message);
    });
  });

  describe('DELETE', () => {
    it('takes an item away, if it fulfils the condition', async () => {
      await put({ pk: { S: 'del' }, a: { N: '1' } });
      expect(await refused("DELETE FROM one WHERE pk = 'del' AND a = 2")).toContain('ConditionalCheckFailedException');
      expect(await items("DELETE FROM one WHERE pk = 'del' AND a = 1 RETURNING ALL OLD *")).toEqual([
        { pk: { S: 'del' }, a: { N: '1' } },
      ]);
      expect(await get('del')).toBeUndefined();
      expect(await items("DELETE FROM one WHERE pk = 'del'")).toEqual([]);
    });

    it.each(['MODIFIED OLD', 'ALL NEW', 'MODIFIED NEW'])('does not take RETURNING %s *', async (returning) => {
      expect(await refused(`DELETE FROM one WHERE pk = 'x' RETURNING ${returning} *`)).toBe(
        `Invalid returning clause: RETURNING ${returning} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
      );
    });
  });

  describe('a batch', () => {
    const batch = async (...statements: string[]) =>
      (await client.batchExecuteStatement({ Statements: statements.map((Statement) => ({ Statement })) })).Responses;

    it('answers each statement for itself', async () => {
      await put({ pk: { S: 'b' }, a: { N: '1' } });
      expect(
        await batch(
          "SELECT a FROM one WHERE pk = 'b'",
          "SELECT * FROM one WHERE pk = 'nobody'",
          "SLECT * FROM one WHERE pk = 'b'",
          "SELECT * FROM nowhere WHERE pk = 'b'",
          'SELECT * FROM one WHERE a = 1',
          "SELECT * FROM one WHERE pk = 'b' AND attribute_exists(a)",
          `SELECT * FROM "two"."by-g" WHERE g = 'g'`,
        ),
      ).toEqual([
        { TableName: 'one', Item: { a: { N: '1' } } },
        { TableName: 'one' },
        { Error: { Code: 'ValidationError', Message: badly('Expected data manipulation') } },
        { TableName: 'nowhere', Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' } },
        ...['one', 'one', 'two'].map((TableName) => ({
          TableName,
          Error: {
            Code: 'ValidationError',
            Message: 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.',
          },
        })),
      ]);
    });

    it('writes', async () => {
      await put({ pk: { S: 'b' }, a: { N: '1' } });
      expect(
        await batch(
          "INSERT INTO one VALUE {'pk': 'b2'}",
          "INSERT INTO one VALUE {'pk': 'b'}",
          "UPDATE one SET a = 2 WHERE pk = 'b' RETURNING MODIFIED NEW *",
          "UPDATE one REMOVE a WHERE pk = 'b' RETURNING MODIFIED NEW *",
          "DELETE FROM one WHERE pk = 'b' AND a = 9",
          "DELETE FROM one WHERE pk = 'b2' RETURNING ALL OLD *",
        ),
      ).toEqual([
        { TableName: 'one' },
        { TableName: 'one', Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' } },
        { TableName: 'one', Item: { a: { N: '2' } } },
        { TableName: 'one' },
        { TableName: 'one', Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' } },
        { TableName: 'one', Item: { pk: { S: 'b2' } } },
      ]);
    });

    it('has one to 25 statements', async () => {
      await expect(batch()).rejects.toThrow('length greater than or equal to 1');
      await expect(batch(...Array.from({ length: 26 }, () => 'x'))).rejects.toThrow('length less than or equal to 25');
    });

    it('reads consistently where a statement says so', async () => {
      const Statement = "SELECT * FROM one WHERE pk = 'b'";
      const { ConsumedCapacity: consumed } = await client.batchExecuteStatement({
        Statements: [{ Statement }, { Statement, ConsistentRead: true }],
        ReturnConsumedCapacity: 'TOTAL',
      });
      expect(consumed?.map(({ CapacityUnits: units }) => units)).toEqual([0.5, 1]);
    });
  });

  describe('a transaction', () => {
    const transact = (...statements: string[]) =>
      client.executeTransaction({ TransactStatements: statements.map((Statement) => ({ Statement })) });

    it('does all or nothing', async () => {
      await put({ pk: { S: 't' }, a: { N: '1' } });
      expect(
        (
          await transact(
            "UPDATE one SET a = 2 WHERE pk = 't'",
            "INSERT INTO one VALUE {'pk': 't2'}",
            "EXISTS(SELECT * FROM two WHERE pk = 'p' AND sk = 1 AND data = 10)",
          )
        ).Responses,
      ).toEqual([]);
      expect([await get('t'), await get('t2')]).toEqual([{ pk: { S: 't' }, a: { N: '2' } }, { pk: { S: 't2' } }]);
      expect(
        await failure(
          transact(
            "INSERT INTO one VALUE {'pk': 't'}",
            "UPDATE one SET a = 3 WHERE pk = 't2'",
            "EXISTS(SELECT * FROM two WHERE pk = 'p' AND sk = 1 AND data = 11)",
          ),
        ),
      ).toMatchObject({
        name: 'TransactionCanceledException',
        message:
          'Transaction cancelled, please refer cancellation reasons for specific reasons [DuplicateItem, None, ConditionalCheckFailed]',
        CancellationReasons: [
          { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' },
          { Code: 'None' },
          { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
        ],
      });
      expect(await get('t2')).toEqual({ pk: { S: 't2' } });
    });

    it('reads, each statement one item', async () => {
      await put({ pk: { S: 't' }, a: { N: '1' } });
      expect(
        (await transact("SELECT a FROM one WHERE pk = 't'", "SELECT * FROM one WHERE pk = 'no'")).Responses,
      ).toEqual([{ Item: { a: { N: '1' } } }, {}]);
    });

    it('is done once for one token', async () => {
      await put({ pk: { S: 't' }, a: { N: '1' } });
      const request = {
        TransactStatements: [{ Statement: "UPDATE one SET a = a + 1 WHERE pk = 't'" }],
        ClientRequestToken: 'token',
        ReturnConsumedCapacity: 'TOTAL' as const,
      };
      expect((await client.executeTransaction(request)).ConsumedCapacity).toEqual([
        { TableName: 'one', CapacityUnits: 2, WriteCapacityUnits: 2 },
      ]);
      expect((await client.executeTransaction(request)).ConsumedCapacity).toEqual([
        { TableName: 'one', CapacityUnits: 2, ReadCapacityUnits: 2 },
      ]);
      expect((await get('t'))?.a).toEqual({ N: '2' });
      const other = { ...request, TransactStatements: [{ Statement: "DELETE FROM one WHERE pk = 't'" }] };
      expect((await failure(client.executeTransaction(other))).name).toBe('IdempotentParameterMismatchException');
    });

    const failed = 'Validation failed in TransactStatements[0]: ';
    it.each([
      [
        "UPDATE one SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *",
        `${failed}RETURNING clause is not supported in ExecuteTransaction.`,
      ],
      [`SELECT * FROM "two"."by-g" WHERE g = 'g'`, `${failed}Reads on indices are not supported within transactions.`],
      [
        "SELECT * FROM one WHERE pk = 't' AND attribute_exists(a)",
        `${failed}Select statements within ExecuteTransaction must specify the primary key in the where clause.`,
      ],
      [
        "EXISTS(SELECT * FROM one WHERE pk = 't')",
        `${failed}EXISTS() must contain a single item read with additional condition`,
      ],
    ])('%s is refused: %s', async (statement, message) => {
      expect((await failure(transact(statement))).message).toBe(message);
    });

    it('has one to 100 statements', async () => {
      await expect(transact()).rejects.toThrow('length greater than or equal to 1');
      await expect(transact(...Array.from({ length: 101 }, () => 'x'))).rejects.toThrow('less than or equal to 100');
    });
  });
});

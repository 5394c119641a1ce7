import type { Random } from './random.ts';

/** A request as it is on the wire. */
export interface Operation {
  name: string;
  input: Record<string, unknown>;
  /** The items that it can change. */
  changes: Place[];
}

export interface Place {
  TableName: (typeof tables)[number];
  Key: Attributes;
}

type Value = Record<string, unknown>;
type Attributes = Record<string, Value>;

const strings = ['', 'a', 'b', 'ab', 'abc', 'A', 'é', '😀', '\uffff', 'a0', '1'];
const binaries = ['', 'AA==', 'gA==', 'gIE=', 'gIGC', '/w==', '/wA='];
const numbers = [
  '0',
  '-0',
  '1',
  '1.0',
  '01',
  '2',
  '-7.25',
  '10',
  '1e2',
  '0.1',
  '3.0001',
  '-1E-130',
  '9.9E125',
  '12345678901234567890123456789012345678',
  '0.00000000000000000000000000000000000001',
];
const attributes = ['a', 'b', 'c', 'd', 'e', 'g', 'h', 'l'] as const;
const nested = ['a', 'b', 'x', 'y'] as const;

export const tables = ['differential-one', 'differential-two'] as const;
const hashes = ['p', 'q', 'ü'];
const ranges = ['-1', '0', '0.5', '2', '10', '1e2'];
const binaryHashes = ['AA==', 'gIE=', '/w=='];

/** Every key that an item of the table can have: few, so that operations meet. */
export const keysOf: Record<(typeof tables)[number], Attributes[]> = {
  'differential-one': hashes.flatMap((pk) => ranges.map((sk) => ({ pk: { S: pk }, sk: { N: sk } }))),
  'differential-two': binaryHashes.map((pk) => ({ pk: { B: pk } })),
};

export const tableInputs: Record<string, unknown>[] = [
  {
    TableName: 'differential-one',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
      { AttributeName: 'g', AttributeType: 'S' },
      { AttributeName: 'h', AttributeType: 'N' },
      { AttributeName: 'l', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-g',
        KeySchema: [
          { AttributeName: 'g', KeyType: 'HASH' },
          { AttributeName: 'h', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'by-l',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'l', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a'] },
      },
    ],
  },
  {
    TableName: 'differential-two',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'B' }],
  },
];

/** An endless stream of operations; most of them are right, the others are refused. */
export function createGenerator(random: Random): () => Operation {
  const { integer, oneIn, pick, list } = random;
  const distinct = (choices: readonly string[]) => [...new Set(list(1 + integer(3), () => pick(choices)))];

  function value(depth = 0): Value {
    switch (integer(depth < 3 ? 11 : 7)) {
      case 0:
      case 1:
        return { S: pick(strings) };
      case 2:
      case 3:
        return { N: pick(numbers) };
      case 4:
        return { B: pick(binaries) };
      case 5:
        return { BOOL: oneIn(2) };
      case 6:
        return pick<Value>([
          { NULL: true },
          { SS: distinct(strings) },
          { NS: distinct(['1', '2', '-3', '1e1', '0.5']) },
          { BS: distinct(binaries) },
        ]);
      case 7:
      case 8:
        return { L: list(integer(4), () => value(depth + 1)) };
      default:
        return { M: Object.fromEntries(list(integer(4), () => [pick(nested), value(depth + 1)])) };
    }
  }

  /** The indexes' keys are mostly of their types. */
  function attribute(name: string): Value {
    if (oneIn(25)) return value();
    if (name === 'g' || name === 'l') return { S: pick(['a', 'A', 'ab', 'é', '\uffff']) };
    return name === 'h' ? { N: pick(ranges) } : value();
  }

  const more = () =>
    Object.fromEntries(
      list(integer(6), () => {
        const name = pick(attributes);
        return [name, attribute(name)];
      }),
    );

  /** Names and values of one request, written as placeholders or not. */
  function createNotation() {
    const names: Record<string, string> = {};
    const values: Record<string, Value> = {};
    const name = (text: string) => {
      if (!oneIn(3)) return text;
      names[`#${text}`] = text;
      return `#${text}`;
    };
    const path = () => {
      const first = pick(attributes);
      let text = name(first);
      // Those of keys have nothing inside.
      const scalar = ['g', 'h', 'l'].includes(first) && !oneIn(20);
      while (!scalar && oneIn(3)) text += oneIn(2) ? `.${name(pick(nested))}` : `[${integer(3)}]`;
      return text;
    };
    const literal = (given: Value = value()) => {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = given;
      return placeholder;
    };
    const members = () => ({
      ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    });
    return { path, literal, members };
  }
  type Notation = ReturnType<typeof createNotation>;

  const scalar = (): Value => pick<Value>([{ S: pick(strings) }, { N: pick(numbers) }, { B: pick(binaries) }]);

  function condition(notation: Notation, depth = 0): string {
    const { path, literal } = notation;
    const operand = () => (oneIn(8) ? `size(${path()})` : oneIn(2) ? path() : literal(oneIn(4) ? value() : scalar()));
    switch (integer(depth < 3 ? 12 : 9)) {
      case 0:
        return `attribute_exists(${path()})`;
      case 1:
        return `attribute_not_exists(${path()})`;
      case 2:
        return `attribute_type(${path()}, ${literal({ S: pick(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']) })})`;
      case 3:
        return `begins_with(${path()}, ${literal(pick<Value>([{ S: pick(strings) }, { B: pick(binaries) }]))})`;
      case 4:
        return `contains(${path()}, ${operand()})`;
      case 5:
        return `${path()} BETWEEN ${operand()} AND ${operand()}`;
      case 6:
        return `${path()} IN (${list(1 + integer(3), () => (oneIn(3) ? path() : literal())).join(', ')})`;
      case 7:
        return `${path()} ${pick(['=', '<>'])} ${literal()}`;
      case 8:
        return `${operand()} ${pick(['=', '<>', '<', '<=', '>', '>='])} ${operand()}`;
      case 9:
        return `NOT ${condition(notation, depth + 1)}`;
      default:
        return `(${condition(notation, depth + 1)} ${pick(['AND', 'OR'])} ${condition(notation, depth + 1)})`;
    }
  }

  function update({ path, literal }: Notation): string {
    const operand = (): string =>
      pick([
        () => path(),
        () => literal(),
        () => literal({ N: pick(numbers) }),
        () => `if_not_exists(${path()}, ${literal()})`,
        () => `list_append(${path()}, ${literal({ L: list(integer(3), () => value(2)) })})`,
      ])();
    const number = () =>
      pick([
        () => path(),
        () => literal({ N: pick(numbers) }),
        () => `if_not_exists(${path()}, ${literal({ N: '0' })})`,
      ])();
    const assignment = () => `${path()} = ${oneIn(3) ? `${number()} ${pick(['+', '-'])} ${number()}` : operand()}`;
    const set = (): Value =>
      pick<Value>([{ SS: distinct(strings) }, { NS: distinct(['1', '2', '3']) }, { BS: distinct(binaries) }]);
    const clauses = [
      () => `SET ${list(1 + integer(3), assignment).join(', ')}`,
      () => `REMOVE ${list(1 + integer(3), path).join(', ')}`,
      () => `ADD ${path()}${oneIn(6) ? '[2]' : ''} ${literal(oneIn(2) ? { N: pick(numbers) } : set())}`,
      () => `DELETE ${path()} ${literal(set())}`,
    ];
    const wanted = clauses.filter(() => oneIn(3));
    return (wanted.length > 0 ? wanted : [pick(clauses)]).map((clause) => clause()).join(' ');
  }

  const projection = ({ path }: Notation) => list(1 + integer(3), path).join(', ');
  const table = () => (oneIn(5) ? tables[1] : tables[0]);
  const key = (name: (typeof tables)[number]) => pick(keysOf[name]);
  const somewhere = (): Place => {
    const TableName = table();
    return { TableName, Key: key(TableName) };
  };
  const differentKeys = () => [
    ...new Map(list(1 + integer(4), () => key(tables[0])).map((given) => [JSON.stringify(given), given])).values(),
  ];
  const maybe = (cases: number, members: () => Record<string, unknown>) => (oneIn(cases) ? members() : {});

  const operators = ['EQ', 'NE', 'LE', 'LT', 'GE', 'GT', 'CONTAINS', 'NOT_CONTAINS', 'BEGINS_WITH'];
  const comparison = () =>
    pick([
      () => ({ ComparisonOperator: pick(operators), AttributeValueList: [oneIn(5) ? value() : scalar()] }),
      () => ({ ComparisonOperator: pick(['NULL', 'NOT_NULL']) }),
      () => ({ ComparisonOperator: 'IN', AttributeValueList: list(1 + integer(3), () => ({ S: pick(strings) })) }),
      () => ({ ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: pick(numbers) }, { N: pick(numbers) }] }),
    ])();
  const comparisons = () => Object.fromEntries(list(1 + integer(2), () => [pick(attributes), comparison()]));

  const generators: [weight: number, () => Operation][] = [
    [8, put],
    [14, updateItem],
    [3, deleteItem],
    [4, getItem],
    [10, query],
    [4, scan],
    [2, batchWrite],
    [1, batchGet],
    [3, transactWrite],
    [1, transactGet],
    [3, legacyWrite],
    [2, legacyRead],
    [2, statement],
  ];
  const wheel = generators.flatMap(([weight, generator]) => list(weight, () => generator));
  return () => pick(wheel)();

  function put(): Operation {
    const notation = createNotation();
    const place = somewhere();
    const conditional = maybe(2, () => ({ ConditionExpression: condition(notation) }));
    return {
      name: 'PutItem',
      changes: [place],
      input: {
        TableName: place.TableName,
        Item: { ...more(), ...place.Key },
        ...maybe(2, () => ({ ReturnValues: pick(['ALL_OLD', 'NONE']) })),
        ...conditional,
        ...notation.members(),
      },
    };
  }

  function updateItem(): Operation {
    const notation = createNotation();
    const place = somewhere();
    const UpdateExpression = update(notation);
    const conditional = maybe(4, () => ({ ConditionExpression: condition(notation) }));
    return {
      name: 'UpdateItem',
      changes: [place],
      input: {
        ...place,
        UpdateExpression,
        ...conditional,
        ReturnValues: pick(['ALL_NEW', 'ALL_OLD', 'UPDATED_NEW', 'UPDATED_OLD', 'NONE']),
        ...notation.members(),
      },
    };
  }

  function deleteItem(): Operation {
    const notation = createNotation();
    const place = somewhere();
    const conditional = maybe(2, () => ({ ConditionExpression: condition(notation) }));
    return {
      name: 'DeleteItem',
      changes: [place],
      input: { ...place, ReturnValues: 'ALL_OLD', ...conditional, ...notation.members() },
    };
  }

  function getItem(): Operation {
    const notation = createNotation();
    const projected = maybe(2, () => ({ ProjectionExpression: projection(notation) }));
    return {
      name: 'GetItem',
      changes: [],
      input: { ...somewhere(), ConsistentRead: true, ...projected, ...notation.members() },
    };
  }

  function query(): Operation {
    const notation = createNotation();
    const { literal } = notation;
    const rangeTerm = (name: string, bound: () => string) =>
      pick([
        () => '',
        () => ` AND ${name} ${pick(['=', '<', '<=', '>', '>='])} ${bound()}`,
        () => ` AND ${bound()} ${pick(['<', '>='])} ${name}`,
        () => ` AND ${name} BETWEEN ${bound()} AND ${bound()}`,
      ])();
    const byIndex = pick([
      () => ({
        KeyConditionExpression: `pk = ${literal({ S: pick(hashes) })}${rangeTerm('sk', () => literal({ N: pick(ranges) }))}`,
      }),
      () => ({
        IndexName: 'by-g',
        KeyConditionExpression: `g = ${literal({ S: pick(['a', 'b', 'é']) })}${rangeTerm('h', () => literal({ N: pick(ranges) }))}`,
      }),
      () => ({
        IndexName: 'by-l',
        KeyConditionExpression: `pk = ${literal({ S: pick(hashes) })}${oneIn(2) ? ` AND begins_with(l, ${literal({ S: pick(['a', 'é']) })})` : rangeTerm('l', () => literal({ S: pick(['a', 'b', '\uffff']) }))}`,
      }),
    ])();
    const filtered = maybe(2, () => ({ FilterExpression: condition(notation) }));
    const projected = maybe(3, () => ({ ProjectionExpression: projection(notation) }));
    return {
      name: 'Query',
      changes: [],
      input: {
        TableName: tables[0],
        ...byIndex,
        ...filtered,
        ...projected,
        ...maybe(3, () => ({ ScanIndexForward: false })),
        ...maybe(3, () => ({ Limit: 1 + integer(4) })),
        ...notation.members(),
      },
    };
  }

  function scan(): Operation {
    const notation = createNotation();
    const TableName = table();
    const filtered = maybe(2, () => ({ FilterExpression: condition(notation) }));
    const projected = maybe(3, () => ({ ProjectionExpression: projection(notation) }));
    const indexed = TableName === tables[0] ? maybe(3, () => ({ IndexName: pick(['by-g', 'by-l']) })) : {};
    return {
      name: 'Scan',
      changes: [],
      input: {
        TableName,
        ...indexed,
        ...filtered,
        ...projected,
        ...maybe(3, () => ({ Limit: 1 + integer(5) })),
        ...notation.members(),
      },
    };
  }

  function batchWrite(): Operation {
    const keys = differentKeys();
    const requests = keys.map((Key) =>
      oneIn(4) ? { DeleteRequest: { Key } } : { PutRequest: { Item: { ...more(), ...Key } } },
    );
    return {
      name: 'BatchWriteItem',
      changes: keys.map((Key) => ({ TableName: tables[0], Key })),
      input: { RequestItems: { [tables[0]]: requests } },
    };
  }

  function batchGet(): Operation {
    const input = { RequestItems: { [tables[0]]: { Keys: differentKeys() } } };
    return { name: 'BatchGetItem', changes: [], input };
  }

  function transactWrite(): Operation {
    const kinds: Record<string, string> = {
      PutItem: 'Put',
      UpdateItem: 'Update',
      DeleteItem: 'Delete',
    };
    const writes = list(1 + integer(3), () => pick([put, updateItem, deleteItem])());
    const actions = writes.map(({ name, input: { ReturnValues: _, ...request } }) => ({
      [kinds[name] ?? name]: request,
    }));
    const notation = createNotation();
    const check = {
      ConditionCheck: {
        TableName: tables[0],
        Key: key(tables[0]),
        ConditionExpression: condition(notation),
        ...notation.members(),
      },
    };
    return {
      name: 'TransactWriteItems',
      changes: writes.flatMap(({ changes }) => changes),
      input: { TransactItems: oneIn(3) ? [...actions, check] : actions },
    };
  }

  function transactGet(): Operation {
    const gets = list(1 + integer(3), () => {
      const { ConsistentRead: _, ...Get } = getItem().input;
      return { Get };
    });
    return { name: 'TransactGetItems', changes: [], input: { TransactItems: gets } };
  }

  function legacyWrite(): Operation {
    const place = somewhere();
    const expectations = maybe(2, () => {
      const Expected = Object.fromEntries(
        list(1 + integer(2), () => [
          pick(attributes),
          pick<() => object>([comparison, () => ({ Value: value() }), () => ({ Exists: false })])(),
        ]),
      );
      return { Expected, ...(Object.keys(Expected).length > 1 && { ConditionalOperator: pick(['AND', 'OR']) }) };
    });
    const change = () =>
      pick<() => object>([
        () => ({ Action: 'PUT', Value: value() }),
        () => ({ Action: 'DELETE' }),
        () => ({ Action: 'ADD', Value: pick<Value>([{ N: pick(numbers) }, { SS: distinct(strings) }]) }),
        () => ({ Action: 'DELETE', Value: { SS: distinct(strings) } }),
      ])();
    return {
      name: 'UpdateItem',
      changes: [place],
      input: {
        ...place,
        AttributeUpdates: Object.fromEntries(list(1 + integer(2), () => [pick(['a', 'b', 'c', 'd', 'e']), change()])),
        ...expectations,
        ReturnValues: 'ALL_NEW',
      },
    };
  }

  function legacyRead(): Operation {
    if (oneIn(2)) return { name: 'Scan', changes: [], input: { TableName: tables[0], ScanFilter: comparisons() } };
    const equal = { ComparisonOperator: 'EQ', AttributeValueList: [{ S: pick(hashes) }] };
    return {
      name: 'Query',
      changes: [],
      input: {
        TableName: tables[0],
        KeyConditions: { pk: equal },
        ...maybe(2, () => ({ QueryFilter: comparisons() })),
      },
    };
  }

  function statement(): Operation {
    const given = key(tables[0]);
    const { pk = {}, sk = {} } = given;
    const Parameters = [pk, sk];
    const where = `WHERE pk = ? AND sk = ?`;
    return {
      name: 'ExecuteStatement',
      changes: [{ TableName: tables[0], Key: given }],
      input: pick<() => Record<string, unknown>>([
        () => ({ Statement: `SELECT * FROM "${tables[0]}" ${where}`, Parameters }),
        () => ({ Statement: `SELECT a, b FROM "${tables[0]}" WHERE pk = ?`, Parameters: [pk] }),
        () => ({ Statement: `DELETE FROM "${tables[0]}" ${where} RETURNING ALL OLD *`, Parameters }),
        () => ({ Statement: `UPDATE "${tables[0]}" SET a = ? ${where}`, Parameters: [value(), ...Parameters] }),
        () => ({ Statement: `UPDATE "${tables[0]}" REMOVE b ${where} AND attribute_exists(b)`, Parameters }),
        () => ({
          Statement: `INSERT INTO "${tables[0]}" VALUE {'pk': ?, 'sk': ?, 'a': ?}`,
          Parameters: [...Parameters, value()],
        }),
      ])(),
    };
  }
}

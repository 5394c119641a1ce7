/** One request of each operation, in an order that works from an empty table. Bodies are JSON text. */
export function exampleRequests(tableName: string): { name: string; body: string }[] {
  const table = { tableName };
  const key = { Key: { id: '1234ABCD' } };
  const requests: [name: string, body: object][] = [
    ['ping', { operation: 'ping' }],
    ['echo', { operation: 'echo', payload: { somekey1: 'somevalue1', somekey2: 'somevalue2' } }],
    ['create', { operation: 'create', ...table, payload: { Item: { id: '1234ABCD', number: 5 } } }],
    ['read', { operation: 'read', ...table, payload: key }],
    [
      'update',
      {
        operation: 'update',
        ...table,
        payload: {
          ...key,
          UpdateExpression: 'SET #n = :n',
          ExpressionAttributeNames: { '#n': 'number' },
          ExpressionAttributeValues: { ':n': 10 },
          ReturnValues: 'ALL_NEW',
        },
      },
    ],
    ['list', { operation: 'list', ...table, payload: {} }],
    ['delete', { operation: 'delete', ...table, payload: key }],
  ];
  return requests.map(([name, body]) => ({ name, body: JSON.stringify(body) }));
}

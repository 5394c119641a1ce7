import { entryPath, type Service } from '../../stack/service.ts';

export interface ExampleRequest {
  name: string;
  method: string;
  /** Below the API's URL; `{id}` stays as the route has it. */
  path: string;
  /** JSON text. */
  body?: string;
}

/** One request of each operation, or of each route where the service has no one that takes operations. */
export function exampleRequests(service: Service, tableName: string): ExampleRequest[] {
  if (entryPath(service) !== '') {
    return operations(tableName).map((one) => ({ ...one, method: 'POST', path: '' }));
  }
  return service.routes.map(({ method: given, path }) => {
    const method = given === 'ANY' ? 'GET' : given;
    const body = ['POST', 'PUT', 'PATCH'].includes(method) && { body: '{}' };
    return { name: `${method} ${path}`, method, path: path === '/' ? '' : path, ...body };
  });
}

/** In an order that works from an empty table. */
function operations(tableName: string): { name: string; body: string }[] {
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

import { exampleRequests } from './examples.ts';

/**
 * A Postman collection (format 2.1.0) of each operation. Its variable `idToken` is empty: paste what `dynops token`
 * prints, as a variable's current value, which Postman does not store with the collection.
 */
export function postmanCollection(apiUrl: string, { tableName, stack }: { tableName: string; stack: string }): object {
  return {
    info: {
      name: `dynops ${stack}`,
      description: 'Set the variable idToken to what `dynops token` prints.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: {
      type: 'apikey',
      apikey: [
        { key: 'key', value: 'Authorization', type: 'string' },
        { key: 'value', value: '{{idToken}}', type: 'string' },
        { key: 'in', value: 'header', type: 'string' },
      ],
    },
    variable: [
      { key: 'apiUrl', value: apiUrl },
      { key: 'idToken', value: '' },
    ],
    item: exampleRequests(tableName).map(({ name, body }) => ({
      name,
      request: {
        method: 'POST',
        url: '{{apiUrl}}',
        header: [{ key: 'Content-Type', value: 'application/json' }],
        body: { mode: 'raw', raw: JSON.stringify(JSON.parse(body), null, 2), options: { raw: { language: 'json' } } },
      },
    })),
  };
}

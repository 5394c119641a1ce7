import type { ExampleRequest } from './examples.ts';

/**
 * A Postman collection (format 2.1.0) of requests. Its variable `idToken` is empty: paste what `dynops token`
 * prints, as a variable's current value, which Postman does not store with the collection.
 */
export function postmanCollection(
  apiUrl: string,
  { requests, stack }: { requests: readonly ExampleRequest[]; stack: string },
): object {
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
    item: requests.map(({ name, method, path, body }) => ({
      name,
      request: {
        method,
        url: urlOf(path),
        ...(body !== undefined && {
          header: [{ key: 'Content-Type', value: 'application/json' }],
          body: { mode: 'raw', raw: JSON.stringify(JSON.parse(body), null, 2), options: { raw: { language: 'json' } } },
        }),
      },
    })),
  };
}

/** `{id}` is `:id` there, with a value that may be changed. */
function urlOf(path: string): string | object {
  const names = [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name = '']) => name);
  const raw = `{{apiUrl}}${path.replace(/\{([^}+]+)\+?\}/g, ':$1')}`;
  if (names.length === 0) return raw;
  const parts = raw.split('/');
  return { raw, host: parts.slice(0, 1), path: parts.slice(1), variable: names.map((key) => ({ key, value: '1' })) };
}

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Service } from '../../../src/local/service.ts';
import { findCatalog, servedServices } from '../../../src/local/services.ts';
import { httpOf } from '../../../src/local/wire/catalog.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { signHeaders } from '../sign.ts';

/** Every operation that an SDK's client knows and the engine does not serve is refused by its name. */

/** As in the `X-Amz-Target` header. */
const targets: Record<string, string> = {
  'cognito-idp': 'AWSCognitoIdentityProviderService',
  dynamodb: 'DynamoDB_20120810',
  'dynamodb-streams': 'DynamoDBStreams_20120810',
  logs: 'Logs_20140328',
};

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine({ log: () => undefined });
});
afterAll(() => engine?.stop());

const isOperation = (schema: unknown): schema is [9, string, string] => Array.isArray(schema) && schema[0] === 9;
const unservedOf = ({ sdk, operations }: Service): string[] =>
  Object.values(sdk)
    .filter(isOperation)
    .map(([, , name]) => name)
    .filter((name) => !Object.hasOwn(operations, name));

interface Refusal {
  status: number;
  code: string | null | undefined;
  text: string;
}

async function call(name: string, service: Service, operation: string): Promise<Refusal> {
  const { protocol, version, sdk, signingName } = service;
  const [method, template] = protocol === 'rest-json' ? httpOf(sdk, operation) : ['POST', '/'];
  const [path = '/', query = ''] = template.replaceAll(/\{\w+\+?\}/g, 'x').split('?');
  const isForm = protocol === 'query';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = isForm ? `Action=${operation}&Version=${version}` : hasBody ? '{}' : '';
  const type = { query: 'application/x-www-form-urlencoded', 'rest-json': 'application/json' }[protocol as string];
  const sent = {
    'content-type': type ?? 'application/x-amz-json-1.0',
    ...(protocol !== 'rest-json' && !isForm && { 'x-amz-target': `${targets[name]}.${operation}` }),
  };
  const { endpoint, credentials } = engine;
  const headers = signHeaders({
    endpoint,
    credentials,
    service: signingName,
    method,
    path,
    query,
    body,
    headers: sent,
  });
  const answer = await fetch(`${endpoint}${path}${query && `?${query}`}`, {
    method,
    headers,
    ...(hasBody && { body }),
  });
  const text = await answer.text();
  const code = isForm
    ? /<Code>(\w+)</.exec(text)?.[1]
    : (answer.headers.get('x-amzn-errortype') ?? (JSON.parse(text) as { __type?: string }).__type);
  return { status: answer.status, code, text };
}

it.each(servedServices)('%s names every operation that is not served', async (name) => {
  const catalog = await findCatalog(undefined, name);
  if (!catalog) throw new Error(name);
  const { service } = catalog;
  const unserved = unservedOf(service);
  const wrong: string[] = [];
  for (const operation of unserved) {
    const { status, code, text } = await call(name, service, operation);
    const expected = service.protocol === 'query' ? 'InvalidAction' : 'UnknownOperationException';
    const isNamed = text.includes(
      `The operation ${operation} of ${service.signingName} is not served by this endpoint`,
    );
    if (!isNamed || code?.split('#').at(-1) !== expected || status < 400 || status > 404)
      wrong.push(`${operation}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
  // Streams are served whole; of every other service something is not.
  expect(unserved.length > 0).toBe(name !== 'dynamodb-streams');
});

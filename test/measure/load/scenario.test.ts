import { expect, test } from 'vitest';
import { compileScenario, parseScenario, requestSources, singleRequest } from '../../../src/measure/load/scenario.ts';
import { compileTemplate, parseCsv } from '../../../src/measure/load/template.ts';

const place = {
  apiUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/prod/DynamoDBManager',
  tableName: 'lambda-apigateway',
};
const never = () => 0;

test('variables are filled anew each time; text without any stays as it is', () => {
  const template = compileTemplate(
    '{"id":"{{$uuid}}","n":{{ $randomInt }},"at":{{$timestamp}},"iso":"{{$isoTimestamp}}"}',
  );
  const [first, second] = [JSON.parse(template.render({})), JSON.parse(template.render({}))];
  expect(first.id).toMatch(/^[0-9a-f]{8}-/);
  expect(first.id).not.toBe(second.id);
  expect(first.n).toBeGreaterThanOrEqual(0);
  expect(first.n).toBeLessThanOrEqual(1000);
  expect(Math.abs(first.at - Date.now() / 1000)).toBeLessThan(5);
  expect(Date.parse(first.iso)).toBeGreaterThan(0);
  expect(compileTemplate('{"a":1}').fixed).toBe('{"a":1}');
});

test('values from data cannot change the shape of a request', () => {
  const template = compileTemplate('{"name":"{{name}}"}', ['name']);
  for (const name of ['Ada', 'a"b', '\\', 'line\nbreak', '","admin":true,"x":"', 'é€😀']) {
    expect(JSON.parse(template.render({ name }))).toEqual({ name });
  }
});

test.each(['{{nonsense}}', '{{constructor}}', '{{__proto__}}', '{{}}'])('unknown: %s', (text) => {
  expect(() => compileTemplate(text, ['name'])).toThrow(RangeError);
});

test('CSV as RFC 4180 has it', () => {
  expect(parseCsv('id,name\r\n1,Ada\r\n2,"Lovelace, ""A"""\r\n3,"two\nlines"\r\n')).toEqual([
    { id: '1', name: 'Ada' },
    { id: '2', name: 'Lovelace, "A"' },
    { id: '3', name: 'two\nlines' },
  ]);
  expect(parseCsv('a,b\n1,')).toEqual([{ a: '1', b: '' }]);
  expect(parseCsv('a\n')).toEqual([]);
  expect(() => parseCsv('a,b\n1')).toThrow(RangeError);
  expect(() => parseCsv('a,b\n"1"x,2')).toThrow(RangeError);
});

test('a scenario file: operations, weights, the stack’s own table', () => {
  const parsed = parseScenario(
    JSON.stringify({
      requests: [
        { operation: 'read', payload: { Key: { id: '1' } }, weight: 3 },
        {
          name: 'raw',
          operation: 'create',
          payload: '{"Item":{"id":"{{$uuid}}","n":{{$randomInt}}}}',
          tableName: 'other',
        },
        { operation: 'ping' },
      ],
    }),
    place,
  );
  expect(parsed.map(({ name, weight }) => [name, weight])).toEqual([
    ['read', 3],
    ['raw', undefined],
    ['ping', undefined],
  ]);
  const { requests, weights } = compileScenario(parsed);
  expect(weights).toEqual([3, 1, 1]);
  expect(requests.map(({ template }) => JSON.parse(template.render({})))).toMatchObject([
    { operation: 'read', tableName: 'lambda-apigateway', payload: { Key: { id: '1' } } },
    { operation: 'create', tableName: 'other', payload: { Item: { id: expect.any(String), n: expect.any(Number) } } },
    { operation: 'ping' },
  ]);
});

test('each user goes through the requests by itself, with a row a pass; by weight each is drawn; rows go round', () => {
  const parsed = ['a', 'b', 'c'].map((name) => ({
    name,
    weight: undefined,
    body: singleRequest('echo', '"{{row}}"', 't'),
  }));
  const rows = [{ row: '1' }, { row: '2' }];
  const open = requestSources(compileScenario(parsed, rows), never);
  const [first, second] = [open(), open()];
  const sent = [first, second, first, second, first, first, second, second].map((next) => next());
  expect(sent.map(({ index, body }) => [index, JSON.parse(body).payload])).toEqual([
    [0, '1'],
    [0, '2'],
    [1, '1'],
    [1, '2'],
    [2, '1'],
    [0, '1'],
    [2, '2'],
    [0, '2'],
  ]);
  const weighted = compileScenario(
    parsed.map((each, index) => ({ ...each, weight: [1, 2, 7][index] })),
    rows,
  );
  const draws = [0, 0.0999, 0.1, 0.299, 0.3, 0.999_999_999];
  const drawn = requestSources(weighted, () => draws.shift() ?? 0)();
  const taken = Array.from({ length: 6 }, () => drawn());
  expect(taken.map(({ index }) => index)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(taken.map(({ body }) => JSON.parse(body).payload)).toEqual(['1', '2', '1', '2', '1', '2']);
});

test('a Postman collection: folders in order, its own variables, only bodies', () => {
  const collection = {
    info: { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    variable: [{ key: 'id', value: 'from-collection' }],
    item: [
      {
        name: 'folder',
        item: [
          {
            name: 'create',
            request: {
              method: 'POST',
              header: [{ key: 'Authorization', value: 'stolen' }],
              url: { raw: '{{invokeUrl}}/DynamoDBManager' },
              body: { mode: 'raw', raw: '{"operation":"create","payload":{"Item":{"id":"{{id}}-{{$guid}}"}}}' },
            },
          },
        ],
      },
      {
        name: 'ping',
        request: { method: 'POST', url: place.apiUrl, body: { mode: 'raw', raw: '{"operation":"ping"}' } },
      },
    ],
  };
  const { requests } = compileScenario(parseScenario(JSON.stringify(collection), place));
  expect(requests.map(({ name }) => name)).toEqual(['create', 'ping']);
  expect(requests[0]?.template.render({})).toMatch(/"id":"from-collection-[0-9a-f-]{36}"/);
  expect(requests[0]?.template.render({})).not.toContain('stolen');
});

test('Postman: variables within variables, and addresses in parts', () => {
  const item = (url: unknown) => ({ name: 'x', request: { method: 'POST', url, body: { raw: '"{{greeting}}"' } } });
  const collection = {
    variable: [
      { key: 'greeting', value: 'Hello {{who}}' },
      { key: 'who', value: '{{title}} Lovelace' },
      { key: 'title', value: 'Ada' },
      { key: 'api', value: '{{scheme}}://abc.execute-api.us-east-1.amazonaws.com/prod' },
      { key: 'scheme', value: 'https' },
    ],
    item: [
      item('{{api}}/DynamoDBManager'),
      item({
        protocol: 'https',
        host: ['abc', 'execute-api', 'us-east-1', 'amazonaws', 'com'],
        path: ['prod', 'DynamoDBManager'],
      }),
      item({ host: ['{{invokeUrl}}'], path: ['DynamoDBManager'] }),
      item('{{apiUrl}}'),
      item(`${place.apiUrl}/?traced=1`),
    ],
  };
  const parsed = parseScenario(JSON.stringify(collection), place);
  expect(parsed.map(({ body }) => body)).toEqual(Array(5).fill('"Hello Ada Lovelace"'));
});

test('Postman: a variable that names itself ends', () => {
  const variable = [{ key: 'a', value: 'x{{a}}' }];
  const item = [{ name: 'x', request: { method: 'POST', url: place.apiUrl, body: { raw: '"{{a}}"' } } }];
  const parsed = parseScenario(JSON.stringify({ variable, item }), place);
  expect(() => compileScenario(parsed)).toThrow('{{a}} is unknown');
});

const postman = (request: object) => JSON.stringify({ item: [{ name: 'x', request }] });

test.each([
  ['no JSON', '{', 'A scenario is'],
  ['a list', '[]', 'A scenario is'],
  ['neither form', '{}', 'requests'],
  ['no operation', '{"requests":[{}]}', 'operation'],
  ['a weight of 0', '{"requests":[{"operation":"ping","weight":0}]}', 'weight'],
  ['another host', postman({ method: 'POST', url: 'https://example.com/x', body: { raw: '{}' } }), 'own API'],
  [
    'another host behind a user',
    postman({
      method: 'POST',
      url: 'https://abc.execute-api.us-east-1.amazonaws.com@example.com/',
      body: { raw: '{}' },
    }),
    'own API',
  ],
  [
    'another path',
    postman({ method: 'POST', url: new URL('/prod/other', place.apiUrl).href, body: { raw: '{}' } }),
    'own API',
  ],
  [
    'another port',
    postman({
      method: 'POST',
      url: 'https://abc.execute-api.us-east-1.amazonaws.com:8443/prod/DynamoDBManager',
      body: { raw: '{}' },
    }),
    'own API',
  ],
  [
    'what a variable begins',
    postman({ method: 'POST', url: '{{apiUrl}}.evil.example/x', body: { raw: '{}' } }),
    'own API',
  ],
  [
    'another path after a variable',
    postman({ method: 'POST', url: '{{apiUrl}}/../other', body: { raw: '{}' } }),
    'own API',
  ],
  [
    'another host in parts',
    postman({ method: 'POST', url: { protocol: 'https', host: ['example', 'com'] }, body: { raw: '{}' } }),
    'own API',
  ],
  ['a GET', postman({ method: 'GET', url: place.apiUrl }), 'POST only'],
  ['no body', postman({ method: 'POST', url: place.apiUrl }), 'no raw body'],
])('refused: %s', (_name, text, reason) => {
  expect(() => parseScenario(text, place)).toThrow(reason);
});

test('a request that comes out as no JSON is refused before the run', () => {
  expect(() => compileScenario([{ name: 'x', weight: undefined, body: '{"a":{{$uuid}}}' }])).toThrow('no JSON');
  expect(() => compileScenario([])).toThrow(RangeError);
});

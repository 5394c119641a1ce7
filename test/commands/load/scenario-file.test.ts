import { describe, expect, it, test } from 'vitest';
import { readCollection } from '../../../src/commands/load/postman.ts';
import { readScenarioFile, type ScenarioPlace } from '../../../src/commands/load/scenario-file.ts';
import { DynopsError } from '../../../src/errors.ts';
import { compileScenario, requestSources } from '../../../src/measure/load/scenario.ts';
import { type Route, tutorialService } from '../../../src/stack/service.ts';

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  function: 'notes',
  auth: 'pool',
  integration: 'proxy',
});
const routes = [
  route('GET', '/notes'),
  route('POST', '/notes'),
  route('ANY', '/notes/{id}'),
  route('GET', '/notes/latest'),
  route('GET', '/files/{proxy+}'),
];
const own: ScenarioPlace = { routes, tableName: 'notes', columns: ['name'] };
const tutorial: ScenarioPlace = { routes: tutorialService.routes, tableName: 'lambda-apigateway', columns: [] };

const sentBy = (specs: Parameters<typeof compileScenario>[0]) => {
  const next = requestSources(compileScenario(specs, [{ name: 'Ada' }]), () => 0)();
  return specs.map(() => next());
};

describe('a scenario file', () => {
  it('has operations of the tutorial’s function, weights, the stack’s own table', () => {
    const text = `{"requests": [
      {"operation": "read", "payload": {"Key": {"id": "1"}}, "weight": 3},
      {"name": "raw", "operation": "create", "payload": "{\\"n\\":{{$randomInt}}}", "tableName": "other"},
      {"operation": "ping", "weight": 0.5}
    ]}`;
    const specs = readScenarioFile(text, 'mix.json', tutorial);
    expect(specs.map(({ name, weight, target }) => [name, weight, target])).toEqual([
      ['read', 3, '/DynamoDBManager'],
      ['raw', undefined, '/DynamoDBManager'],
      ['ping', 0.5, '/DynamoDBManager'],
    ]);
    const scenario = compileScenario(specs);
    expect(scenario.weights).toEqual([3, 1, 0.5]);
    expect(scenario.requests.map(({ body }) => JSON.parse(body?.render({}) ?? ''))).toMatchObject([
      { operation: 'read', tableName: 'lambda-apigateway', payload: { Key: { id: '1' } } },
      { operation: 'create', tableName: 'other', payload: { n: expect.any(Number) } },
      { operation: 'ping' },
    ]);
  });

  it('has methods and paths of a service, with query, headers, body and what is captured', () => {
    const text = `{"requests": [
      {"method": "POST", "path": "/notes", "body": {"text": "Hi {{name}}", "n": 12345678901234567890}, "capture": {"id": "/id"}},
      {"name": "read", "method": "GET", "path": "/notes/{{name}} 1?a=b", "query": {"who is": "{{name}}&"}, "headers": {"X-A": "1"}},
      {"method": "PUT", "path": "/notes/x", "body": "plain {{name}}", "headers": {"content-type": "text/plain"}}
    ]}`;
    const specs = readScenarioFile(text.replace(' 1?', '-1?'), 'mix.json', own);
    const [post, get, put] = sentBy(specs);
    expect(specs.map(({ name }) => name)).toEqual(['POST /notes', 'read', 'PUT /notes/x']);
    expect(post).toMatchObject({
      method: 'POST',
      target: '/notes',
      headers: expect.stringContaining('application/json'),
    });
    expect(post?.body).toBe('{"text": "Hi Ada", "n": 12345678901234567890}');
    expect(post?.take).toBeDefined();
    expect(get).toMatchObject({ index: 0 });
    expect(sentBy(specs.slice(1))).toMatchObject([
      {
        method: 'GET',
        target: '/notes/Ada-1?a=b&who%20is=Ada%26',
        headers: 'Accept: */*\r\nX-A: 1\r\n',
        body: undefined,
      },
      { method: 'PUT', target: '/notes/x', headers: 'Accept: */*\r\ncontent-type: text/plain\r\n', body: 'plain Ada' },
    ]);
    expect(put).toBeDefined();
  });

  const get = (members: string) => `{"requests": [\n {"method": "GET", "path": "/notes"},\n {${members}}\n]}`;
  it.each([
    ['no JSON', '{"requests": [}', 'mix.json:1:15: this is not valid JSON'],
    ['a list', '[]', 'mix.json:1:1: the file must hold one JSON object'],
    ['no requests', '{}', 'mix.json:1:1: "requests" is missing'],
    ['requests that are no list', '{"requests": {}}', 'mix.json:1:14: "requests" must be a list'],
    ['no request', '{"requests": []}', 'mix.json:1:14: "requests" is empty'],
    ['an unknown member of the file', '{"requests": [], "users": 3}', 'mix.json:1:18: unknown key "users"'],
    ['a request that is none', '{"requests": [\n3]}', 'mix.json:2:1: "requests[0]" must be an object; it is 3'],
    [
      'a misspelt member',
      get('"method": "GET", "paht": "/notes"'),
      '3:20: unknown key "paht" in "requests[1]". Did you mean "path"?',
    ],
    ['no path', get('"method": "GET"'), '3:2: "path" is missing in "requests[1]"'],
    [
      'a method in small letters',
      get('"method": "get", "path": "/notes"'),
      '3:13: "requests[1].method" must be one of',
    ],
    ['ANY', get('"method": "ANY", "path": "/notes"'), '3:13: "requests[1].method" must be one of'],
    ['a path without /', get('"method": "GET", "path": "notes"'), '3:28: "requests[1].path" must begin with "/"'],
    ['a path upwards', get('"method": "GET", "path": "/files/../x"'), '3:28: "requests[1].path" must begin'],
    [
      'a whole address',
      get('"method": "GET", "path": "https://example.org/notes"'),
      '3:28: "requests[1].path" must begin',
    ],
    [
      'a path that no route takes',
      get('"method": "GET", "path": "/note"'),
      '3:28: no route takes GET /note. Did you mean "GET /notes"?',
    ],
    ['a method that no route takes', get('"method": "DELETE", "path": "/notes"'), '3:31: no route takes DELETE /notes'],
    [
      'a method that the written-out path has not',
      get('"method": "PUT", "path": "/notes/latest"'),
      'no route takes PUT /notes/latest',
    ],
    [
      'a query that is no object',
      get('"method": "GET", "path": "/notes", "query": "a=b"'),
      '3:47: "requests[1].query" must be an object',
    ],
    [
      'a number in the query',
      get('"method": "GET", "path": "/notes", "query": {"a": 1}'),
      '"requests[1].query.a" must be a string; it is 1',
    ],
    [
      'a header that the load sets',
      get('"method": "GET", "path": "/notes", "headers": {"Host": "x"}'),
      '"Host" in "requests[1].headers" is set by the load',
    ],
    [
      'no header',
      get('"method": "GET", "path": "/notes", "headers": {"a b": "x"}'),
      '"a b" in "requests[1].headers" is not the name of a header',
    ],
    [
      'a header of two lines',
      get('"method": "GET", "path": "/notes", "headers": {"a": "x\\r\\nHost: y"}'),
      'must be one line of ASCII',
    ],
    [
      'a weight of 0',
      get('"method": "GET", "path": "/notes", "weight": 0'),
      '"requests[1].weight" must be a number from 0.001',
    ],
    [
      'a weight beyond all numbers',
      get('"method": "GET", "path": "/notes", "weight": 1e999'),
      '"requests[1].weight" must be a number from 0.001 to 1000000; it is Infinity.',
    ],
    [
      'a weight below nothing',
      get('"method": "GET", "path": "/notes", "weight": -0.0'),
      '"requests[1].weight" must be a number from 0.001 to 1000000; it is -0.',
    ],
    [
      'a pointer without /',
      get('"method": "GET", "path": "/notes", "capture": {"id": "id"}'),
      '"requests[1].capture.id" must be a JSON Pointer into the answer; it is "id". For example "/id"',
    ],
    [
      'a variable of blanks',
      get('"method": "GET", "path": "/notes", "capture": {"my id": "/id"}'),
      '"my id" in "requests[1].capture" must be letters',
    ],
    [
      'a column as a variable',
      get('"method": "GET", "path": "/notes", "capture": {"name": "/id"}'),
      '"name" is a column of --data, too',
    ],
    [
      'capture beside weights',
      get('"method": "GET", "path": "/notes", "capture": {"id": "/id"}, "weight": 2'),
      '"capture" needs an order',
    ],
    [
      'an unknown variable in a path',
      get('"method": "GET", "path": "/notes/{{id}}"'),
      '3:36: {{id}} is unknown; known are {{$uuid}}',
    ],
    [
      'an unknown variable in a body',
      get('"method": "POST", "path": "/notes",\n"body": {"a": ["{{nmae}}"]}'),
      '4:17: {{nmae}} is unknown',
    ],
    [
      'a variable before it is captured',
      get('"method": "GET", "path": "/notes/{{id}}", "capture": {"id": "/id"}'),
      '{{id}} is unknown',
    ],
    [
      'an operation where none is known',
      get('"operation": "read"'),
      '3:16: this service has no route that takes operations',
    ],
  ])('is refused with file and line: %s', (_what, text, said) => {
    const read = () => readScenarioFile(text, 'loads/mix.json', own);
    expect(read).toThrow(DynopsError);
    expect(read).toThrow(said);
  });

  it('is refused with every mistake at once', () => {
    const text = get('"method": "GTE", "path": "notes", "wait": 1');
    expect(() => readScenarioFile(text, 'mix.json', own)).toThrow(/3:13: .*\n.*3:28: .*\n.*3:37: /);
  });

  it('knows the tutorial’s operations', () => {
    const read = () => readScenarioFile('{"requests": [{"operation": "raed"}]}', 'mix.json', tutorial);
    expect(read).toThrow('mix.json:1:29: there is no operation "raed"');
  });
});

const place = { baseUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/prod', routes: tutorialService.routes };
const apiUrl = `${place.baseUrl}/DynamoDBManager`;

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
        request: { method: 'POST', url: apiUrl, body: { mode: 'raw', raw: '{"operation":"ping"}' } },
      },
    ],
  };
  const { requests } = compileScenario(readCollection(collection, place));
  expect(requests.map(({ name }) => name)).toEqual(['create', 'ping']);
  expect(requests[0]?.body?.render({})).toMatch(/"id":"from-collection-[0-9a-f-]{36}"/);
  expect(requests[0]?.body?.render({})).not.toContain('stolen');
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
      item(`${apiUrl}/?traced=1`),
    ],
  };
  const parsed = readCollection(collection, place);
  expect(parsed.map(({ body }) => body)).toEqual(Array(5).fill('"Hello Ada Lovelace"'));
});

test('Postman: a variable that names itself ends', () => {
  const variable = [{ key: 'a', value: 'x{{a}}' }];
  const item = [{ name: 'x', request: { method: 'POST', url: apiUrl, body: { raw: '"{{a}}"' } } }];
  const parsed = readCollection({ variable, item }, place);
  expect(() => compileScenario(parsed)).toThrow('{{a}} is unknown');
});

const postman = (request: object) => ({ item: [{ name: 'x', request }] });

test.each([
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
    postman({ method: 'POST', url: new URL('/prod/other', apiUrl).href, body: { raw: '{}' } }),
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
  ['a GET', postman({ method: 'GET', url: apiUrl }), 'no route takes GET /DynamoDBManager'],
  ['no body', postman({ method: 'POST', url: apiUrl }), 'no raw body'],
])('a collection is refused: %s', (_name, collection, reason) => {
  expect(() => readCollection(collection, place)).toThrow(reason);
});

test('a collection of a service’s routes: methods, paths with variables, queries, headers without the token', () => {
  const item = (method: string, url: unknown, more: object = {}) => ({ name: 'x', request: { method, url, ...more } });
  const collection = {
    item: [
      item('GET', '{{apiUrl}}/notes?limit={{name}}', {
        header: [
          { key: 'Authorization', value: 'stolen' },
          { key: 'X-A', value: 'b' },
        ],
      }),
      item(
        'PUT',
        {
          raw: 'https://abc.execute-api.us-east-1.amazonaws.com/prod/notes/:id',
          variable: [{ key: 'id', value: '7' }],
        },
        { body: { mode: 'raw', raw: 'text' } },
      ),
      item('DELETE', `${place.baseUrl}/notes/{{name}}`),
    ],
  };
  expect(sentBy(readCollection(collection, { ...place, routes }))).toMatchObject([
    { method: 'GET', target: '/notes?limit=Ada', headers: 'Accept: */*\r\nX-A: b\r\n', body: undefined },
    { method: 'PUT', target: '/notes/7', body: 'text' },
    { method: 'DELETE', target: '/notes/Ada' },
  ]);
});

import { expect, test } from 'vitest';
import { compileScenario, requestSources } from '../../../src/measure/load/scenario.ts';
import { compileTemplate, parseCsv } from '../../../src/measure/load/template.ts';

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
});

// The lines before each row were once counted anew, which took minutes.
test('CSV of many rows is read in time', () => {
  expect(parseCsv(`a,b\n${'1,"2\n3"\n'.repeat(60_000)}`)).toHaveLength(60_000);
}, 10_000);

test.each([
  ['too few values', 'a,b\n1', 'line 2 has 1 values, and the first line names 2: a, b'],
  ['a value of two lines before it', 'a,b\n"1\n1",2\n\n3', 'line 5 has 1 values'],
  ['text after a quotation mark', 'a,b\n"1"x,2', 'line 2: a quotation mark is out of place'],
  ['a quotation that does not end', 'a,b\n1,"2\n', 'line 2: a quotation mark is out of place'],
  ['a column twice', 'a,b, a\n1,2,3', 'line 1: the column "a" is there twice'],
])('a CSV file with %s: the line is named', (_, text, said) => {
  expect(() => parseCsv(text)).toThrow(RangeError);
  expect(() => parseCsv(text)).toThrow(said);
});

test('each user goes through the requests by itself, with a row a pass; by weight each is drawn; rows go round', () => {
  const parsed = ['a', 'b', 'c'].map((name) => ({
    name,
    weight: undefined,
    body: '{"payload":"{{row}}"}',
  }));
  const rows = [{ row: '1' }, { row: '2' }];
  const open = requestSources(compileScenario(parsed, rows), never);
  const [first, second] = [open(), open()];
  const sent = [first, second, first, second, first, first, second, second].map((next) => next());
  expect(sent.map(({ index, body }) => [index, JSON.parse(body ?? '').payload])).toEqual([
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
  expect(taken.map(({ body }) => JSON.parse(body ?? '').payload)).toEqual(['1', '2', '1', '2', '1', '2']);
});

test('a request is written out where it goes: path, query, headers, JSON and other text each escaped in its own way', () => {
  const spec = {
    name: 'x',
    method: 'PUT',
    target: '/notes/{{id}}?q={{id}}',
    headers: { 'X-Id': '{{id}}', accept: 'text/plain' },
  };
  const id = 'a/b "c"\r\nHost: evil?&é';
  const next = (body: string) => requestSources(compileScenario([{ ...spec, body }], [{ id }]), never)()();
  const json = next('{"id":"{{id}}"}');
  expect(json.target).toBe(`/notes/${encodeURIComponent(id)}?q=${encodeURIComponent(id)}`);
  expect(json.headers).toBe(
    'Content-Type: application/json\r\nX-Id: a/b "c"%0D%0AHost: evil?&%C3%A9\r\naccept: text/plain\r\n',
  );
  expect(JSON.parse(json.body ?? '')).toEqual({ id });
  const text = next('id={{id}}');
  expect(text.body).toBe(`id=${id}`);
  expect(text.headers).not.toContain('Content-Type');
});

test('what is captured goes into the requests behind it, with its digits; without it the pass begins anew', () => {
  const scenario = compileScenario([
    { name: 'make', body: '{}', capture: { id: '/item/id', n: '/list/1' } },
    { name: 'read', method: 'GET', target: '/{{id}}/{{n}}' },
  ]);
  const next = requestSources(scenario, never)();
  const answer = (text: string) => next().take?.(Buffer.from(text));
  expect(answer('{"item":{"id":"a b"},"list":[0,12345678901234567890]}')).toBeUndefined();
  expect(next().target).toBe('/a%20b/12345678901234567890');
  for (const [text, problem] of [
    ['{"list":[0,1]}', 'no /item/id in the answer'],
    ['{"item":{"id":{}},"list":[0,1]}', '/item/id is object in the answer'],
    ['{"item":{"id":null},"list":[0,1]}', '/item/id is null in the answer'],
    ['{"item":{"id":"1"},"list":{"1":2}}', undefined],
    ['{"item":{"id":"1"},"list":[0]}', 'no /list/1 in the answer'],
    ['Internal Server Error', 'no /item/id in the answer'],
    ['['.repeat(60_000), 'no /item/id in the answer'],
  ] as const) {
    const made = next();
    expect(made.index).toBe(0);
    expect(made.take?.(Buffer.from(text)), text).toBe(problem);
    if (problem === undefined) expect(next().target).toBe('/1/2');
  }
  // An answer that never came, or no good one.
  next();
  expect(next().index).toBe(0);
});

test('a request that does not come out as JSON is refused before the run', () => {
  expect(() => compileScenario([{ name: 'x', weight: undefined, body: '{"a":{{$uuid}}}' }])).toThrow('not valid JSON');
  expect(() => compileScenario([])).toThrow(RangeError);
});

import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/commands/call/operations.ts';
import { type BodyOptions, bodyText, nextPagePayload, payloadText } from '../../../src/commands/call/request.ts';

/** The payload as an object; its text is what is sent. */
function payload(...parameters: Parameters<typeof payloadText>): unknown {
  return JSON.parse(payloadText(...parameters) ?? 'null');
}

describe('payloadText', () => {
  it('makes what each operation needs', () => {
    expect(payload('create', { item: '{"id": "1"}' })).toEqual({ Item: { id: '1' } });
    expect(payload('read', { id: '7' })).toEqual({ Key: { id: '7' } });
    expect(payload('read', { key: '{"a": 1}' })).toEqual({ Key: { a: 1 } });
    expect(payload('delete', { id: 'x"y' })).toEqual({ Key: { id: 'x"y' } });
    expect(payload('list', {})).toEqual({});
    expect(payload('list', { limit: 5, all: true })).toEqual({ Limit: 5 });
    expect(payload('ping', {})).toBeNull();
    expect(payload('echo', { payload: '[1, "two"]' })).toEqual([1, 'two']);
  });

  it('makes an update of aliases only', () => {
    const set = ['name=Ada', 'born=1815', 'tags=["a"]', 'text="5"', 'empty=', 'eq=a=b', 'born2=null'];
    expect(payload('update', { id: '1', set, remove: ['size', 'name'] })).toEqual({
      Key: { id: '1' },
      UpdateExpression:
        'SET #n0 = :v0, #n1 = :v1, #n2 = :v2, #n3 = :v3, #n4 = :v4, #n5 = :v5, #n6 = :v6 REMOVE #n7, #n0',
      ExpressionAttributeNames: {
        '#n0': 'name',
        '#n1': 'born',
        '#n2': 'tags',
        '#n3': 'text',
        '#n4': 'empty',
        '#n5': 'eq',
        '#n6': 'born2',
        '#n7': 'size',
      },
      ExpressionAttributeValues: {
        ':v0': 'Ada',
        ':v1': 1815,
        ':v2': ['a'],
        ':v3': '5',
        ':v4': '',
        ':v5': 'a=b',
        ':v6': null,
      },
      ReturnValues: 'ALL_NEW',
    });
  });

  it.each([
    ['addr.city=Paris', [], 'SET #n0.#n1 = :v0', { '#n0': 'addr', '#n1': 'city' }],
    ['lines[2].text=x', [], 'SET #n0[2].#n1 = :v0', { '#n0': 'lines', '#n1': 'text' }],
    ['grid[0][1]=x', [], 'SET #n0[0][1] = :v0', { '#n0': 'grid' }],
    // A dot, a bracket, an equals sign and a backslash that belong to the name.
    [String.raw`addr\.city=Paris`, [], 'SET #n0 = :v0', { '#n0': 'addr.city' }],
    [String.raw`a\=b\[0\]\\=x`, [], 'SET #n0 = :v0', { '#n0': 'a=b[0]\\' }],
    [
      'a.a=1',
      ['a.b', 'tags[0]'],
      'SET #n0.#n0 = :v0 REMOVE #n0.#n1, #n2[0]',
      { '#n0': 'a', '#n1': 'b', '#n2': 'tags' },
    ],
  ])('takes %s %j as paths', (set, remove, expression, names) => {
    expect(payload('update', { id: '1', set: [set], remove })).toMatchObject({
      UpdateExpression: expression,
      ExpressionAttributeNames: names,
    });
  });

  it.each(['a..b', '.a', 'a.', 'a[x]', 'a[0', 'a[0]b', '[0]', 'a\\'])('refuses %s, which is no path', (path) => {
    expect(() => payloadText('update', { id: '1', remove: [path] })).toThrow(/is not a path to an attribute/);
  });

  it('has no values where none are needed', () => {
    expect(payload('update', { id: '1', remove: ['a'] })).toEqual({
      Key: { id: '1' },
      UpdateExpression: 'REMOVE #n0',
      ExpressionAttributeNames: { '#n0': 'a' },
      ReturnValues: 'ALL_NEW',
    });
  });

  it.each([
    ['age >= 18', '#n0 >= :v0', { '#n0': 'age' }, { ':v0': 18 }],
    ['size(name)>3', 'size(#n0)>:v0', { '#n0': 'name' }, { ':v0': 3 }],
    [
      String.raw`addr\.city = 1 AND a.b = 2`,
      '#n0 = :v0 AND #n1.#n2 = :v1',
      { '#n0': 'addr.city', '#n1': 'a', '#n2': 'b' },
      { ':v0': 1, ':v1': 2 },
    ],
    [
      `begins_with(name, "A") and not (status = 'x y')`,
      'begins_with(#n0, :v0) AND NOT (#n1 = :v1)',
      { '#n0': 'name', '#n1': 'status' },
      { ':v0': 'A', ':v1': 'x y' },
    ],
    [
      'a.b[3] BETWEEN -1.5 AND 2e3',
      '#n0.#n1[3] BETWEEN :v0 AND :v1',
      { '#n0': 'a', '#n1': 'b' },
      { ':v0': -1.5, ':v1': 2000 },
    ],
    [
      'x IN (1, "2", true) OR x = null',
      '#n0 IN (:v0, :v1, :v2) OR #n0 = :v3',
      { '#n0': 'x' },
      { ':v0': 1, ':v1': '2', ':v2': true, ':v3': null },
    ],
    ['naïve <> ""', '#n0 <> :v0', { '#n0': 'naïve' }, { ':v0': '' }],
    ['attribute_exists(size)', 'attribute_exists(#n0)', { '#n0': 'size' }, undefined],
  ])('translates the filter %s', (filter, expression, names, values) => {
    expect(payload('list', { filter })).toEqual({
      FilterExpression: expression,
      ...(names && { ExpressionAttributeNames: names }),
      ...(values && { ExpressionAttributeValues: values }),
    });
  });

  it.each<[Operation, BodyOptions]>([
    ['create', {}],
    ['create', { item: '[]' }],
    ['create', { item: '"x"' }],
    ['create', { key: '{}' }],
    ['create', { item: '{}', payload: '{}' }],
    ['read', {}],
    ['read', { id: '1', key: '{}' }],
    ['read', { id: '1', all: true }],
    ['update', { id: '1' }],
    ['update', { id: '1', set: ['name'] }],
    ['update', { id: '1', set: ['=5'] }],
    ['list', { filter: 'a = $' }],
    ['list', { filter: 'a = "open' }],
    ['list', { filter: ' ' }],
    ['list', { id: '1' }],
    ['list', { limit: 3, payload: '{}' }],
    ['echo', {}],
    ['echo', { payload: '{' }],
    ['ping', { limit: 3 }],
  ])('refuses %s %j', (operation, options) => {
    const attempt = () => payloadText(operation, options);
    expect(attempt).toThrow(expect.objectContaining({ code: 'Usage', exitStatus: 64 }));
  });
});

describe('the body', () => {
  it('holds the payload as it was given', () => {
    expect(bodyText('echo', undefined, '{"b": 1.50}')).toBe('{"operation":"echo","payload":{"b": 1.50}}');
    expect(bodyText('ping', undefined, undefined)).toBe('{"operation":"ping"}');
    expect(bodyText('list', 'T', '{}')).toBe('{"operation":"list","tableName":"T","payload":{}}');
  });

  it('asks for the page after a key, replacing an earlier one', () => {
    const first = nextPagePayload('{"Limit":2}', '{"id":"a","n":12345678901234567890}');
    expect(first).toBe('{"Limit":2,"ExclusiveStartKey":{"id":"a","n":12345678901234567890}}');
    expect(nextPagePayload(first, '{"id":"b"}')).toBe('{"Limit":2,"ExclusiveStartKey":{"id":"b"}}');
  });
});

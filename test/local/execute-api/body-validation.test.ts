import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
let api: TestApi;
beforeAll(async () => {
  fixture = await startGateway();
  api = await fixture.makeApi({ '/plain': { integration: mock } });
});
afterAll(() => fixture?.engine.stop());

const mock = { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode":200}' } } as const;
const json = { headers: { 'Content-Type': 'application/json' } };
const invalid = { status: 400, body: '{"message":"Invalid request body"}' };

async function addModel(name: string, schema: object, contentType = 'application/json') {
  const { restApiId } = api;
  return fixture.gateway.createModel({ restApiId, name, contentType, schema: JSON.stringify(schema) });
}

async function addMethod(path: string, requestModels: Record<string, string>) {
  const { id } = await fixture.gateway.createRequestValidator({
    restApiId: api.restApiId,
    name: path,
    validateRequestBody: true,
  });
  await api.add(path, { integration: mock, method: { requestModels, ...(id && { requestValidatorId: id }) } });
}

describe('a request validator of bodies', () => {
  // Recorded: localstack `apigateway/test_apigateway_common` test_api_gateway_request_validator (2024).
  it('refuses what is not as the model says, an empty body too', async () => {
    const number = { type: 'number' };
    const properties = { a: number, b: number };
    await addModel('testSchema', { title: 'testSchema', type: 'object', properties, required: ['a', 'b'] });
    await addMethod('/nested', { 'application/json': 'testSchema' });
    await api.deploy();
    expect(await api.call('/nested', { body: '{"test":"test"}', ...json })).toMatchObject(invalid);
    expect(await api.call('/nested', { body: '' })).toMatchObject(invalid);
    expect(await api.call('/nested', { body: '', ...json })).toMatchObject(invalid);
    expect(await api.call('/nested', { body: '{"a":1,"b":', ...json })).toMatchObject(invalid);
    expect((await api.call('/nested', { body: '{"a":1,"b":2}' })).status).toBe(200);
    const { headers } = await api.call('/nested', { body: '{}' });
    expect(headers['x-amzn-errortype']).toBe('BadRequestException');
  });

  // Recorded: the same, test_api_gateway_request_validator_with_ref_models and …_with_ref_one_ofmodels (2024).
  it('follows references to other models', async () => {
    const $ref = `https://apigateway.amazonaws.com/restapis/${api.restApiId}/models/`;
    await addModel('list', { type: 'array', items: { $ref: `${$ref}testSchema` } });
    const status = { Status: { type: 'string' }, Order: { type: 'integer' } };
    await addModel('StatusModel', { type: 'object', properties: status, required: ['Status', 'Order'] });
    const oneOf = [{ type: 'null' }, { $ref: `${$ref}StatusModel` }];
    await addModel('TestModel', { type: 'object', properties: { status: { oneOf } }, required: ['status'] });
    const of = { leaf: { type: 'string', minLength: 1 }, tree: { items: { $ref: '#/definitions/either' } } };
    const definitions = {
      ...of,
      either: { anyOf: [{ $ref: '#/definitions/leaf' }, { type: 'array', allOf: [{ $ref: '#/definitions/tree' }] }] },
    };
    await addModel('recursive', { $ref: '#/definitions/either', definitions });
    await addModel('endless', { $ref: '#' });
    for (const model of ['list', 'TestModel', 'recursive', 'endless']) {
      await addMethod(`/${model}`, { 'application/json': model });
    }
    await api.deploy();
    const statusOf = async (path: string, body: unknown) =>
      (await api.call(path, { body: JSON.stringify(body), ...json })).status;
    const answers = {
      list: [await statusOf('/list', [{ a: 1, b: 2 }]), await statusOf('/list', [{ a: 1 }])],
      TestModel: [
        await statusOf('/TestModel', { status: null }),
        await statusOf('/TestModel', { status: { Status: 'test', Order: 1 } }),
        await statusOf('/TestModel', {}),
        await statusOf('/TestModel', { status: { Status: 'test' } }),
      ],
      recursive: [await statusOf('/recursive', ['a', ['b', []]]), await statusOf('/recursive', ['a', ['b', ['']]])],
      endless: [await statusOf('/endless', {})],
    };
    expect(answers).toEqual({
      list: [200, 400],
      TestModel: [200, 200, 400, 400],
      recursive: [200, 400],
      endless: [400],
    });
  });

  it('refuses a body by a pattern that is not served, wherever the reference to it leads', async () => {
    await addModel('unserved', { definitions: { twice: { pattern: '(a)\\1' } }, pattern: '(a)\\1' }, 'text/plain');
    const $ref = `https://apigateway.amazonaws.com/restapis/${api.restApiId}/models/unserved`;
    await addModel('whole', { $ref });
    await addModel('part', { properties: { a: { $ref: `${$ref}#/definitions/twice` } } });
    await addModel('hidden', { dependencies: { a: { properties: { a: { pattern: '(a)\\1' } } } } });
    const models = ['unserved', 'whole', 'part', 'hidden'];
    for (const model of models) await addMethod(`/${model}`, { 'application/json': model });
    await api.deploy();
    for (const model of models) {
      const body = JSON.stringify(model === 'part' || model === 'hidden' ? { a: 'aa' } : 'aa');
      expect(await api.call(`/${model}`, { body, ...json }), model).toMatchObject(invalid);
    }
  });

  // Source: developer guide, "Request validation for REST APIs in API Gateway".
  it('looks at the types that have a model, or at all by $default', async () => {
    await addMethod('/typed', { 'application/json': 'testSchema' });
    await addMethod('/any', { $default: 'testSchema' });
    await api.deploy();
    const form = { body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    // Nothing is validated; the integration has no template for it.
    expect((await api.call('/typed', form)).body).not.toContain('Invalid request body');
    expect(await api.call('/any', form)).toMatchObject(invalid);
    const charset = { 'Content-Type': 'application/json; charset=utf-8' };
    expect(await api.call('/typed', { body: '{}', headers: charset })).toMatchObject(invalid);
  });

  it('tells why in the gateway response, in the words of the validator that AWS uses', async () => {
    const { restApiId } = api;
    await fixture.gateway.putGatewayResponse({
      restApiId,
      responseType: 'BAD_REQUEST_BODY',
      responseTemplates: { 'application/json': '$context.error.validationErrorString' },
    });
    const schema = {
      type: 'object',
      required: ['name', 'kind'],
      additionalProperties: false,
      dependencies: { tags: ['kind'] },
      properties: {
        name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^a' },
        kind: { enum: ['cat', 'dog', { x: 1, y: 2 }] },
        age: { type: ['integer', 'null'], minimum: 0, exclusiveMinimum: true, maximum: 9 },
        step: { type: 'number', multipleOf: 0.1 },
        tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3, uniqueItems: true },
        pair: { items: [{ type: 'string' }, { type: 'boolean' }], additionalItems: false },
        never: { not: {} },
        some: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
    };
    await addModel('strict', schema);
    await addMethod('/strict', { 'application/json': 'strict' });
    await api.deploy();
    const ok = { name: 'ab', kind: 'cat' };
    const told = async (body: unknown) => (await api.call('/strict', { body: JSON.stringify(body), ...json })).body;
    const cases: [unknown, string][] = [
      [7, 'instance type (integer) does not match any allowed primitive type (allowed: ["object"])'],
      [{}, 'object has missing required properties (["kind","name"])'],
      [{ ...ok, more: 1 }, 'object instance has properties which are not allowed by the schema: ["more"]'],
      [{ ...ok, name: 'a' }, 'string "a" is too short (length: 1, required minimum: 2)'],
      [{ ...ok, name: 'abcde' }, 'string "abcde" is too long (length: 5, maximum allowed: 4)'],
      [{ ...ok, name: 'ba' }, 'ECMA 262 regex "^a" does not match input string "ba"'],
      [
        { ...ok, kind: 'cow' },
        'instance value ("cow") not found in enum (possible values: ["cat","dog",{"x":1,"y":2}])',
      ],
      [
        { ...ok, age: '1' },
        'instance type (string) does not match any allowed primitive type (allowed: ["integer","null"])',
      ],
      [{ ...ok, age: -1 }, 'numeric instance is lower than the required minimum (minimum: 0, found: -1)'],
      [{ ...ok, age: 0 }, 'numeric instance is not strictly greater than the required minimum 0'],
      [{ ...ok, age: 10 }, 'numeric instance is greater than the required maximum (maximum: 9, found: 10)'],
      [{ ...ok, step: 0.25 }, 'remainder of division is not zero (0.25 / 0.1)'],
      [{ ...ok, tags: [] }, 'array is too short: must have at least 1 elements but instance has 0 elements'],
      [
        { ...ok, tags: ['a', 'b', 'c', 'd'] },
        'array is too long: must have at most 3 elements but instance has 4 elements',
      ],
      [{ ...ok, tags: ['a', 'a'] }, 'array must not contain duplicate elements'],
      [
        { ...ok, pair: ['a', true, 1] },
        'array only allows 2 elements, but found 3 instead; additionalItems is set to false',
      ],
      [{ ...ok, some: 1 }, 'instance failed to match at least one required schema among 2'],
      [{ ...ok, never: 1 }, 'instance matched a schema which it should not have'],
      [
        { name: 'b' },
        'object has missing required properties (["kind"]), string "b" is too short (length: 1, required minimum: 2), ECMA 262 regex "^a" does not match input string "b"',
      ],
    ];
    const answers: unknown[] = [];
    for (const [body] of cases) answers.push(await told(body));
    expect(answers).toEqual(cases.map(([, faults]) => `[${faults}]`));
    const fitting = { ...ok, kind: { y: 2, x: 1 }, age: null, step: 0.3, tags: ['a', 'b'], pair: ['a'], some: null };
    expect(await told(fitting)).toBe('');
  });

  it('is not stopped by a body made to take long', async () => {
    const deep = { anyOf: Array.from({ length: 8 }, () => ({ $ref: '#/definitions/deep' })), type: 'array' };
    const items = { items: { $ref: '#/definitions/deep' } };
    await addModel('slow', { ...items, definitions: { deep: { allOf: [deep, items] } } });
    await addModel('pattern', { type: 'string', pattern: '^(a+)+$' });
    for (const model of ['slow', 'pattern']) await addMethod(`/${model}`, { 'application/json': model });
    await api.deploy();
    const begun = performance.now();
    expect((await api.call('/slow', { body: `${'['.repeat(60)}${']'.repeat(60)}`, ...json })).status).toBe(400);
    expect((await api.call('/slow', { body: '['.repeat(100_000) + ']'.repeat(100_000), ...json })).status).toBe(400);
    const { status } = await api.call('/pattern', { body: JSON.stringify(`${'a'.repeat(100_000)}b`), ...json });
    expect(status).toBe(400);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('models', () => {
  it('have a schema that can be read', async () => {
    const told = async (schema: unknown) => (await refusal(addModel('bad', schema as object))).message;
    const of = (fault: string) => `Invalid model specified: Validation Result: warnings : [], errors : [${fault}]`;
    const answers = [
      await told('text'),
      await told({ type: 'text' }),
      await told({ properties: { a: { type: 'object', required: [] } } }),
      await told({ items: { $ref: 'Other' } }),
      await told({ definitions: { a: { anyOf: [{ type: 'any' }] } } }),
      await told({ patternProperties: null }),
      await told({ items: { patternProperties: ['a'] } }),
    ];
    const unreadable = of('Invalid model schema specified');
    const reference = of('Model reference must be in canonical form');
    expect(answers).toEqual([unreadable, unreadable, unreadable, reference, unreadable, unreadable, unreadable]);
    expect(await told({ pattern: '(a)\\1' })).toContain('This endpoint does not serve the pattern (a)\\1');
    // What is no JSON is the author's own.
    await fixture.gateway.createModel({
      restApiId: api.restApiId,
      name: 'xml',
      contentType: 'application/xml',
      schema: '<any/>',
    });
  });
});

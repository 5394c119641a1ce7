import { expect, it } from 'vitest';
import { createSchemaChecks } from '../../../src/local/apigateway/json-schema.ts';

const faultsOf = (schema: object, value: unknown) => createSchemaChecks(() => JSON.stringify(schema))('model')(value);

// The value was once written out anew for each, which took half a minute.
it('compares a large value with many that are allowed', () => {
  const allowed = Array.from({ length: 2_000 }, (_, index) => index);
  expect(faultsOf({ enum: allowed }, 'x'.repeat(5_000_000))).toMatchObject([/not found in enum/]);
  expect(faultsOf({ enum: [...allowed, { b: 1, a: [2] }] }, { a: [2], b: 1 })).toEqual([]);
}, 10_000);

// Each level once took twice what the next one did, until the check gave up.
it.each([
  ['oneOf', 'string', 'instance failed to match exactly one schema (matched 0 out of 2)'],
  ['allOf', 'object', 'instance failed to match all required schemas (matched only 1 out of 2)'],
])('finds what is wrong deep inside of a value: %s', (word, type, fault) => {
  let value: unknown = 1;
  for (let depth = 0; depth < 60; depth += 1) value = { inner: value };
  const parts = [{ type }, { type: 'object', properties: { inner: { $ref: '#' } } }];
  expect(faultsOf({ [word]: parts }, value)).toEqual([fault]);
});

// All of them together once took gigabytes.
it('tells no more of a list of wrong items than anybody reads', () => {
  const items = { enum: Array.from({ length: 1_000 }, (_, index) => `allowed ${index}`) };
  const value = Array.from({ length: 900_000 }, () => 0);
  expect(faultsOf({ items }, value).length).toBe(1_000);
  expect(faultsOf({ additionalProperties: items }, { ...value.slice(0, 5_000) }).length).toBe(1_000);
}, 10_000);

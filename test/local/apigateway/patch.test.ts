import { describe, expect, it } from 'vitest';
import { applyPatch, patchable } from '../../../src/local/apigateway/patch.ts';

const integration = {
  type: 'AWS',
  uri: 'arn:aws:apigateway:us-east-1:lambda:path/x',
  timeoutInMillis: 29_000,
  requestTemplates: { 'application/json': 'old' },
  cacheKeyParameters: ['a'],
  integrationResponses: { '200': { statusCode: '200' } },
};
const patched = (...operations: NonNullable<Parameters<typeof applyPatch>[1]>) =>
  applyPatch(integration, operations, patchable.integration);

describe('patches', () => {
  it('change text, numbers, lists and the members of maps, in a copy', () => {
    const changed = patched(
      { op: 'replace', path: '/timeoutInMillis', value: '500' },
      { op: 'replace', path: '/requestTemplates/application~1json', value: 'new' },
      { op: 'add', path: '/requestTemplates/toString', value: 'x' },
      { op: 'add', path: '/cacheKeyParameters/b' },
      { op: 'copy', path: '/credentials', from: '/uri' },
    );
    expect(changed).toEqual({
      ...integration,
      timeoutInMillis: 500,
      requestTemplates: { 'application/json': 'new', toString: 'x' },
      cacheKeyParameters: ['a', 'b'],
      credentials: integration.uri,
    });
    expect(integration.timeoutInMillis).toBe(29_000);
  });

  it.each([
    ['what AWS does not let change', { op: 'remove', path: '/integrationResponses' }],
    ['a member of it', { op: 'replace', path: '/integrationResponses/200', value: 'x' }],
    ['a whole map', { op: 'replace', path: '/requestTemplates', value: 'x' }],
    ['the prototype', { op: 'add', path: '/requestTemplates/__proto__', value: 'x' }],
    ['the constructor’s prototype', { op: 'add', path: '/constructor/prototype/x', value: 'x' }],
    ['no path', { op: 'add', path: '', value: 'x' }],
    ['a number by text', { op: 'replace', path: '/timeoutInMillis', value: 'x' }],
    ['a copy of a map', { op: 'copy', path: '/credentials', from: '/integrationResponses' }],
    ['a copy of what every object has', { op: 'copy', path: '/credentials', from: '/constructor' }],
    ['an operation that there is not', { op: 'test', path: '/uri', value: 'x' }],
  ] as const)('refuse %s', (_what, operation) => {
    expect(() => patched(operation)).toThrow(expect.objectContaining({ code: 'BadRequestException' }));
  });

  it('name the paths there are', () => {
    expect(() => applyPatch({}, [{ op: 'replace', path: '/id', value: 'x' }], patchable.resource)).toThrow(
      "Invalid patch path  '/id' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    );
  });
});

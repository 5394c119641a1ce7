import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { expect, it } from 'vitest';
import { applyPatch } from '../../../src/local/apigateway/patch.ts';

const patched = (list: string[], ...operations: PatchOperation[]) =>
  applyPatch({ of: { list } }, { kinds: { '/of/list': 'list' } }, operations).of.list;

it('changes lists by value and by place', () => {
  const path = '/of/list';
  expect(patched(['a', 'b'], { op: 'add', path, value: 'c' }, { op: 'add', path, value: 'a' })).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(patched(['a', 'b'], { op: 'remove', path, value: 'a' }, { op: 'remove', path, value: 'x' })).toEqual(['b']);
  expect(patched(['a', 'b'], { op: 'replace', path: `${path}/a`, value: 'c' })).toEqual(['b', 'c']);
  expect(patched(['a', 'b'], { op: 'remove', path: `${path}/1` })).toEqual(['a']);
  expect(patched(['a', 'b'], { op: 'replace', path, value: 'c' }, { op: 'add', path, value: 'd' })).toEqual(['c', 'd']);
});

// Each was once looked for in all that was added before, which took a minute.
it('adds to a list in time that grows as what is added', () => {
  const items = Array.from({ length: 50_000 }, (_, index) => `item ${index}`);
  expect(patched([], ...items.map((value) => ({ op: 'add' as const, path: '/of/list', value })))).toEqual(items);
}, 10_000);

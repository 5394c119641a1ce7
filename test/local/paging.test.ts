import { describe, expect, it } from 'vitest';
import { pageOf } from '../../src/local/paging.ts';

const invalidToken = () => new Error('not ours');
const byName = (name: string) => name;

function listAll(read: () => string[], options: { limit: number; descending?: boolean; between?: () => void }) {
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const page = pageOf(read(), byName, { ...options, token, invalidToken });
    seen.push(...page.items);
    token = page.next;
    options.between?.();
  } while (token !== undefined);
  return seen;
}

describe('pageOf', () => {
  const names = ['c', 'a', 'e', 'b', 'd'];

  it.each([1, 2, 5, 9])('gives every item once, in order, %i at a time', (limit) => {
    expect(listAll(() => names, { limit })).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(listAll(() => names, { limit, descending: true })).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('gives no token with the last page, be it full', () => {
    expect(pageOf(names, byName, { limit: 5, token: undefined, invalidToken }).next).toBeUndefined();
    expect(pageOf([], byName, { limit: 5, token: undefined, invalidToken })).toEqual({ items: [], next: undefined });
  });

  it.each([false, true])('skips nothing where the caller deletes what it lists (descending: %s)', (descending) => {
    let left = [...names];
    const deleted = new Set<string>();
    let token: string | undefined;
    do {
      const page = pageOf(left, byName, { limit: 2, descending, token, invalidToken });
      for (const name of page.items) deleted.add(name);
      left = left.filter((name) => !deleted.has(name));
      token = page.next;
    } while (token !== undefined);
    expect(left).toEqual([]);
  });

  it('repeats nothing where items come before the last one given', () => {
    const list = [...names];
    expect(listAll(() => list, { limit: 2, between: () => list.push('A') })).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each(['2', '', 'x', 'not-ours', Buffer.from('a').toString('base64url')])('refuses the token %j', (token) => {
    expect(() => pageOf(names, byName, { limit: 2, token, invalidToken })).toThrow('not ours');
  });
});

import { describe, expect, it } from 'vitest';
import { canonical, differences, tagChanges, tagList, tagRecord } from '../../src/aws/resource.ts';

describe('differences', () => {
  it('leave the order of keys and what was not asked for aside, but not the order of a list', () => {
    const wanted = { policy: { a: 1, b: { c: 2, d: 3 } }, list: ['x', 'y'] };
    expect(differences(wanted, { policy: { b: { d: 3, c: 2 }, a: 1 }, list: ['x', 'y'], more: 1 })).toEqual([]);
    expect(differences(wanted, { policy: wanted.policy, list: ['y', 'x'] })).toEqual([
      { property: 'list', from: ['y', 'x'], to: ['x', 'y'] },
    ]);
  });

  it('say null where there is nothing', () => {
    expect(differences({ days: 14 }, {})).toEqual([{ property: 'days', from: null, to: 14 }]);
  });

  it('know false, 0, null and "" from each other', () => {
    const texts = [false, 0, null, '', [], {}].map(canonical);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('tags', () => {
  it('of others are left alone; ours are set where they are wrong, removed where they are not wanted', () => {
    const found = { 'dynops:stack': 'other', 'dynops:old': 'x', dynopsish: 'y', team: 'a' };
    expect(tagChanges({ 'dynops:stack': 'demo', 'dynops:memory': '128' }, found)).toEqual({
      set: { 'dynops:stack': 'demo', 'dynops:memory': '128' },
      remove: ['dynops:old'],
    });
  });

  it('as a list and as a record are the same', () => {
    const tags = { 'dynops:stack': 'demo', team: '' };
    expect(tagRecord(tagList(tags))).toEqual(tags);
    expect(tagRecord(undefined)).toEqual({});
  });
});

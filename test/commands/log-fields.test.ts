import { describe, expect, it } from 'vitest';
import { fieldOf, parsePath } from '../../src/commands/logs/fields.ts';
import { fieldText } from '../../src/ui/log-text.ts';

const line = (message: string) => `2026-01-01T00:00:00.000Z\t11111111-2222-3333-4444-555555555555\tINFO\t${message}`;
const order = '{"level":"warn","order":{"id":7,"lines":[{"sku":"a"}]},"a.b":{"c":null}}';

describe('a member of a log line', () => {
  it.each([
    ['level', 'warn'],
    ['order.id', 7],
    ['order.lines[0].sku', 'a'],
    ['order.lines', [{ sku: 'a' }]],
    ['["a.b"].c', null],
    ['order.lines[1]', undefined],
    ['level.length', undefined],
    ['constructor', undefined],
  ])('%s', (path, value) => {
    expect(fieldOf(line(order), parsePath(path))).toEqual(value);
    expect(fieldOf(order, parsePath(path))).toEqual(value);
  });

  it.each(['', '.', 'a..b', 'a[', 'a[x]', '["a'])('%j is no path to one', (text) => {
    expect(() => parsePath(text)).toThrow('is not a path');
  });

  it('is none of a line that is not JSON', () => {
    expect(fieldOf(line('started {'), parsePath('a'))).toBeUndefined();
    expect(fieldOf('START RequestId: x', parsePath('a'))).toBeUndefined();
  });

  it('is shown beside the time', () => {
    expect(fieldText(0, ['warn\u001b[2J', 7, undefined])).toBe('00:00:00.000Z  warn\ufffd[2J  7  -\n');
  });
});

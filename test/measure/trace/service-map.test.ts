import { expect, test } from 'vitest';
import { failedShare, layOut, type MapNode } from '../../../src/measure/trace/service-map.ts';

const statistics = { requests: 10, errors: 1, throttles: 0, faults: 1, meanMs: 5 };
const node = (id: number, type: string, ...to: number[]): MapNode => ({
  id,
  name: `n${id}`,
  type,
  isClient: type === 'client',
  statistics,
  calls: to.map((target) => ({ ...statistics, to: target })),
});

test('callers stand left of whom they call', () => {
  const placed = layOut([
    node(4, 'AWS::DynamoDB::Table'),
    node(3, 'AWS::Lambda::Function', 4),
    node(0, 'client', 1),
    node(2, 'AWS::Lambda', 3),
    node(1, 'AWS::ApiGateway::Stage', 2),
  ]);
  expect(placed.map(({ id, column, row, kind }) => [id, column, row, kind])).toEqual([
    [0, 0, 0, 'client'],
    [1, 1, 0, 'API Gateway'],
    [2, 2, 0, 'Lambda'],
    [3, 3, 0, 'function'],
    [4, 4, 0, 'DynamoDB'],
  ]);
});

test('circles, strangers and calls of the unknown end', () => {
  const placed = layOut([node(1, 'x', 2), node(2, 'x', 1, 99), node(3, 'constructor')]);
  expect(placed).toHaveLength(3);
  expect(placed.find(({ id }) => id === 3)?.kind).toBe('constructor');
});

test('what failed, as a share', () => {
  expect(failedShare(statistics)).toBe(0.2);
  expect(failedShare({ ...statistics, requests: 0 })).toBe(0);
});

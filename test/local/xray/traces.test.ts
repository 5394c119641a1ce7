import { expect, test } from 'vitest';
import { createSampler } from '../../../src/local/xray/sampling.ts';
import { readTraceHeader } from '../../../src/local/xray/trace-header.ts';
import { createTraces } from '../../../src/local/xray/traces.ts';
import { segment } from './documents.ts';

test('the oldest traces make room, by number and by size', () => {
  const traces = createTraces(Date.now);
  const first = segment();
  traces.put('r', first);
  for (let count = 0; count < 10_000; count++) traces.put('r', segment());
  expect(traces.find('r', first.trace_id)).toBeUndefined();
  expect(traces.list('r')).toHaveLength(10_000);

  const big = () => segment({ metadata: { text: 'x'.repeat(60_000) } });
  for (let count = 0; count < 1_000; count++) traces.put('r', big());
  const bytes = traces.list('r').reduce((sum, trace) => sum + JSON.stringify(trace.segments()).length, 0);
  expect(bytes).toBeLessThan(50 * 1024 * 1024);
  expect(traces.list('r').length).toBeGreaterThan(700);
});

test.each([
  ['one byte', 'x'.repeat(50_000)],
  ['two bytes', 'é'.repeat(25_000)],
])('one trace holds at most 500 KB, in characters of %s, and says when it held back', (_, text) => {
  const traces = createTraces(Date.now);
  const { trace_id } = segment();
  for (let count = 0; count < 12; count++) traces.put('r', segment({ trace_id, metadata: { text } }));
  expect(traces.find('r', trace_id)).toMatchObject({ limitExceeded: true });
  expect(traces.find('r', trace_id)?.segments()).toHaveLength(10);
});

test('the default rule as AWS has it: the first of each second and 5 % of the rest', () => {
  let nowMs = 1_000_000;
  const draws = [0.049, 0.05, 0.5, 0.01];
  const sampler = createSampler({ scale: 1, clock: () => nowMs, random: () => draws.shift() ?? 1 });
  expect(sampler.rule).toEqual({ reservoirPerSecond: 1, fixedRate: 0.05 });
  expect([1, 2, 3, 4, 5, 6].map(() => sampler.sample('api/prod'))).toEqual([true, true, false, false, true, false]);
  expect(sampler.sample('f')).toBe(true);
  nowMs += 1000;
  expect([1, 2].map(() => sampler.sample('api/prod'))).toEqual([true, false]);
});

test('the plain simulation samples everything', () => {
  const sampler = createSampler({ scale: 0, clock: () => 0 });
  expect(Array.from({ length: 100 }, () => sampler.sample('api/prod'))).not.toContain(false);
});

test.each([
  [
    'Root=1-58406520-a006649127e371903a2de979;Parent=4c721bf33e3caf8f;Sampled=1',
    { traceId: '1-58406520-a006649127e371903a2de979', parentId: '4c721bf33e3caf8f', sampled: true },
  ],
  [
    'Sampled=0; Root=1-58406520-a006649127e371903a2de979',
    { traceId: '1-58406520-a006649127e371903a2de979', sampled: false },
  ],
  ['Self=1-2-3;Lineage=a:1', {}],
  ['Root=nonsense;Parent=../../x;Sampled=?', {}],
  ['', {}],
  [undefined, {}],
])('trace header %s', (header, expected) => {
  expect(readTraceHeader(header)).toEqual(expected);
});

import { expect, test } from 'vitest';
import { assemble } from '../../../src/local/xray/assemble.ts';
import { type SegmentDocument, withParts } from '../../../src/local/xray/segments.ts';
import { createTraces } from '../../../src/local/xray/traces.ts';
import { segment } from './documents.ts';

const { trace_id } = segment();
const idOf = (number: number) => number.toString(16).padStart(16, '0');
const holding = (...ids: number[]) => ({
  subsegments: ids.map((id) => ({ id: idOf(id), name: 'part', start_time: 1, end_time: 2 })),
});
const root = (over: Partial<SegmentDocument> = {}) => segment({ trace_id, id: idOf(0), ...over });
const alone = (id: number, parent: number, over: Partial<SegmentDocument> = {}) =>
  segment({ trace_id, id: idOf(id), parent_id: idOf(parent), type: 'subsegment', name: 's', ...over });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The ids of all parts that the answers about these documents show, wherever. */
function shown(documents: SegmentDocument[]): string[] {
  const traces = createTraces(Date.now);
  for (const document of documents) traces.put('r', document);
  const [trace] = traces.list('r');
  if (!trace) throw new Error('no trace');
  const answered = assemble(trace).segments.map((each): SegmentDocument => JSON.parse(JSON.stringify(each)));
  return answered.flatMap(withParts).map(({ id }) => id);
}

test.each([
  ['a part that came inside one of its own parts', [root(holding(1)), alone(2, 1, { start_time: 1, ...holding(1) })]],
  [
    'parts that share their ids, in each of which more belongs',
    [root(holding(1, 1)), ...upTo(14).map((id) => alone(id + 100, id, holding(id + 1, id + 1)))],
  ],
  ['parts inside one another, thousands deep', [root(), ...upTo(2_400).map((id) => alone(id, id - 1))]],
])('shows each document once: %s', (_, documents) => {
  const ids = documents.flatMap(withParts).map(({ id }) => id);
  expect(shown(documents).sort()).toEqual(ids.sort());
});

test('what belongs deep inside is shown there, and further in beside its segment', () => {
  const traces = createTraces(Date.now);
  for (const document of [root(), ...upTo(150).map((id) => alone(id, id - 1))]) traces.put('r', document);
  const { segments = [] } = traces.list('r').map(assemble)[0] ?? {};
  const inside = segments.find(({ id }) => id === idOf(0));
  expect(inside && withParts(inside)).toHaveLength(101);
  expect(segments).toHaveLength(51);
});

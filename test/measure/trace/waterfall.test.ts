import { expect, test } from 'vitest';
import { waterfall } from '../../../src/measure/trace/waterfall.ts';

const traceId = '1-5759e988-bd862e3fe1be46a994272793';
const at = (ms: number) => 1_790_000_000 + ms / 1000;
const part = (id: string, name: string, fromMs: number, untilMs: number, more: object = {}) => ({
  id,
  name,
  start_time: at(fromMs),
  end_time: at(untilMs),
  ...more,
});

/** As AWS answers it: the start lies before its own parent, the table's segment is inferred. */
const documents = [
  {
    ...part('g', 'DynamoDBOperations/prod', 0, 200, { origin: 'AWS::ApiGateway::Stage', trace_id: traceId }),
    http: { response: { status: 200 } },
    subsegments: [
      part('a', 'Authorizer', 1, 5),
      part('i', 'Lambda', 10, 190, { namespace: 'aws', aws: { function_name: 'f', operation: 'Invoke' } }),
    ],
  },
  part('l', 'f', 12, 188, { origin: 'AWS::Lambda', parent_id: 'i', trace_id: traceId }),
  {
    ...part('f', 'f', 120, 185, { origin: 'AWS::Lambda::Function', parent_id: 'l', trace_id: traceId }),
    fault: true,
    subsegments: [
      part('s', 'Initialization', 15, 118),
      {
        ...part('h', 'Invocation', 120, 180),
        subsegments: [
          part('d', 'DynamoDB', 130, 170, { namespace: 'aws', aws: { operation: 'GetItem', table_name: 't' } }),
        ],
        fault: true,
        cause: { exceptions: [{ type: 'Error', message: 'it broke' }] },
      },
      part('o', 'Overhead', 180, 185),
    ],
  },
  part('x', 't', 130, 170, { origin: 'AWS::DynamoDB::Table', parent_id: 'd', inferred: true, trace_id: traceId }),
].map((document) => JSON.stringify(document));

test('every component is named, below its caller, with its time and its own time', () => {
  const { spans, durationMs, traceId: id } = waterfall(documents);
  expect(id).toBe(traceId);
  expect(durationMs).toBeCloseTo(200, 2);
  expect(spans.map(({ depth, component, detail }) => [depth, component, detail])).toEqual([
    [0, 'API Gateway', 'DynamoDBOperations/prod'],
    [1, 'authorizer', ''],
    [1, 'call of the function', 'f'],
    [2, 'Lambda', 'f'],
    // X-Ray has the start below the function, whose time begins after it.
    [3, 'start', ''],
    [3, 'function', 'f'],
    [4, 'handler', ''],
    [5, 'DynamoDB GetItem', 't'],
    [4, 'overhead', ''],
  ]);
  const by = (component: string) => spans.find((span) => span.component === component);
  expect(by('API Gateway')?.selfMs).toBeCloseTo(16, 2);
  expect(by('handler')?.selfMs).toBeCloseTo(20, 2);
  expect(by('DynamoDB GetItem')).toMatchObject({ outcome: 'ok' });
  expect(by('DynamoDB GetItem')?.durationMs).toBeCloseTo(40, 2);
  expect(by('start')?.startMs).toBeCloseTo(15, 2);
  expect(by('handler')).toMatchObject({ outcome: 'fault', message: 'Error: it broke' });
  expect(by('API Gateway')).toMatchObject({ status: 200, outcome: 'ok' });
});

test('parts in any order, without a parent, unfinished, or in a ring: a picture all the same', () => {
  const shuffled = waterfall([...documents].reverse());
  expect(shuffled.spans.map(({ id }) => id)).toEqual(waterfall(documents).spans.map(({ id }) => id));
  const odd = waterfall(
    [
      { id: 'a', name: 'lonely', start_time: at(0), parent_id: 'nobody', trace_id: traceId },
      { id: 'b', name: 'ring', start_time: at(1), end_time: at(2), parent_id: 'c', trace_id: traceId },
      { id: 'c', name: 'ring', start_time: at(1), end_time: at(2), parent_id: 'b', trace_id: traceId },
    ].map((document) => JSON.stringify(document)),
  );
  expect(odd.spans.find(({ component }) => component === 'lonely')).toMatchObject({ inProgress: true, durationMs: 0 });
  expect(odd.spans).toHaveLength(3);
  expect(waterfall([])).toMatchObject({ spans: [], durationMs: 0 });
});

test('overlapping parts are not counted twice', () => {
  const { spans } = waterfall([
    JSON.stringify({
      ...part('r', 'root', 0, 100, { trace_id: traceId }),
      subsegments: [part('1', 'one', 10, 60), part('2', 'two', 40, 80), part('3', 'three', 90, 150)],
    }),
  ]);
  expect(spans[0]?.selfMs).toBeCloseTo(20, 2);
});

test('no part lies outside its whole, or is longer', () => {
  const { spans } = waterfall(documents);
  for (const [index, span] of spans.entries()) {
    const whole = spans.slice(0, index).findLast(({ depth }) => depth < span.depth);
    if (whole === undefined) continue;
    expect(span.startMs).toBeGreaterThanOrEqual(whole.startMs - 1);
    expect(span.startMs + span.durationMs).toBeLessThanOrEqual(whole.startMs + whole.durationMs + 1);
  }
  // An event is handled long after the call that brought it: nothing around it can hold it.
  const event = [
    part('l', 'f', 0, 10, { origin: 'AWS::Lambda', trace_id: traceId }),
    part('f', 'f', 500, 900, { origin: 'AWS::Lambda::Function', parent_id: 'l', trace_id: traceId }),
  ];
  const drawn = waterfall(event.map((document) => JSON.stringify(document)));
  expect(drawn.spans.map(({ depth, component }) => [depth, component])).toEqual([
    [0, 'Lambda'],
    [0, 'function'],
  ]);
});

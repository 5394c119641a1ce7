import { expect, test } from 'vitest';
import { parseLogLine, parseReport } from '../../src/measure/report-line.ts';

const id = '3c9a1b6e-6a55-4d3c-8a8a-6b9d3a3f8f01';
const warm = `REPORT RequestId: ${id}\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 71 MB\t`;

test('a REPORT line: warm, cold, traced', () => {
  const figures = { requestId: id, durationMs: 3.01, billedMs: 4, memoryMb: 128, usedMb: 71 };
  expect(parseReport(warm)).toEqual({ ...figures, initMs: undefined, traceId: undefined });
  expect(parseReport(`${warm}Init Duration: 110.10 ms\t\n`)).toMatchObject({ ...figures, initMs: 110.1 });
  const traced = `${warm}\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 556bd29a12bb2b0c\tSampled: true\t`;
  expect(parseReport(traced)).toMatchObject({ ...figures, traceId: '1-5759e988-bd862e3fe1be46a994272793' });
  expect(parseReport(traced.replace('Sampled: true', 'Sampled: false'))?.traceId).toBeUndefined();
});

test('the JSON log format says the same', () => {
  const line = JSON.stringify({
    time: '2026-11-23T10:00:00.000Z',
    type: 'platform.report',
    record: {
      requestId: id,
      metrics: {
        durationMs: 3.01,
        billedDurationMs: 114,
        memorySizeMB: 128,
        maxMemoryUsedMB: 71,
        initDurationMs: 110.1,
      },
    },
  });
  expect(parseReport(line)).toEqual({
    requestId: id,
    durationMs: 3.01,
    billedMs: 114,
    memoryMb: 128,
    usedMb: 71,
    initMs: 110.1,
    traceId: undefined,
  });
});

test.each(['', 'hello', '{', 'null', '{"type":"platform.start"}', 'a REPORT RequestId: x', '[1]'])(
  'no report: %j',
  (text) => {
    expect(parseReport(text)).toBeUndefined();
  },
);

const reporting = (record: unknown) => JSON.stringify({ type: 'platform.report', record });

test.each([null, 1, {}, { requestId: 5, metrics: {} }])('no report of Lambda’s: a record that is %j', (record) => {
  expect(parseReport(reporting(record))).toBeUndefined();
});

test.each([null, [], { durationMs: null }, { durationMs: '3' }])('metrics that are %j tell nothing', (metrics) => {
  const tracing = { value: { toString: 1 } };
  expect(parseReport(reporting({ requestId: id, metrics, tracing }))).toMatchObject({ durationMs: 0 });
});

// What a function writes was once searched again from each of its characters, which took minutes.
test.each([
  ['a trace header', reporting({ requestId: id, metrics: {}, tracing: { value: `Root=${'a'.repeat(300_000)}` } })],
  ['traces', `${warm}\n${'XRAY TraceId: x\t'.repeat(60_000)}`],
])(
  'a line of %s alone is read in time',
  (_what, text) => {
    expect(parseReport(text)).toMatchObject({ requestId: id, traceId: undefined });
  },
  10_000,
);

test('lines are taken apart', () => {
  expect(parseLogLine(`START RequestId: ${id} Version: $LATEST`)).toMatchObject({ kind: 'start', requestId: id });
  expect(parseLogLine(`END RequestId: ${id}`)).toMatchObject({ kind: 'end', requestId: id });
  expect(parseLogLine('INIT_START Runtime Version: nodejs:22')).toMatchObject({ kind: 'init' });
  expect(parseLogLine(`2026-11-23T10:00:00.000Z\t${id}\tERROR\tit broke\nhere`)).toMatchObject({
    kind: 'line',
    requestId: id,
    level: 'ERROR',
    message: 'it broke\nhere',
  });
  expect(parseLogLine(`2026-11-23T10:00:00.000Z ${id} Task timed out after 3.00 seconds`)).toMatchObject({
    kind: 'line',
    requestId: id,
    message: 'Task timed out after 3.00 seconds',
  });
  expect(parseLogLine('anything')).toMatchObject({ kind: 'line', requestId: undefined, message: 'anything' });
});

import { expect, test } from 'vitest';
import { logText } from '../../src/ui/log-text.ts';
import { mapPage, waterfallPage } from '../../src/ui/trace-html.ts';
import { mapLines, traceListLines, waterfallLines } from '../../src/ui/trace-text.ts';
import { coldPage, tunePage } from '../../src/ui/tune-html.ts';
import { type ColdOutcome, coldLines, tuneLines } from '../../src/ui/tune-text.ts';
import {
  sampleCold as coldOutcome,
  sampleNodes as nodes,
  sampleTuning as outcome,
  sampleTrace as trace,
  wide,
} from './reports.ts';

const { trials } = outcome;

test('a waterfall: bars where and as long as the parts were', () => {
  const lines = waterfallLines(trace, 80);
  const [, gateway = '', handler = '', message = '', table = ''] = lines;
  const bar = (line: string) => ({ from: line.search(/[█▓]/), length: (line.match(/[█▓]/g) ?? []).length });
  expect(bar(handler).length).toBeCloseTo(bar(gateway).length / 2, -1);
  expect(bar(handler).from - bar(gateway).from).toBeCloseTo(bar(gateway).length / 2, -1);
  expect(handler).toContain('fault');
  expect(message).toContain('<b>it</b>\ufffd[2J broke');
  expect(bar(table).length).toBe(1);
  expect(table).toContain('not finished');
  for (const line of waterfallLines({ ...trace, durationMs: 0 }, 20)) expect(line).not.toContain('NaN');
  const long = trace.spans.map(
    (each) => ({ ...each, detail: 'n'.repeat(64), outcome: 'ok', message: undefined }) as const,
  );
  for (const columns of [40, 80, 120]) {
    const [, ...bars] = waterfallLines({ ...trace, spans: long.slice(0, 2) }, columns);
    expect(Math.max(...bars.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

test('every line of a long message is indented, and another program gets it whole', () => {
  const message = 'a table of that name is not there, '.repeat(5).trim();
  const spans = trace.spans.map((each) => ({ ...each, message: each.depth === 1 ? message : undefined }));
  const lines = waterfallLines({ ...trace, spans }, 40).filter((line) => /^ {4}[^█▓]+$/.test(line));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.map((line) => line.trim()).join(' ')).toContain(message);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  expect(waterfallLines({ ...trace, spans }, 40, Infinity)).toContain(`    ${message}`);
});

test('the table of parts says which have not finished', () => {
  const outcomes = [...waterfallPage(trace).matchAll(/data-column="Outcome"><span class="(\w+)">([^<]*)/g)];
  expect(outcomes.map(([, look, text]) => [look, text])).toEqual([
    ['soft', 'ok'],
    ['bad', expect.stringMatching(/^fault: /)],
    ['soft', 'not finished'],
  ]);
});

test('the map’s arrow to whom calls fail has the colour of failures, whoever is to blame', () => {
  const arrow = (counts: object) => {
    const drawn = nodes.map((node) => ({ ...node, calls: node.calls.map((call) => ({ ...call, ...counts })) }));
    return /<path d="M[^>]*stroke="([^"]*)"[^>]*marker-end/.exec(mapPage(drawn, ''))?.[1];
  };
  const [none, errors] = [arrow({ errors: 0, faults: 0 }), arrow({ errors: 1, faults: 0 })];
  expect(none).toBeDefined();
  expect(errors).not.toBe(none);
  expect(errors).toBe(arrow({ errors: 0, faults: 1 }));
});

test('a service map: who calls whom, and how much of it failed', () => {
  expect(mapLines(nodes, wide)).toEqual([
    'SERVICE                           REQUESTS  MEAN     FAILED  CALLS',
    'API Gateway api/prod              4         12.5 ms  50.0 %  → Lambda <script>alert(1)</script> (4)',
    'Lambda <script>alert(1)</script>  4         12.5 ms  50.0 %',
  ]);
});

test('tuning: a line a size, and what to do', () => {
  const text = tuneLines(outcome, wide).join('\n');
  expect(text).toMatch(/^→ +512 MB +arm64 +8\.00 ms .* 5 × 120 ms /m);
  expect(text).toContain('Best for speed: 512 MB, arm64. Add --apply to set it; the function is as it was.');
  expect(tuneLines({ ...outcome, applied: true }, wide).join('\n')).toContain('The function now has 512 MB, arm64');
  expect(tuneLines({ ...outcome, best: trials[0] }, wide).join('\n')).toContain('as it is.');
  expect(tuneLines({ ...outcome, target: 'local' }, wide).join('\n')).toContain("not AWS's");
  expect(tuneLines({ ...outcome, trials: [], best: undefined }, wide).join('\n')).toContain('nothing to choose from');
  const idle = tuneLines({ ...outcome, best: undefined, sizeHasNoEffect: true }, wide).join('\n');
  expect(idle).toContain('No size is best');
  expect(idle).not.toMatch(/Best for|→/);
  const failing = { ...outcome, trials: trials.map((each, at) => ({ ...each, errorRate: 0.5 - at * 0.495 })) };
  expect(tuneLines(failing, wide).join('\n')).toContain(
    'At 128 MB, arm64, 50.0 % of the requests failed, so it is not chosen.\nAt 512 MB, arm64, 0.50 % of the requests failed.\n',
  );
  const none = tuneLines({ ...failing, best: undefined }, wide).join('\n');
  expect(none).toContain('No size is best. The function is as it was.');
  expect(none).not.toContain('nothing to choose from');
});

test('cold starts: a line a size, and what was changed and put back', () => {
  const text = (over: Partial<ColdOutcome> = {}) => coldLines({ ...coldOutcome, ...over }, wide).join('\n');
  expect(text()).toMatch(/512 MB +arm64 +120 ms +100 ms +180 ms +9.00 ms +130 ms +60 MB +5/);
  expect(text()).toContain('it has 128 MB, arm64 again');
  expect(text({ target: 'local', sizeHasNoEffect: true })).toContain('The size has no effect');
  expect(text({ trials: [] })).toContain('No cold start was reported');
  const failing = coldOutcome.trials.map((each, at) => ({ ...each, failed: at * 3 }));
  expect(text({ trials: failing })).toMatch(/^At 1,769 MB, arm64, 3 of the requests failed\.$/m);
  expect(coldPage(coldOutcome)).not.toMatch(/NaN|undefined|Infinity/);
  expect(coldPage({ ...coldOutcome, trials: [] })).not.toMatch(/NaN|undefined|Infinity/);
});

test('pages run nothing and let nothing from outside be markup', () => {
  for (const page of [
    waterfallPage(trace),
    mapPage(nodes, '<b>'),
    tunePage(outcome),
    tunePage({ ...outcome, trials: [], best: undefined }),
  ]) {
    expect(page).not.toMatch(/<script|<b>|javascript:|\bon\w+=/i);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  }
});

test('a list of traces says how each ended', () => {
  const of = {
    id: '1-a',
    startedAtMs: 0,
    responseMs: 5,
    status: 200,
    method: 'POST',
    fault: false,
    error: false,
    throttle: false,
    partial: false,
  };
  const traces = [
    of,
    { ...of, fault: true, error: true },
    { ...of, throttle: true, error: true },
    { ...of, error: true },
    { ...of, partial: true, status: undefined },
  ];
  const lines = traceListLines(traces, { ...wide, nowMs: of.startedAtMs });
  expect(lines.slice(1).map((line) => line.split(/ {2,}/)[3])).toEqual([
    'ok',
    'fault',
    'throttled',
    'error',
    'unfinished',
  ]);
});

test('a list of traces says the date where one is not of today, and each id whole whatever the width', () => {
  const startedAtMs = Date.UTC(2026, 0, 31, 12);
  const id = '1-697de0c0-0123456789abcdef01234567';
  const flags = { fault: false, error: false, throttle: false, partial: false };
  const traces = [{ id, startedAtMs, responseMs: 1_234, status: 200, method: 'POST', ...flags }];
  const shown = (width: number, nowMs: number) => traceListLines(traces, { ...wide, width, nowMs });
  expect(shown(80, startedAtMs)[1]).toMatch(/^12:00:00\.000 .* 1-697de0c0-0123456789abcdef01234567$/);
  expect(shown(120, startedAtMs + 86_400_000)[1]).toMatch(/^2026-01-31 12:00:00\.000 /);
  expect(shown(40, startedAtMs).slice(1)).toEqual([expect.stringMatching(/^12:00:00\.000 .* ok$/), `    ${id}`]);
});

test.each([40, 80, 120])('tables of what was measured fit %i columns, and lose nothing', (width) => {
  const look = { ...wide, width };
  for (const lines of [mapLines(nodes, look), tuneLines(outcome, look), coldLines(coldOutcome, look)]) {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
  expect(mapLines(nodes, look).join('\n')).toContain('→ Lambda');
  const tuned = tuneLines(outcome, look).join('\n');
  const figures = outcome.trials.flatMap(({ costPerMillion, maxUsedMb }) => [
    `$${costPerMillion.toFixed(2)}`,
    `${maxUsedMb} MB`,
  ]);
  for (const figure of figures) expect(tuned).toContain(figure);
});

test('log lines for a person', () => {
  const id = '3c9a1b6e-6a55-4d3c-8a8a-6b9d3a3f8f01';
  const shown = (text: string, width = Infinity) => logText({ atMs: 0, text }, width).trimEnd();
  expect(shown(`START RequestId: ${id} Version: $LATEST`)).toBe('');
  expect(shown('INIT_START Runtime Version: nodejs:24.x\tRuntime Version ARN: arn:x')).toContain(
    'starting: nodejs:24.x',
  );
  const report = `REPORT RequestId: ${id}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 71 MB\tInit Duration: 110.10 ms\t\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 556bd29a12bb2b0c\tSampled: true\t`;
  expect(shown(report)).toBe(
    '00:00:00.000Z  3c9a1b6e  took 3.01 ms, billed 114 ms, used 71 of 128 MB, cold start 110 ms, dynops trace show 1-5759e988-bd862e3fe1be46a994272793',
  );
  const thrown = JSON.stringify({
    errorType: 'TypeError',
    errorMessage: 'x is not a function',
    trace: ['TypeError: x', '    at handler (index.js:1:2)'],
  });
  expect(shown(`1970-01-01T00:00:00.000Z\t${id}\tERROR\tInvoke Error \t${thrown}`)).toBe(
    `00:00:00.000Z  3c9a1b6e  ERROR TypeError: x is not a function\n${' '.repeat(25)}    at handler (index.js:1:2)`,
  );
  expect(shown(`1970-01-01T00:00:00.000Z\t${id}\tERROR\tInvoke Error \t{"cut`)).toContain('{"cut');
  expect(shown(`1970-01-01T00:00:00.000Z\t${id}\tINFO\tone, two, three and four`, 50).split('\n')).toEqual([
    '00:00:00.000Z  3c9a1b6e  INFO one, two,',
    `${' '.repeat(25)}three and four`,
  ]);
  expect(shown(`1970-01-01T00:00:00.000Z\t${id}\tERROR\tInvoke Error \t${thrown}`, 40).split('\n')).toEqual([
    '00:00:00.000Z  3c9a1b6e',
    '    ERROR TypeError: x is not a function',
    '        at handler (index.js:1:2)',
  ]);
  expect(shown('\u001b]0;title\u0007plain')).toBe('00:00:00.000Z            \ufffd]0;title\ufffdplain');
});

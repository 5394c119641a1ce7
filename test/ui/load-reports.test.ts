import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { compareRuns } from '../../src/measure/load/compare.ts';
import { count, dollars, milliseconds, percentage, signedPercentage, significant } from '../../src/ui/figures.ts';
import { html } from '../../src/ui/html.ts';
import { comparisonPage, loadPage } from '../../src/ui/load-html.ts';
import { liveLines, showLoad, sparkline } from '../../src/ui/load-live.ts';
import { comparisonLines, loadLines } from '../../src/ui/load-text.ts';
import { histogramChart, lineChart, ticks } from '../../src/ui/svg-chart.ts';
import { createUi } from '../../src/ui/ui.ts';
import { screenOf } from '../cli/terminal.ts';
import { sampleRun, wide } from './reports.ts';

test('figures for people', () => {
  expect([0, 0.4242, 23.49, 180.4, 1234.5].map(significant)).toEqual(['0', '0.42', '23.5', '180', '1,235']);
  expect([
    count(16_458.2),
    milliseconds(7.244),
    percentage(0.0976),
    signedPercentage(-0.2),
    signedPercentage(0),
  ]).toEqual(['16,458', '7.24 ms', '9.76 %', '−20 %', '±0 %']);
  expect([dollars(12.345), dollars(0.000123)]).toEqual(['$12.35', '$0.00012']);
});

test('inserted text is escaped, markup made by html is not', () => {
  const inner = html`<b>${'<i>"&\''}</b>`;
  expect(inner.markup).toBe('<b>&#60;i&#62;&#34;&#38;&#39;</b>');
  expect(html`<p title="${'"'}">${[inner, inner]}${1}</p>`.markup).toBe(
    `<p title="&#34;">${inner.markup}${inner.markup}1</p>`,
  );
});

test('a page runs nothing, loads nothing, and lets nothing from outside be markup', () => {
  const run = sampleRun();
  for (const page of [loadPage(run), comparisonPage(compareRuns(run, run), run, run)]) {
    expect(page).not.toMatch(/<script|javascript:|<link|<img|@import|src=|\bon\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    // Every address in it is text.
    expect(page).not.toMatch(/(?:href|url)\s*[=(]\s*["']?https?:/i);
  }
});

test('charts of nothing, of one point and of many are drawable', () => {
  const text = { title: 't', xUnit: 's', yUnit: 'ms' };
  for (const points of [
    [],
    [{ x: 1, y: 0 }],
    [
      { x: 0, y: 5 },
      { x: 10, y: 1e7 },
    ],
  ]) {
    expect(lineChart(text, [{ name: 'a', points }]).markup).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(histogramChart(text, []).markup).not.toMatch(/NaN|Infinity|undefined/);
  expect(histogramChart(text, [{ from: 1, to: 2, count: 3 }]).markup).toContain('1.00 to 2.00 s: 3');
  expect(ticks(4.4, 4)).toEqual([0, 2, 4, 6]);
  expect(ticks(0.3, 4)).toEqual([0, 0.1, 0.2, 0.3]);
});

test('the summary names every figure, remark and threshold', () => {
  const text = loadLines(sampleRun(), wide).join('\n');
  for (const part of [
    '20 virtual users, shape ramp-up, 30.0 s',
    '1,500, 50.0 a second',
    '60 (4.00 %)',
    'HTTP 500',
    'p95 at most 200 ms: 90.0 ms, met',
    'error rate at most 1.00 %: 4.00 %, missed',
    'stopped before its time',
    'In flight when it was stopped, and counted nowhere: 3 requests.',
    "this machine's figures",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('\u001b');
  const open = sampleRun({
    model: { kind: 'open', ratePerSecond: 100, maxConnections: 5 },
    unsent: 7,
    waitedMs: { mean: 4, max: 9 },
    stoodStillMs: 3_133,
  });
  const failing = { ...sampleRun(), failed: sampleRun().requests };
  expect(loadLines(failing, wide)).toContain('Every request failed: the latencies are those of failures.');
  const limited = loadLines(failing, wide).join('\n');
  expect(limited).not.toContain('ends with status 3');
  expect(loadLines({ ...failing, thresholds: [] }, wide).join('\n')).toContain('--max-error-rate 1%');
  expect(loadLines({ ...sampleRun(), requests: 0, failed: 0 }, wide).join('\n')).not.toContain('Every request');
  expect(loadLines(open, wide).join('\n')).toMatch(/7 arrivals were never sent[\s\S]*waited 4\.00 ms/);
  expect(loadLines(open, wide).join('\n')).toContain('stood still for 3.1 s');
  expect(text).not.toContain('stood still');
});

test('a comparison as text', () => {
  const [a, b] = [sampleRun(), sampleRun()];
  const lines = comparisonLines(compareRuns(a, b), { a: 'before', b: 'after' }, wide).join('\n');
  expect(lines).toContain('No difference beyond chance.');
  expect(lines).toMatch(/p95 +\d+(\.\d+)? ms +\d+(\.\d+)? ms +±0 % +±\d+ % +same/);
});

test.each([40, 80, 120])('the summary and a comparison fit %i columns', (width) => {
  const look = { ...wide, width };
  const run = sampleRun();
  const summary = loadLines(run, look);
  const comparison = comparisonLines(compareRuns(run, run), { a: 'before', b: 'after' }, look);
  const lines = [...summary, ...comparison].filter((line) => !line.includes('<script>'));
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  expect(summary.join(' ').replace(/\s+/g, ' ')).toContain(loadLines(run, wide)[2]?.replace(/\s+/g, ' '));
  expect(comparison.filter((line) => /±\d+ %/.test(line))).not.toHaveLength(0);
});

test('the live block fits the terminal, whatever its width', () => {
  const run = sampleRun();
  const interval = run.series.at(-1);
  if (!interval) throw new Error('no interval');
  for (const width of [30, 80, 200]) {
    const lines = liveLines(interval, run, { model: run.model, durationMs: 60_000, width });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    expect(lines).toHaveLength(5);
  }
  const open = { kind: 'open', ratePerSecond: 100, maxConnections: 5 } as const;
  const [line] = liveLines({ ...interval, users: 5 }, run, { model: open, durationMs: 60_000, width: 200 });
  expect(line).toContain('5 connections');
  expect(sparkline([0, 0], 10)).toBe('▁▁');
  expect(sparkline([0, 5, 10], 10)).toBe('▁▅█');
  expect(sparkline([1, 2, 3, 4], 2)).toHaveLength(2);
});

const escapeByte = '\u001b';

test.each([
  ['a terminal redraws', { json: false, quiet: false, tty: true }, `${escapeByte}[5A${escapeByte}[0J`],
  ['elsewhere plain lines', { json: false, quiet: false, tty: false }, /^5\.0 s: \d+ virtual users.*\n10\.0 s: /],
  ['nothing with --json', { json: true, quiet: false, tty: true }, /^$/],
  ['nothing with --quiet', { json: false, quiet: true, tty: true }, /^$/],
])('while it runs: %s', (_name, { json, quiet, tty }, expected) => {
  const stderr = Object.assign(new PassThrough(), { isTTY: tty, columns: 100 });
  const ui = createUi(
    { json, quiet, color: false, input: false },
    { stdin: new PassThrough(), stdout: new PassThrough(), stderr },
  );
  const run = sampleRun();
  const view = showLoad(ui, run);
  for (const interval of run.series.slice(0, 10)) view.onInterval(interval, run);
  view.close();
  const written: string = stderr.read()?.toString() ?? '';
  if (typeof expected === 'string') expect(written).toContain(expected);
  else expect(written).toMatch(expected);
});

test('a line in between leaves nothing of the block above it', () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const ui = createUi(
    { json: false, quiet: false, color: false, input: false },
    { stdin: new PassThrough(), stdout: new PassThrough(), stderr },
  );
  const run = sampleRun();
  const view = showLoad(ui, run);
  const [first, second] = run.series;
  if (!first || !second) throw new Error('no interval');
  view.onInterval(first, run);
  ui.warn('The token could not be renewed.');
  view.onInterval(second, run);
  view.close();
  ui.note('After it.');
  const screen = screenOf(stderr.read().toString().replaceAll('\n', '\r\n'), 100);
  expect(screen.map((line) => line.split(' ')[0])).toEqual([
    'The',
    '2.0',
    'requests/s',
    'p95',
    'latency',
    'errors',
    'After',
  ]);
});

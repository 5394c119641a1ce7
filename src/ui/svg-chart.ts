import { significant } from './figures.ts';
import { type Html, html } from './html.ts';

export interface ChartLine {
  name: string;
  /** In the order of x. */
  points: { x: number; y: number }[];
}

interface Bar {
  from: number;
  to: number;
  count: number;
}

export interface ChartText {
  /** For those who cannot see it: what the chart shows. */
  title: string;
  xUnit: string;
  yUnit: string;
}

/** Drawn twice, as text that shrinks with its chart cannot be read on a phone; the page shows the one that fits. */
const widths = { large: 860, small: 400 };
const height = 270;
const margin = { left: 56, right: 100, top: 30, bottom: 34 };
const mostDots = 12;
const colours = ['var(--a)', 'var(--b)', 'var(--c)', 'var(--d)'];

/** Lines over a common x, from 0 on the y axis; each is named at its end. */
export function lineChart(text: ChartText, lines: ChartLine[]): Html {
  return inBothSizes((width) => drawLines(text, lines, width));
}

function drawLines(text: ChartText, lines: ChartLine[], width: number): Html {
  const all = lines.flatMap(({ points }) => points);
  const lastX = Math.max(...all.map((point) => point.x), 1e-9);
  const x = scale(0, lastX, [margin.left, width - margin.right]);
  const yTicks = ticks(Math.max(...all.map((point) => point.y), 1e-9), 4);
  const y = scale(0, yTicks.at(-1) ?? 1, [height - margin.bottom, margin.top]);
  const labels = spreadOut(lines.map(({ points }) => y(points.at(-1)?.y ?? 0)));
  // Of few points each is shown: a path of one draws nothing.
  const withDots = Math.max(...lines.map(({ points }) => points.length)) <= mostDots;
  const marks = lines.map(({ name, points }, index) => {
    const colour = colours[index % colours.length] ?? '';
    const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${round(x(point.x))} ${round(y(point.y))}`).join('');
    return html`<path class="mark" stroke="${colour}" d="${path}"><title>${name}</title></path>
${withDots ? points.map((point) => html`<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3.5" fill="${colour}"/>`) : ''}
<text x="${round(x(points.at(-1)?.x ?? 0)) + 8}" y="${round(labels[index] ?? 0) + 4}" style="fill: ${colour}">${name}</text>`;
  });
  // The axis ends with the last point, not with a round value beyond it.
  const xSteps = ticks(lastX, width === widths.large ? 6 : 3).filter((value) => value <= lastX);
  return chart(text, width, [yGrid(yTicks, y, width), xTicks(xSteps, x), ...marks]);
}

/** Bars of counts between edges on a logarithmic x axis. */
export function histogramChart(text: ChartText, bars: Bar[]): Html {
  return inBothSizes((width) => drawHistogram(text, bars, width));
}

function drawHistogram(text: ChartText, bars: Bar[], width: number): Html {
  const [first, last] = [bars[0]?.from ?? 1, bars.at(-1)?.to ?? 10];
  const logarithmic = scale(Math.log10(first), Math.log10(last), [margin.left, width - margin.right]);
  const x = (value: number) => logarithmic(Math.log10(value));
  const yTicks = ticks(Math.max(...bars.map((bar) => bar.count), 1), 4);
  const y = scale(0, yTicks.at(-1) ?? 1, [height - margin.bottom, margin.top]);
  const marks = bars.map(({ from, to, count }) => {
    const [left, right, top] = [x(from), x(to), y(count)];
    return html`<rect x="${round(left)}" y="${round(top)}" width="${round(Math.max(0.5, right - left - 1))}" height="${round(height - margin.bottom - top)}" fill="var(--a)"><title>${significant(from)} to ${significant(to)} ${text.xUnit}: ${count}</title></rect>`;
  });
  const edges = decadeTicks(first, last, width === widths.large ? [1, 2, 5] : [1]);
  return chart(text, width, [yGrid(yTicks, y, width), xTicks(edges, x), ...marks]);
}

function inBothSizes(draw: (width: number) => Html): Html {
  return html`<div class="large">${draw(widths.large)}</div><div class="small">${draw(widths.small)}</div>`;
}

function chart({ title, xUnit, yUnit }: ChartText, width: number, marks: Html[]): Html {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<text class="soft" x="10" y="17">${yUnit}</text>
<text class="soft" x="${width - margin.right + 26}" y="${height - 12}">${xUnit}</text>
${marks}
</svg>`;
}

function yGrid(values: number[], y: (value: number) => number, width: number): Html {
  const lines = values.map(
    (
      value,
    ) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(value))}" y2="${round(y(value))}"/>
<text class="soft" x="${margin.left - 8}" y="${round(y(value)) + 4}" text-anchor="end">${tickText(value)}</text>`,
  );
  return html`${lines}`;
}

function xTicks(values: number[], x: (value: number) => number): Html {
  const labels = values.map(
    (value) =>
      html`<text class="soft" x="${round(x(value))}" y="${height - 12}" text-anchor="middle">${tickText(value)}</text>`,
  );
  return html`${labels}`;
}

/** 0 and round steps up to the first that covers `most`. */
export function ticks(most: number, about: number): number[] {
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10) * power;
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Some multiples of powers of ten within the edges. */
function decadeTicks(from: number, to: number, multiples: number[]): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const times of multiples) {
      const value = Number((times * 10 ** power).toPrecision(3));
      if (value >= from && value <= to) found.push(value);
    }
  }
  return found;
}

function scale(from: number, to: number, [start, end]: [number, number]): (value: number) => number {
  return (value) => start + ((value - from) / (to - from || 1)) * (end - start);
}

/** Positions moved apart so that labels do not lie on one another. */
function spreadOut(positions: number[]): number[] {
  const gap = 14;
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const moved = [...positions];
  let lowest = -Infinity;
  for (const index of order) {
    lowest = Math.max(moved[index] ?? 0, lowest + gap);
    moved[index] = lowest;
  }
  const over = Math.max(0, lowest - (height - margin.bottom));
  return moved.map((position) => position - over);
}

function tickText(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 10_000 ? `${value / 1000}k` : String(value);
}

const round = (value: number) => Math.round(value * 10) / 10;

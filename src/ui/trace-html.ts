import { failedShare, layOut, type MapNode, type PlacedNode } from '../measure/trace/service-map.ts';
import type { Span, Waterfall } from '../measure/trace/waterfall.ts';
import { count, milliseconds, percentage } from './figures.ts';
import { column, type Html, html, htmlPage, numbers, table } from './html.ts';
import { nameOf, remarkOf } from './trace-text.ts';

const indentPx = 14;

/** A trace's waterfall as a page of its own. */
export function waterfallPage(trace: Waterfall): string {
  const { traceId, startedAtMs, durationMs, spans } = trace;
  const rows = spans.map((span) => [
    named(span),
    milliseconds(span.startMs),
    milliseconds(span.durationMs),
    milliseconds(span.selfMs),
    html`<span class="${span.outcome === 'ok' ? 'soft' : 'bad'}">${outcomeText(span)}</span>`,
  ]);
  const columns = [column('Part'), numbers('Began after'), numbers('Took'), numbers('Itself'), column('Outcome')];
  return htmlPage(
    `Trace of ${milliseconds(durationMs)}`,
    html`<p class="soft">${traceId}, ${new Date(startedAtMs).toISOString()}</p>
${bars(trace)}
<h2>Every part</h2>
${table(columns, rows)}`,
  );
}

function outcomeText({ outcome, inProgress, message }: Span): string {
  const ended = inProgress && outcome === 'ok' ? 'not finished' : outcome;
  return message === undefined ? ended : `${ended}: ${message}`;
}

/** A box, so that every line of a long name is indented. */
function named(span: Span): Html {
  return html`<div style="padding-left: ${span.depth * indentPx}px">${nameOf({ ...span, depth: 0 })}</div>`;
}

/** A line for each part: its name, a bar from its beginning to its end on one scale, and how long it took. */
function bars({ spans, durationMs }: Waterfall): Html {
  const share = (ms: number) => `${Math.round(Math.min(1, Math.max(0, ms / (durationMs || 1))) * 10_000) / 100}%`;
  const lines = spans.map(
    (span) => html`<li>${named(span)}
<span class="track"><span class="${span.outcome === 'ok' ? 'bar' : 'bar failed'}" style="left: min(${share(span.startMs)}, 100% - 2px); width: ${share(span.durationMs)}"></span></span>
<span class="took">${milliseconds(span.durationMs)}${remarkOf(span)}</span></li>`,
  );
  return html`<ol class="waterfall" aria-label="Waterfall of the trace, ${milliseconds(durationMs)}"><li><span class="scale"><span>0 ms</span><span>${milliseconds(durationMs)}</span></span></li>
${lines}</ol>`;
}

/** Five boxes beside one another are as wide as the page. */
const box = { width: 178, height: 92, gapX: 72, gapY: 26, margin: 24 };

/** The service map as a page of its own. `about` says of when and where it is. */
export function mapPage(nodes: readonly MapNode[], about: string): string {
  const placed = layOut(nodes);
  const rows = placed
    .filter(({ isClient }) => !isClient)
    .map(({ kind, name, statistics }) => [
      `${kind} ${name}`,
      count(statistics.requests),
      milliseconds(statistics.meanMs),
      percentage(failedShare(statistics)),
      count(statistics.throttles),
    ]);
  return htmlPage(
    'Service map',
    html`<p class="soft">${about}</p>
<div class="map">${drawMap(placed)}</div>
<ol class="cards">${drawCards(placed)}</ol>
<h2>Every service</h2>
${table([column('Service'), ...['Requests', 'Mean', 'Failed', 'Throttled'].map(numbers)], rows)}`,
  );
}

function drawMap(placed: PlacedNode[]): Html {
  const byId = new Map(placed.map((node) => [node.id, node]));
  const columns = Math.max(...placed.map(({ column }) => column), 0) + 1;
  const rows = Math.max(...placed.map(({ row }) => row), 0) + 1;
  const width = 2 * box.margin + columns * box.width + (columns - 1) * box.gapX;
  const height = 2 * box.margin + rows * box.height + (rows - 1) * box.gapY;
  const left = ({ column }: PlacedNode) => box.margin + column * (box.width + box.gapX);
  const top = ({ row }: PlacedNode) => box.margin + row * (box.height + box.gapY);

  const edges = placed.flatMap((from) =>
    from.calls.flatMap(({ to, ...statistics }) => {
      const target = byId.get(to);
      if (!target) return [];
      const [x1, y1, x2, y2] = [
        left(from) + box.width,
        top(from) + box.height / 2,
        left(target) - 6,
        top(target) + box.height / 2,
      ];
      const colour = failedShare(statistics) > 0 ? 'var(--bad)' : 'var(--soft)';
      return html`<path d="M${x1} ${y1} C${x1 + box.gapX / 2} ${y1} ${x2 - box.gapX / 2} ${y2} ${x2} ${y2}" fill="none" stroke="${colour}" stroke-width="1.5" marker-end="url(#arrow)"/>
<text class="soft" x="${(x1 + x2) / 2}" y="${(y1 + y2) / 2 - 8}" text-anchor="middle">${milliseconds(statistics.meanMs)}</text>`;
    }),
  );
  const boxes = placed.map((node) => {
    const [x, y] = [left(node), top(node)];
    const failed = failedShare(node.statistics);
    const name = titleOf(node);
    return html`<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="8" fill="var(--page)" stroke="${failed > 0 ? 'var(--bad)' : 'var(--d)'}" stroke-width="2"/>
<text class="soft" x="${x + 12}" y="${y + 22}">${node.kind}</text>
<text x="${x + 12}" y="${y + 42}" font-weight="600">${name.length > 22 ? `${name.slice(0, 21)}…` : name}<title>${name}</title></text>
<text x="${x + 12}" y="${y + 62}">${figuresOf(node)}</text>
<text x="${x + 12}" y="${y + 80}" class="${failed > 0 ? '' : 'soft'}" style="${failed > 0 ? 'fill: var(--bad)' : ''}">${percentage(failed)} failed</text>`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Who calls whom, with requests, mean times and failures">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="var(--soft)"/></marker></defs>
${edges}${boxes}
</svg>`;
}

/** The map for where it would be too small to read: a box below another, each with whom it calls. */
function drawCards(placed: PlacedNode[]): Html[] {
  const byId = new Map(placed.map((node) => [node.id, node]));
  return placed.map((node) => {
    const calls = node.calls.flatMap(({ to, ...statistics }) => {
      const target = byId.get(to);
      if (!target) return [];
      return [
        html`<div class="${failedShare(statistics) > 0 ? 'bad' : 'soft'}">→ ${target.kind} ${target.name}, ${milliseconds(statistics.meanMs)}</div>`,
      ];
    });
    const failed = failedShare(node.statistics);
    return html`<li class="${failed > 0 ? 'failed' : ''}"><div class="soft">${node.kind}</div><strong>${titleOf(node)}</strong>
<div>${figuresOf(node)}, <span class="${failed > 0 ? 'bad' : 'soft'}">${percentage(failed)} failed</span></div>${calls}</li>`;
  });
}

const titleOf = ({ isClient, name }: PlacedNode) => (isClient ? 'callers' : name);

function figuresOf({ isClient, statistics }: PlacedNode): string {
  const requests = `${count(statistics.requests)} requests`;
  return isClient ? requests : `${requests}, ${milliseconds(statistics.meanMs)}`;
}

import { failedShare, layOut, type MapNode, type PlacedNode } from '../measure/trace/service-map.ts';
import type { Waterfall } from '../measure/trace/waterfall.ts';
import { count, milliseconds, percentage } from './figures.ts';
import { type Html, html, htmlPage } from './html.ts';
import { ticks } from './svg-chart.ts';
import { nameOf, remarkOf } from './trace-text.ts';

const nameWidth = 300;
const barWidth = 480;
const rowHeight = 26;

/** A trace's waterfall as a page of its own. */
export function waterfallPage(trace: Waterfall): string {
  const { traceId, startedAtMs, durationMs, spans } = trace;
  const rows = spans.map(
    (span) => html`<tr><td style="padding-left: ${10 + span.depth * 16}px">${nameOf({ ...span, depth: 0 })}</td>
<td class="number">${milliseconds(span.startMs)}</td><td class="number">${milliseconds(span.durationMs)}</td><td class="number">${milliseconds(span.selfMs)}</td>
<td class="${span.outcome === 'ok' ? 'soft' : 'bad'}">${span.outcome}${span.message === undefined ? '' : `: ${span.message}`}</td></tr>`,
  );
  return htmlPage(
    `Trace of ${milliseconds(durationMs)}`,
    html`<p class="soft">${traceId}, ${new Date(startedAtMs).toISOString()}</p>
${bars(trace)}
<h2>Every part</h2>
<div class="wide"><table><thead><tr><th>Part</th><th class="number">Began after</th><th class="number">Took</th><th class="number">Itself</th><th>Outcome</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function bars({ spans, durationMs }: Waterfall): Html {
  const scale = (ms: number) => nameWidth + (ms / (durationMs || 1)) * barWidth;
  const height = 34 + spans.length * rowHeight;
  const grid = ticks(durationMs || 1, 6)
    .filter((ms) => ms <= durationMs)
    .map(
      (ms) => html`<line class="grid" x1="${scale(ms)}" x2="${scale(ms)}" y1="26" y2="${height}"/>
<text class="soft" x="${scale(ms)}" y="17" text-anchor="middle">${ms}</text>`,
    );
  const rows = spans.map((span, index) => {
    const y = 30 + index * rowHeight;
    const left = Math.max(nameWidth, scale(span.startMs));
    const width = Math.max(2, scale(span.startMs + span.durationMs) - left);
    const colour = span.outcome === 'ok' ? 'var(--a)' : 'var(--bad)';
    // A name longer than its column would run into the bars.
    const name = nameOf({ ...span, depth: 0 });
    const room = 40 - span.depth * 2;
    return html`<text x="${10 + span.depth * 14}" y="${y + 16}">${name.length > room ? `${name.slice(0, room - 1)}…` : name}<title>${name}</title></text>
<rect x="${left}" y="${y + 4}" width="${width}" height="${rowHeight - 10}" rx="2" fill="${colour}"><title>${name}: ${milliseconds(span.durationMs)}${remarkOf(span)}</title></rect>
<text class="soft" x="${left + width + 6}" y="${y + 16}">${milliseconds(span.durationMs)}${remarkOf(span)}</text>`;
  });
  return html`<div class="wide"><svg class="chart" viewBox="0 0 ${nameWidth + barWidth + 200} ${height}" role="img" aria-label="Waterfall of the trace">
<text class="soft" x="${nameWidth + barWidth + 170}" y="17">ms</text>
${grid}${rows}
</svg></div>`;
}

/** Five boxes beside one another are as wide as the page. */
const box = { width: 178, height: 92, gapX: 72, gapY: 26, margin: 24 };

/** The service map as a page of its own. `about` says of when and where it is. */
export function mapPage(nodes: readonly MapNode[], about: string): string {
  const placed = layOut(nodes);
  const rows = placed
    .filter(({ isClient }) => !isClient)
    .map(
      ({
        kind,
        name,
        statistics,
      }) => html`<tr><td>${kind}</td><td>${name}</td><td class="number">${count(statistics.requests)}</td>
<td class="number">${milliseconds(statistics.meanMs)}</td><td class="number">${percentage(failedShare(statistics))}</td><td class="number">${count(statistics.throttles)}</td></tr>`,
    );
  return htmlPage(
    'Service map',
    html`<p class="soft">${about}</p>
${drawMap(placed)}
<h2>Every service</h2>
<div class="wide"><table><thead><tr><th>Kind</th><th>Name</th><th class="number">Requests</th><th class="number">Mean</th><th class="number">Failed</th><th class="number">Throttled</th></tr></thead><tbody>${rows}</tbody></table></div>`,
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
    const name = node.isClient ? 'whoever calls' : node.name;
    return html`<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="8" fill="var(--page)" stroke="${failed > 0 ? 'var(--bad)' : 'var(--d)'}" stroke-width="2"/>
<text class="soft" x="${x + 12}" y="${y + 22}">${node.kind}</text>
<text x="${x + 12}" y="${y + 42}" font-weight="600">${name.length > 22 ? `${name.slice(0, 21)}…` : name}<title>${name}</title></text>
<text x="${x + 12}" y="${y + 62}">${count(node.statistics.requests)} requests${node.isClient ? '' : `, ${milliseconds(node.statistics.meanMs)}`}</text>
<text x="${x + 12}" y="${y + 80}" class="${failed > 0 ? '' : 'soft'}" style="${failed > 0 ? 'fill: var(--bad)' : ''}">${percentage(failed)} failed</text>`;
  });
  return html`<div class="wide"><svg style="min-width: ${Math.min(width, 1000)}px" viewBox="0 0 ${width} ${height}" role="img" aria-label="Who calls whom, with requests, mean times and failures">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="var(--soft)"/></marker></defs>
${edges}${boxes}
</svg></div>`;
}

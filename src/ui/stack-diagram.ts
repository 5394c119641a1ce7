import { resourceTypes } from '../resource-types.ts';
import type { Service } from '../stack/service.ts';
import { routeName } from '../stack/service.ts';
import type { ResourceStatus } from '../stack/types.ts';
import { type Html, html } from './html.ts';
import { stateMarks } from './stack-tables.ts';
import type { Look } from './table.ts';
import { shortened } from './words.ts';

/** A service of AWS's with the stack's resources in it, in the order in which a request passes them. */
interface Station {
  title: string;
  /** How a request comes here. */
  way: string;
  parts: Part[];
}

interface Part extends ResourceStatus {
  /** What it hands the request to. */
  next: string;
}

/** How a request comes to a service, in the order of its way. */
const ways: Record<string, string> = {
  Cognito: 'signs in and gets a token',
  'API Gateway': 'sends requests with the token',
  Lambda: 'invokes the function',
  DynamoDB: 'reads and writes items',
};

/** Those first, then what no request passes through. */
const services = [...new Set([...Object.keys(ways), ...Object.values(resourceTypes).map(({ service }) => service)])];

function stationsOf(resources: readonly ResourceStatus[], { functions, routes }: Service): Station[] {
  // Where there is one function, it stands below; the tutorial's has no name of its own in a service.
  const next = new Map(functions.length > 1 ? routes.map((route) => [routeName(route), `→ ${route.function}`]) : []);
  return services.flatMap((title) => {
    const types = Object.entries(resourceTypes).flatMap(([type, { service }]) => (service === title ? [type] : []));
    const parts = types.flatMap((type) => resources.filter((each) => each.type === type));
    if (parts.length === 0) return [];
    return [
      {
        title,
        way: ways[title] ?? 'works with',
        parts: parts.map((part) => ({ ...part, next: next.get(part.name) ?? '' })),
      },
    ];
  });
}

/** The stack as a picture of characters: who calls, and below one another what the request passes. */
export function diagramLines(resources: readonly ResourceStatus[], service: Service, look: Look): string[] {
  const room = Math.min(look.width, 76) - 4;
  const lines = [' caller'];
  for (const { title, way, parts } of stationsOf(resources, service)) {
    lines.push('   │', `   │ ${way}`, '   ▼', `╭─ ${title} ${'─'.repeat(room - title.length - 1)}╮`);
    for (const { type, name, state, next } of parts) {
      const [sign, style] = stateMarks[state];
      const before = `${sign} ${type.padEnd(11)} ${state === 'present' ? '' : `(${state}) `}`;
      const after = next && ` ${next}`;
      const text = shortened(before + shortened(name, Math.max(1, room - before.length - after.length)) + after, room);
      lines.push(`│ ${style ? look.style(style, text.padEnd(room)) : text.padEnd(room)} │`);
    }
    lines.push(`╰${'─'.repeat(room + 2)}╯`);
  }
  return lines;
}

const box = { width: 480, row: 24, head: 34, gap: 58, margin: 16, top: 34 };
const colours = { present: 'good', absent: 'soft', drifted: 'warn', foreign: 'bad' } as const;

/** The same as an SVG document of its own, readable in light and dark, from 360 pixels on. */
export function diagramSvg(resources: readonly ResourceStatus[], service: Service, title: string): string {
  let top = box.top;
  const drawn = stationsOf(resources, service).map((station) => {
    const height = box.head + station.parts.length * box.row + 8;
    const y = top + box.gap;
    const picture = html`<path class="way" d="M40 ${top + 6} V${y - 4}" marker-end="url(#arrow)"/>
<text class="soft" x="54" y="${top + box.gap / 2 + 4}">${station.way}</text>
<rect x="${box.margin}" y="${y}" width="${box.width - 2 * box.margin}" height="${height}" rx="8"/>
<text class="title" x="${box.margin + 14}" y="${y + 23}">${station.title}</text>
${station.parts.map((part, index) => drawPart(part, y + box.head + index * box.row + 14))}
`;
    top = y + height;
    return picture;
  });
  const height = top + box.margin;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${box.width} ${height}" width="100%" style="max-width: ${box.width * 1.5}px" role="img" aria-label="${title}">
<title>${title}</title>
<style>${style}</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
<rect class="page" width="${box.width}" height="${height}"/>
<text x="24" y="28">caller</text>
${drawn}</svg>
`.markup;
}

function drawPart({ type, name, state, next }: Part, y: number): Html {
  const sign = state === 'present' ? '✔' : `${stateMarks[state][0]} ${state}`;
  const text = `${name} ${next}`.trim();
  return html`<text x="${box.margin + 14}" y="${y}" class="soft">${type}</text>
<text x="${box.margin + 118}" y="${y}">${shortened(text, 38)}<title>${text}</title></text>
<text x="${box.width - box.margin - 12}" y="${y}" text-anchor="end" class="${colours[state]}">${sign}</text>`;
}

const style: Html = {
  markup: `
svg { --text: #1b1f24; --soft: #57606a; --page: #fff; --box: #f6f8fa; --line: #d0d7de; --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; }
@media (prefers-color-scheme: dark) {
  svg { --text: #e6edf3; --soft: #9198a1; --page: #0d1117; --box: #161b22; --line: #30363d; --good: #3fb950; --warn: #d29922; --bad: #ff7b72; }
}
text { fill: var(--text); font: 14px system-ui, sans-serif; } .title { font-weight: 600; }
rect { fill: var(--box); stroke: var(--line); } .page { fill: var(--page); stroke: none; }
.way { fill: none; stroke: var(--soft); stroke-width: 1.5; } .head { fill: var(--soft); }
.soft { fill: var(--soft); } .good { fill: var(--good); } .warn { fill: var(--warn); } .bad { fill: var(--bad); }
`,
};

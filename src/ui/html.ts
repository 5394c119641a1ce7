/** HTML (or SVG) text that is safe to put into a page: made by `html` alone, which escapes everything else. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[];

/** A template whose inserted texts are escaped, for element content and quoted attributes. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return {
    markup: texts.map((text, index) => text + (index < parts.length ? markupOf(parts[index] ?? '') : '')).join(''),
  };
}

function markupOf(part: Part): string {
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

interface Column {
  name: string;
  isNumber: boolean;
}

/** A column of text, or of numbers, which are aligned on the right. */
export const column = (name: string): Column => ({ name, isNumber: false });
export const numbers = (name: string): Column => ({ name, isNumber: true });

/** A row a line, headed by its first cell. Where the page is narrow, each cell shows its column's name above it. */
export function table(columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const head = columns.map(({ name, isNumber }) => html`<th scope="col"${classOf(isNumber)}>${name}</th>`);
  const body = rows.map((cells) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((cell, index) => {
      const { name = '', isNumber = false } = columns[index + 1] ?? {};
      return html`<td${classOf(isNumber)} data-column="${name}">${cell}</td>`;
    });
    return html`<tr><th scope="row"${classOf(columns[0]?.isNumber === true)}>${first}</th>${others}</tr>`;
  });
  return html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

const classOf = (isNumber: boolean): Html => (isNumber ? html` class="number"` : html``);

/**
 * A whole page that needs nothing else: it opens offline, runs no script, and may load nothing.
 * Readable from 360 px on, in light and dark.
 */
export function htmlPage(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup;
}

/** Series colours keep 3:1 against both backgrounds and stay apart for the colour-blind; lines are named at their end too. */
const style: Html = {
  markup: `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --page: #fff; --box: #f6f8fa; --line: #d0d7de;
  --a: #0969da; --b: #bc4c00; --c: #8250df; --d: #1a7f37; --bad: #cf222e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9198a1; --page: #0d1117; --box: #161b22; --line: #30363d;
    --a: #58a6ff; --b: #f0883e; --c: #bc8cff; --d: #3fb950; --bad: #ff7b72; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { font-size: 24px; margin: 8px 0 4px; } h2 { font-size: 17px; margin: 28px 0 8px; }
p { margin: 4px 0 12px; } .soft { color: var(--soft); } .bad { color: var(--bad); } .good { color: var(--d); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(112px, 1fr)); gap: 12px; margin: 16px 0; padding: 0; }
.figures div { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
.figures dt { color: var(--soft); font-size: 13px; } .figures dd { margin: 0; font-size: 21px; font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; } tbody th { font-weight: 400; }
svg { display: block; width: 100%; height: auto; background: var(--box); border: 1px solid var(--line); border-radius: 8px; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; } svg .soft { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .mark { fill: none; stroke-width: 2; stroke-linejoin: round; }
.waterfall, .cards { list-style: none; margin: 12px 0; padding: 0; }
.waterfall { padding: 8px 12px; background: var(--box); border: 1px solid var(--line); border-radius: 8px; }
.waterfall li { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) minmax(84px, 2fr); gap: 0 12px; align-items: center; padding: 2px 0; }
.waterfall li > * { overflow-wrap: anywhere; } .waterfall .took { color: var(--soft); font-variant-numeric: tabular-nums; }
.scale { display: flex; justify-content: space-between; color: var(--soft); font-size: 13px; grid-column: 2; }
.track { position: relative; height: 16px; border-left: 1px solid var(--line); border-right: 1px solid var(--line); overflow: hidden; }
.bar { position: absolute; height: 100%; min-width: 2px; border-radius: 2px; background: var(--a); } .bar.failed { background: var(--bad); }
.cards { display: none; gap: 8px; } .cards li { padding: 8px 12px; background: var(--box); border: 2px solid var(--d); border-radius: 8px; overflow-wrap: anywhere; }
.cards li.failed { border-color: var(--bad); }
@media (max-width: 1000px) { .map { display: none; } .cards { display: grid; } }
.small { display: none; }
@media (max-width: 600px) {
  .small { display: block; } .large { display: none; }
  .waterfall li { grid-template-columns: minmax(0, 1fr) auto; } .track, .scale { grid-column: 1 / -1; } .track { grid-row: 2; }
}
@media (max-width: 760px) {
  table, tbody { display: block; } thead { display: none; }
  tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(72px, 1fr)); padding: 6px 0; border-bottom: 1px solid var(--line); }
  th, td, td.number, th.number { padding: 2px 6px 2px 0; font-size: 13px; text-align: left; border: 0; white-space: normal; }
  tbody th { grid-column: 1 / -1; font-weight: 600; }
  td:empty { display: none; } td::before { content: attr(data-column); display: block; color: var(--soft); font-size: 12px; }
}
summary { cursor: pointer; color: var(--soft); }
`,
};

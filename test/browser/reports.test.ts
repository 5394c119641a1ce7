import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/measure/load/compare.ts';
import { tutorialService } from '../../src/stack/service.ts';
import { comparisonPage, loadPage } from '../../src/ui/load-html.ts';
import { diagramSvg } from '../../src/ui/stack-diagram.ts';
import { mapPage, waterfallPage } from '../../src/ui/trace-html.ts';
import { coldPage, tunePage } from '../../src/ui/tune-html.ts';
import { sampleCold, sampleNodes, sampleRun, sampleTrace, sampleTuning } from '../ui/reports.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const missing = existsSync(executablePath) ? '' : ' (skipped: needs chromium)';

const run = sampleRun();
/** Names as long as they may be, without a place to break them. */
const long = 'n'.repeat(64);
const pages: Record<string, string> = {
  load: loadPage(run),
  compare: comparisonPage(compareRuns(run, { ...run, requestsPerSecond: 70 }), run, run),
  tune: tunePage(sampleTuning),
  cold: coldPage(sampleCold),
  trace: waterfallPage({ ...sampleTrace, spans: sampleTrace.spans.map((span) => ({ ...span, detail: long })) }),
  map: mapPage(
    sampleNodes.map((node) => ({ ...node, name: long })),
    'Traced requests',
  ),
  diagram: diagramSvg(
    [
      { type: 'pool', name: 'p'.repeat(128), id: 'x', state: 'present' },
      { type: 'method', name: `POST /${long}`, id: 'x', state: 'drifted' },
      { type: 'table', name: 'lambda-apigateway', id: null, state: 'absent' },
    ],
    tutorialService,
    'stack',
  ),
};

/** Elements that are wider than what is seen of them, or that lie outside of the window, as the browser runs it. */
const beyond = `(() => {
  const html = document.documentElement;
  const shown = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().width > 0);
  const cutOff = [html, ...shown].filter(
    (one) => one.scrollWidth > one.clientWidth + 1 && (one === html || getComputedStyle(one).overflowX !== 'visible'),
  );
  const outside = shown.filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    return left < -0.5 || right > html.clientWidth + 0.5;
  });
  return [...cutOff, ...outside].map((one) => one.outerHTML.slice(0, 100));
})()`;

it('every page that a command writes is looked at here', () => {
  const folder = new URL('../../src/ui/', import.meta.url).pathname;
  const files = readdirSync(folder).filter((file) => file.endsWith('-html.ts'));
  const written = files.flatMap(
    (file) => readFileSync(join(folder, file), 'utf8').match(/(?<=^export function )\w+Page/gm) ?? [],
  );
  expect(written.sort()).toEqual(
    [coldPage, comparisonPage, loadPage, mapPage, tunePage, waterfallPage].map(({ name }) => name),
  );
});

describe.skipIf(missing !== '')(`reports in Chromium${missing}`, () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dynops-reports-'));
    for (const [name, text] of Object.entries(pages)) {
      // A picture is opened in a page, as a document's is.
      const isPicture = text.startsWith('<svg');
      await writeFile(join(folder, `${name}.html`), isPicture ? `<body style="margin: 0">${text}` : text);
    }
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  async function open(name: string, width: number): Promise<void> {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`file://${folder}/${name}.html`);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
  }

  const sizes = [360, 700, 1280].flatMap((width) => Object.keys(pages).map((name) => [name, width] as const));
  it.each(sizes)('%s at %i px: nothing is out of sight at the side', async (name, width) => {
    await open(name, width);
    expect(await page.evaluate(beyond)).toEqual([]);
  });

  const seen = (selector: string, text: string) =>
    page.locator(`${selector}:visible`).filter({ hasText: text }).first().isVisible();

  it.each([360, 1280])('at %i px shows durations, p99 and whom the map has', async (width) => {
    await open('trace', width);
    expect(await page.locator('.took:visible').allTextContents()).toEqual([
      '100 ms',
      '50.0 ms (fault)',
      expect.stringContaining('not finished'),
    ]);
    await open('load', width);
    expect(await seen('dt', 'p99')).toBe(true);
    const lastOfRow = page.locator('details td:last-child').first();
    expect(await lastOfRow.textContent()).toMatch(/ ms$/);
    expect(await lastOfRow.isVisible()).toBe(true);
    await open('cold', width);
    expect(await seen('th', '1,769 MB arm64')).toBe(true);
    for (const figure of ['180 ms', '4.00 ms', '60 MB']) expect(await seen('td', figure), figure).toBe(true);
    await open('map', width);
    for (const kind of ['client', 'API Gateway', 'Lambda'])
      expect(await seen('.cards div, .map text', kind)).toBe(true);
  });

  it.each([360, 1280])('at %i px every line of a part’s long name is indented alike', async (width) => {
    await open('trace', width);
    // The left edges of the lines, by part.
    const edges: number[][] = await page.evaluate(`[...document.querySelectorAll('li > div, th > div')].map((part) => {
      const range = document.createRange();
      range.selectNodeContents(part);
      return [...range.getClientRects()].map(({ left }) => Math.round(left));
    })`);
    const wrapped = edges.filter(({ length }) => length > 1);
    expect(wrapped.length).toBeGreaterThan(0);
    for (const lefts of wrapped) expect(new Set(lefts).size).toBe(1);
  });

  it.each([360, 1280])('at %i px a line of two points, and of one, shows each', async (width) => {
    await open('tune', width);
    expect(await page.locator('svg:visible').first().locator('circle').count()).toBe(2);
    const { width: across = 0 } = (await page.locator('svg:visible circle').first().boundingBox()) ?? {};
    expect(across).toBeGreaterThan(4);
  });
});

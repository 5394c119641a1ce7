import { describe, expect, it } from 'vitest';
import { tutorialFunction, tutorialService } from '../../src/stack/service.ts';
import type { ResourceStatus } from '../../src/stack/types.ts';
import { diagramLines, diagramSvg } from '../../src/ui/stack-diagram.ts';
import { reportLines, statusLines } from '../../src/ui/stack-tables.ts';
import type { Look } from '../../src/ui/table.ts';

const look = (width: number): Look => ({ width, style: (style, text) => `<${style}>${text}</>` });
const plain = (width: number): Look => ({ width, style: (_style, text) => text });

const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/LambdaFunctionOverHttps';
const from = 'a value that is quite long by itself, and longer still';
const resources: ResourceStatus[] = [
  { type: 'role', name: 'lambda-apigateway-role', id: 'arn:aws:iam::000000000000:role/x', state: 'present' },
  {
    type: 'log-group',
    name: '/aws/lambda/LambdaFunctionOverHttps',
    id: arn,
    state: 'drifted',
    drift: [{ property: 'retentionDays', from, to: `${from}, to the end` }],
  },
  { type: 'function', name: 'LambdaFunctionOverHttps', id: null, state: 'absent' },
  { type: 'method', name: 'POST /DynamoDBManager', id: 's5dguc/POST', state: 'present' },
  { type: 'table', name: 'lambda-apigateway', id: null, state: 'foreign' },
];

describe('a table of resources', () => {
  it.each([40, 60, 80, 120])('fits %i columns, aligned under its header', (width) => {
    const lines = statusLines(resources, plain(width));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    const [header = ''] = lines;
    const rows = lines.slice(1).filter((line) => /^\S/.test(line));
    expect(rows).toHaveLength(resources.length);
    for (const title of ['STATE', 'TYPE', 'NAME']) {
      const at = header.indexOf(title);
      expect(at).toBeGreaterThan(0);
      // Each column begins where its title does, after a blank.
      for (const row of rows) expect(row.slice(at - 1, at + 1)).toMatch(/^ \S$/);
    }
  });

  it('shortens an ARN in its middle, and leaves it out where next to nothing would be left', () => {
    const shown = (width: number) => statusLines(resources, plain(width)).join('\n');
    expect(shown(100)).toMatch(/arn:aws:logs:\S*…\S*OverHttps/);
    expect(shown(40)).not.toMatch(/ID|arn:/);
    expect(shown(Infinity)).toContain(arn);
  });

  it('shows long values of a change below one another', () => {
    const changes = (width: number) => statusLines(resources, plain(width)).filter((line) => line.startsWith('    '));
    expect(changes(200)).toEqual([`    retention days: "${from}" → "${from}, to the end"`]);
    expect(changes(70)).toHaveLength(3);
  });

  it.each([
    [{ property: 'authorizerId', from: null, to: '(new)' }, 'authorizer id: none → to be created'],
    [{ property: 'memoryMb', from: 128, to: 512 }, 'memory (MB): 128 → 512'],
    [{ property: 'variables', from: {}, to: undefined }, 'variables: {} → none'],
    // Hashes of what is deployed are for dynops itself.
    [
      { property: 'definition', from: '62ad818178d9ed21 1x8buh', to: '62ad818178d9ed21 (new)' },
      'deployment: as the API was before → as the API is defined now',
    ],
    [
      { property: 'definition', from: undefined, to: '62ad818178d9ed21 1x8buh' },
      'deployment: not made by dynops → as the API is defined now',
    ],
  ])('says a change in words: %j', (change, line) => {
    const drifted: ResourceStatus = { type: 'stage', name: 'prod', id: 'a', state: 'drifted', drift: [change] };
    expect(statusLines([drifted], plain(Infinity)).at(-1)).toBe(`    ${line}`);
  });

  it('says a state by colour and by sign', () => {
    const lines = statusLines(resources, look(Infinity)).filter((line) => line.startsWith('<'));
    expect(lines.map((line) => line.slice(0, 13))).toEqual([
      expect.stringContaining('<dim>'),
      '<green>✔</>  ',
      expect.stringContaining('<yellow>~</>'),
      expect.stringContaining('<dim>·</>'),
      '<green>✔</>  ',
      expect.stringContaining('<red>!</>'),
    ]);
  });

  it('says of a plan what will be, and of a report what was', () => {
    const reports = [{ type: 'table', name: 'orders', id: null, action: 'created', ms: 0 } as const];
    expect(reportLines(reports, plain(80), { plan: true })[1]).toBe('+  create  table  orders');
    expect(reportLines(reports, plain(80))[1]).toBe('+  created  table  orders');
  });
});

describe('a diagram of a stack', () => {
  it.each([40, 80, 120])('fits %i columns, with the way of a request from above to below', (width) => {
    const lines = diagramLines(resources, tutorialService, plain(width));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    const text = lines.join('\n');
    const order = ['caller', '─ API Gateway', '✔ method', '─ Lambda', '· function', '─ DynamoDB', '! table'];
    const places = order.map((word) => text.indexOf(word));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(new Set(lines.filter((line) => /^[│╭╰]/.test(line)).map((line) => line.length)).size).toBe(1);
    expect(text).toContain('! table       (foreign)');
  });

  it('is the same as SVG, with each name, each state and nothing that a name could bring in', () => {
    const hostile = { type: 'table', name: '<script>&', id: null, state: 'present' } as const;
    const svg = diagramSvg([...resources, hostile], tutorialService, 'Stack "x"');
    for (const { name, state } of resources) {
      expect(svg).toContain(name);
      if (state !== 'present') expect(svg).toContain(state);
    }
    // Which function a route goes to is told where there are several.
    expect(svg).not.toContain('→');
    const functions = ['notes', 'people'].map((name) => ({ ...tutorialFunction, name }));
    const routes = tutorialService.routes.map((route) => ({ ...route, function: 'people' }));
    expect(diagramSvg(resources, { ...tutorialService, functions, routes }, 'x')).toContain('→ people');
    expect(svg).not.toContain('<script>');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { runScript } from './first-service.ts';

/** It only ends what hangs. */
const limitMs = 600_000;
let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
});
afterAll(() => dynops.remove());

const page = await readFile(new URL('../../docs/tutorial.md', import.meta.url), 'utf8');

/** What is to be typed, and what it prints, in the page's order. */
const steps = [...page.matchAll(/^```sh\n(.*?)^```\n\n```\n(.*?)^```$/gms)].map(([, typed = '', printed = '']) => ({
  typed,
  printed,
}));

/** What differs from run to run, and between machines. */
const masks: [RegExp, string][] = [
  [/^.*\tWARN\t.* runs on Node .*\n/gm, ''],
  // Too short to be seen, it is not always shown.
  [/^ +overhead .*\n/gm, ''],
  [/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'UUID'],
  [/\b1-[0-9a-f]{8}-[0-9a-f]{24}\b/g, 'TRACE'],
  [/\bus-east-1_\w{9}\b/g, 'POOL'],
  [/127\.0\.0\.1:\d+/g, 'ENGINE'],
  [/(?<=execute-api\/)[a-z0-9]{10}\b/g, 'API'],
  [/\b[a-z0-9]{26}\b/g, 'CLIENT'],
  [/(?<=authorizer id: none → ")[a-z0-9]{6}(?=")/g, 'AUTHORIZER'],
  [/(?<= in )\S+(?=\/stacks\/local\/)/g, 'HOME'],
  [/\d{4}-\d\d-\d\d[ T][\d:.]+Z?/g, 'TIME'],
  [/^\d\d:\d\d:\d\d\.\d{3}/gm, 'TIME'],
  [/(?<="(exp|iat)": ").*(?=")/g, 'TIME'],
  [/(?<="auth_time": ")\d+(?=")/g, 'TIME'],
  [/\d[\d.,]* (ms|s)\b/g, 'DURATION'],
  [/\bUsed: \d+ MB/g, 'Used: SIZE'],
  [/█+/g, 'BAR'],
  [/[ \t]+/g, ' '],
];

const masked = (text: string) => masks.reduce((done, [pattern, word]) => done.replace(pattern, word), text).trimEnd();

/** What is made side by side ends in any order. */
function comparable(text: string): string[] {
  const isProgress = (line: string | undefined) => line !== undefined && /^[✔·] \w+ [\w-]+ .* DURATION$/.test(line);
  const lines = masked(text).split('\n');
  const groups = lines.reduce<string[][]>((before, line, index) => {
    if (isProgress(line) && isProgress(lines[index - 1])) before.at(-1)?.push(line);
    else before.push([line]);
    return before;
  }, []);
  return groups.flatMap((group) => group.sort());
}

it('every command of the page has its output', () => {
  expect(steps.length).toBeGreaterThan(20);
  expect(steps).toHaveLength(page.match(/^```sh$/gm)?.length ?? 0);
  const words = steps.flatMap(({ typed }) => [...typed.matchAll(/^dynops (\w+)/gm)].map(([, word]) => word));
  for (const word of ['role', 'table', 'function', 'api', 'stage', 'pool', 'client', 'domain', 'user', 'authorizer'])
    expect(words).toContain(word);
  // By the steps alone.
  expect(words).not.toContain('up');
});

it(
  'is what these commands print, in an empty folder and an empty home',
  async () => {
    const script = steps.map(({ typed }, index) => `echo '=== ${index} ==='\n${typed}`).join('');
    const { status, stdout } = await runScript(dynops, `set -e\nexec 2>&1\n${script}`, { limitMs, home: dynops.home });
    const printed = stdout.split(/^=== \d+ ===\n/m).slice(1);
    for (const [index, step] of steps.entries())
      expect(comparable(printed[index] ?? ''), `after ${step.typed}`).toEqual(comparable(step.printed));
    expect(status, stdout).toBe(0);
  },
  limitMs,
);

import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

/** A function that means harm tries what it can; nothing may come through, and others are served all along. */

const source = readFileSync(new URL('./hostile-handler.js', import.meta.url), 'utf8');
const secretText = 'the engine’s own';
const deeds = [...source.matchAll(/^ {2}'((?:pipe|output|memory|time|end|disk): [^']+)':/gm)].map(
  (match) => match[1] ?? '',
);

let fixture: LambdaFixture;
let secret: string;
/** Without namespaces a function is ended where it would find the disk full (SECURITY.md). */
let confined: boolean;
const engineLog: string[] = [];
beforeAll(async () => {
  fixture = await startLambda({ log: (line) => engineLog.push(line) });
  secret = join(fixture.engine.dataDir, 'secret.txt');
  await writeFile(secret, secretText);
  await fixture.create('witness', 'exports.handler = async () => "well";');
  await fixture.create('hostile', source, { Timeout: 20 });
  await fixture.create('endless', source, { Timeout: 1 });
  await fixture.invoke('witness');
  confined = await fixture.engine.engine.functions.confines();
});
afterAll(() => fixture.engine.stop());

it('gets at nothing from inside', async () => {
  const before = getPriority(process.pid);
  const { payload } = await fixture.invoke('hostile', JSON.stringify({ secret, engine: process.pid }));
  const { through, tried } = payload as { through: object; tried: number };
  expect(through).toEqual({});
  expect(tried + deeds.length).toBeGreaterThanOrEqual(90);
  expect(getPriority(process.pid)).toBe(before);
  expect(await readFile(secret, 'utf8')).toBe(secretText);
});

/** Those that may end well for their own caller, and how. */
const ends: Record<string, unknown> = {
  'memory: after the answer': 'answered',
  'time: a loop after the answer': 'answered',
  'time: a loop right after the answer': 'answered',
  'time: timers after the answer': 'answered',
  'end: exit after the answer': 'answered',
  'end: an error after the answer': 'answered',
  'output: two megabytes of short lines': 'through',
  'output: long lines without an end': 'through',
};

/** These end by their time alone, so it is short. */
const endless =
  /^time: (?:a loop|a promise)|pipe: (?:closed|a flood|a length, )|output: (?:a flood|a console)|end: stopped/;

/** The first process of its tree is spared its own signals; the first of two answers is one. */
const mayEndEither = ['pipe: two answers', 'end: stopped by itself', 'end: by a signal of its own'];

describe('harms nobody else', () => {
  it.each(deeds)('%s', async (deed) => {
    const heldBefore = process.memoryUsage().rss;
    let slowestMs = 0;
    let done = false;
    const name = endless.test(deed) ? 'endless' : 'hostile';
    const attacked = fixture.invoke(name, JSON.stringify({ deed })).finally(() => {
      done = true;
    });
    do {
      const sinceMs = performance.now();
      expect((await fixture.invoke('witness')).payload).toBe('well');
      slowestMs = Math.max(slowestMs, performance.now() - sinceMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (!done);
    const { payload, error } = await attacked;
    if (deed in ends) expect(payload).toBe(ends[deed]);
    else if (deed.startsWith('disk') && confined) expect(payload).toMatch(/ENOSPC/);
    else if (mayEndEither.includes(deed)) expect(JSON.stringify(payload)).toMatch(/^(1|true|null)$|Exit|Timed/);
    else
      expect({ error, type: (payload as { errorType: string }).errorType }).toMatchObject({
        error: 'Unhandled',
        type: expect.stringMatching(/Exit|Timed/),
      });
    // The next caller gets a process that works, and what the one before left neither runs nor counts against him.
    const next = await fixture.invoke(name, JSON.stringify({ list: true }));
    expect(next.error).toBeUndefined();
    expect(slowestMs).toBeLessThan(1_000 * busyness);
    expect(process.memoryUsage().rss - heldBefore).toBeLessThan(150e6);
    // Why a process was ended, once each, and nothing of the engine's own.
    const said = engineLog.splice(0);
    expect(said.filter((line) => !/^a process of the function (hostile|endless) was ended: /.test(line))).toEqual([]);
    expect(said.length).toBeLessThanOrEqual(2);
  });
});

/** Several test files share two cores. */
const busyness = 3;

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bin, type Installation, install, type Report } from './dynops.ts';

let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
  await dynops.run(['init', '--template', 'javascript']);
  // Sizes matter to tune only there; its other delays are a hundredth.
  await dynops.json(['local', 'start', '--aws-like', '0.01']);
  await dynops.json(['up', '--tracing']);
  await request('PUT', '/notes/1', '--body', '{"text":"Buy milk"}');
  await request('GET', '/health');
});
afterAll(() => dynops.remove());

const request = (...words: string[]) => dynops.run(['request', ...words]);
const named = ({ resources }: Report) => resources.map(({ type, name }) => `${type} ${name}`).sort();
const memoryOf = async (name: string) =>
  (await dynops.json<{ memoryMb: number }>(['function', 'config', '--function', name])).memoryMb;

it('is shown, configured, deleted and made anew, and no other', async () => {
  const own = ['function notes-health', 'log-group /aws/lambda/notes-health'];
  expect(named(await dynops.json(['function', 'show', '--function', 'health']))).toEqual(own);
  expect(named(await dynops.json(['function', 'show']))).toHaveLength(4);
  const before = await readFile(join(dynops.home, 'dynops.json'), 'utf8');
  await dynops.json(['function', 'config', '--function', 'health', '--memory', '192']);
  expect([await memoryOf('health'), await memoryOf('notes')]).toEqual([192, 128]);
  const after = JSON.parse(await readFile(join(dynops.home, 'dynops.json'), 'utf8'));
  const parsed = JSON.parse(before);
  parsed.functions.health.memoryMb = 192;
  expect(after).toEqual(parsed);
  expect(named(await dynops.json(['function', 'delete', '--function', 'health', '--yes']))).toEqual(own);
  expect((await request('GET', '/health')).status).not.toBe(0);
  expect((await request('GET', '/notes')).status).toBe(0);
  await dynops.json(['function', 'create', '--function', 'health']);
  // The permission to invoke it went with it, and is the API's step.
  await dynops.json(['api', 'create']);
  expect((await request('GET', '/health')).stdout.trim()).toBe('{"ok":true}');
  const { resources } = await dynops.json<Report>(['plan']);
  expect(resources.filter(({ action }) => action !== 'unchanged')).toEqual([]);
});

it('is asked for its log lines, traces and part of the map', async () => {
  const { logGroup } = await dynops.json<{ logGroup: string }>(['logs', '--function', 'health']);
  expect(logGroup).toBe('/aws/lambda/notes-health');
  interface Traces {
    traces: { url: string }[];
  }
  const paths = async (...words: string[]) => {
    const { traces } = await dynops.json<Traces>(['trace', 'list', ...words]);
    return new Set(traces.map(({ url }) => /prod\/(\w+)/.exec(url)?.[1]));
  };
  expect(await paths()).toEqual(new Set(['notes', 'health']));
  expect(await paths('--function', 'health')).toEqual(new Set(['health']));
  expect(await paths('--function', 'notes')).toEqual(new Set(['notes']));
  const shown = await dynops.run(['trace', 'show', '--function', 'health']);
  expect(shown.stdout).toContain('Lambda notes-health');
  const { services } = await dynops.json<{ services: { name: string }[] }>(['trace', 'map', '--function', 'health']);
  expect(new Set(services.map(({ name }) => name))).toEqual(new Set(['notes-DynamoDBOperations/prod', 'notes-health']));
});

it('is asked for by a name that the service has', async () => {
  for (const words of [['function', 'show'], ['function', 'config'], ['logs'], ['trace', 'list'], ['trace', 'map']]) {
    const { status, stdout } = await dynops.run([...words, '--function', 'helth', '--json']);
    expect([status, JSON.parse(stdout).error.hint], words.join(' ')).toEqual([64, 'Did you mean --function health?']);
  }
  expect((await dynops.run(['table', 'items', '--table', 'note'])).stderr).toContain('Did you mean --table notes?');
  expect((await dynops.run(['table', 'items', '--table', 'notes'])).stdout).toContain('Buy milk');
});

it('is tuned under requests that reach it, and the best size is written into dynops.json', async () => {
  // Long enough for warm invocations after a cold start on a busy machine.
  const short = ['tune', '--users', '2', '--duration', '8s', '--memory', '256'];
  const other = await dynops.run([...short, '--request', 'GET /notes', '--function', 'health']);
  expect([other.status, other.stderr]).toEqual([64, expect.stringContaining('They reach notes.')]);
  await writeFile(
    join(dynops.home, 'mix.json'),
    '{"requests": [{"method": "GET", "path": "/notes"}, {"method": "GET", "path": "/health"}]}',
  );
  const unsaid = await dynops.run([...short, '--scenario', 'mix.json']);
  expect([unsaid.status, unsaid.stderr]).toEqual([64, expect.stringContaining('Choose one with --function NAME')]);
  const words = [...short, '--scenario', 'mix.json', '--function', 'notes', '--apply'];
  const tuned = await dynops.json<{ applied: boolean; trials: { invocations: number }[] }>(words);
  expect(tuned).toMatchObject({ applied: true, current: { name: 'notes-notes' } });
  expect(tuned.trials[0]?.invocations).toBeGreaterThan(0);
  expect([await memoryOf('notes'), await memoryOf('health')]).toEqual([256, 192]);
  await dynops.json(['up']);
  expect(await memoryOf('notes')).toBe(256);
});

it('is in what is exported for curl and Postman, whose collection a load can send', async () => {
  const { stdout } = await dynops.run(['export', 'curl']);
  const script = `dynops() { ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"; }\n${stdout}`;
  const env = { PATH: process.env.PATH, HOME: dynops.home, DYNOPS_HOME: join(dynops.home, 'dynops') };
  const ran = spawnSync('sh', ['-c', script], { env, cwd: dynops.home, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('Buy milk');
  expect(ran.stdout).toContain('{"ok":true}');
  const collection = await dynops.run(['export', 'postman']);
  await writeFile(join(dynops.home, 'postman.json'), collection.stdout);
  const load = ['load', '--users', '1', '--duration', '8s', '--scenario', 'postman.json'];
  const { byRequest } = await dynops.json<{ byRequest: { name: string; requests: number }[] }>(load);
  expect(byRequest.map(({ name }) => name)).toEqual(expect.arrayContaining(['GET /notes', 'DELETE /notes/{id}']));
  expect(byRequest.every(({ requests }) => requests > 0)).toBe(true);
});

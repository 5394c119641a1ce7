import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, program } from './dynops.ts';
import { type Figure, median, ms, ratio, run } from './measure.ts';
import { withServerlessOffline } from './serverless-offline.ts';

const swaps = 20;

/** From a saved file until `dev` has its code answer requests; against a request that starts no new process, and a peer. */
export async function benchSave(home: string): Promise<Figure[]> {
  const env = environment(home);
  const cli = (...words: string[]) => {
    const child = spawn(process.execPath, [program, ...words], { cwd: home, env, stdio: ['ignore', 'ignore', 'pipe'] });
    return child;
  };
  await ended(cli('init'));
  const dev = cli('dev');
  try {
    await says(dev, 'Following');
    const { stdout } = await run(process.execPath, [program, 'list', '--json'], env);
    const { stacks } = JSON.parse(stdout) as { stacks: { apiUrl: string }[] };
    const url = `${stacks[0]?.apiUrl}/health`;
    const source = join(home, 'src/health.ts');
    const text = await readFile(source, 'utf8');
    const ask = async () => (await fetch(url)).text();
    const own = await savedToServed(source, (turn) => text.replace('ok: true', `ok: true, turn: ${turn}`), ask);
    dev.kill('SIGINT');
    await ended(dev);
    const figure = (what: string, value: number): Figure => ({
      what: `save to served, ${what} of ${swaps}`,
      value: ms(value),
      baseline: `a request: ${ms(own.requestMs)}`,
      ratio: ratio(value, own.requestMs),
    });
    return [
      figure('median', median(own.savedMs)),
      figure('worst', Math.max(...own.savedMs)),
      await besideServerlessOffline(home, own.savedMs),
    ];
  } finally {
    dev.kill('SIGINT');
    await ended(dev);
    await run(process.execPath, [program, 'local', 'stop'], env);
  }
}

/** serverless-offline loads its handlers anew with each request where it is asked to; it bundles nothing. */
async function besideServerlessOffline(home: string, ownMs: number[]): Promise<Figure> {
  const figure = {
    what: 'the same beside serverless-offline',
    value: `${ms(median(ownMs))}, worst ${ms(Math.max(...ownMs))}`,
  };
  const theirs = await withServerlessOffline(home, ['--reloadHandler'], (url, file) => {
    const body = '{"payload":1}';
    const ask = async () => (await fetch(url, { method: 'POST', body })).text();
    const source = (turn: number) =>
      `exports.echo = async () => ({ statusCode: 200, body: JSON.stringify({ ok: true, turn: ${turn} }) });\n`;
    return savedToServed(file, source, ask);
  });
  if ('missing' in theirs) return { ...figure, baseline: `serverless-offline: ${theirs.missing}`, ratio: '' };
  const [middle, worst] = [median(theirs.savedMs), Math.max(...theirs.savedMs)];
  const baseline = `serverless-offline: ${ms(middle)}, worst ${ms(worst)}; a request there: ${ms(theirs.requestMs)}`;
  return { ...figure, baseline, ratio: ratio(median(ownMs), middle) };
}

/** Saves a file again and again, and waits each time until an answer has the turn's number. */
async function savedToServed(
  file: string,
  textOf: (turn: number) => string,
  ask: () => Promise<string>,
): Promise<{ savedMs: number[]; requestMs: number }> {
  const [savedMs, warmMs]: [number[], number[]] = [[], []];
  for (let turn = 1; turn <= swaps; turn += 1) {
    const startedAt = performance.now();
    await writeFile(file, textOf(turn));
    while (!(await ask()).includes(`"turn":${turn}}`)) await sleep(5);
    savedMs.push(performance.now() - startedAt);
    const askedAt = performance.now();
    await ask();
    warmMs.push(performance.now() - askedAt);
  }
  return { savedMs, requestMs: median(warmMs) };
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

function says(child: ChildProcess, word: string): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(word)) resolve();
    });
    child.once('exit', () => reject(new Error(`dev ended: ${said}`)));
  });
}

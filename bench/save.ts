import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, program } from './dynops.ts';
import { type Figure, median, ms, ratio, run } from './measure.ts';

const swaps = 20;

/** From a saved file until `dev` has its code answer requests; against a request that starts no new process. */
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
    const [saved, warm]: [number[], number[]] = [[], []];
    for (let turn = 1; turn <= swaps; turn += 1) {
      const startedAt = performance.now();
      await writeFile(source, text.replace('ok: true', `ok: true, turn: ${turn}`));
      while (!(await ask(url)).includes(`"turn":${turn}}`)) await sleep(5);
      saved.push(performance.now() - startedAt);
      const askedAt = performance.now();
      await ask(url);
      warm.push(performance.now() - askedAt);
    }
    const figure = (what: string, value: number): Figure => ({
      what,
      value: ms(value),
      baseline: `a request: ${ms(median(warm))}`,
      ratio: ratio(value, median(warm)),
    });
    return [
      figure(`save to served, median of ${swaps}`, median(saved)),
      figure(`save to served, worst of ${swaps}`, Math.max(...saved)),
    ];
  } finally {
    dev.kill('SIGINT');
    await ended(dev);
    await run(process.execPath, [program, 'local', 'stop'], env);
  }
}

const ask = async (url: string) => (await fetch(url)).text();

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

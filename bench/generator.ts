import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { runLoad } from '../src/measure/load/generator.ts';
import { profileOf } from '../src/measure/load/profile.ts';
import { compileScenario } from '../src/measure/load/scenario.ts';
import { type Figure, median, ratio, run } from './measure.ts';
import { withServer } from './with-server.ts';

const connections = 64;
const seconds = 4;
const turns = 5;
const body = JSON.stringify({ operation: 'echo', payload: { hello: 'world' } });

/** What the generator of `load` sends at most, against autocannon and wrk at the same server with as many connections. */
export async function benchGenerator(home: string): Promise<Figure[]> {
  const script = join(home, 'post.lua');
  const lua = `wrk.method = "POST"\nwrk.body = ${JSON.stringify(body)}\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "token"\n`;
  await writeFile(script, lua);
  const measure = async (url: string): Promise<Figure[]> => {
    const hasWrk = await wrk(url, script, 1).then(
      () => true,
      () => false, // Not installed.
    );
    await Promise.all([ours(url, 1_000), autocannonRate(url, 1)]);
    const [own, cannon, theirs]: [number[], number[], number[]] = [[], [], []];
    for (let turn = 0; turn < turns; turn += 1) {
      own.push(await ours(url, seconds * 1000));
      cannon.push(await autocannonRate(url, seconds));
      if (hasWrk) theirs.push(await wrk(url, script, seconds));
    }
    const what = `load's generator, ${connections} connections`;
    const against = (name: string, rates: number[]): Figure => ({
      what,
      value: `${Math.round(median(own))} req/s`,
      baseline: `${name}: ${Math.round(median(rates))} req/s`,
      ratio: ratio(median(own), median(rates)),
    });
    return [
      against('autocannon', cannon),
      hasWrk ? against('wrk', theirs) : { what, value: '', baseline: 'wrk: not installed', ratio: '' },
    ];
  };
  // One process would be what limits all three.
  return withServer('null-server.ts', measure, ['2']);
}

async function ours(url: string, durationMs: number): Promise<number> {
  const { requestsPerSecond, failed, requests } = await runLoad({
    url: new URL(url),
    model: { kind: 'closed', users: connections },
    profile: profileOf('fixed'),
    durationMs,
    scenario: compileScenario([{ name: 'echo', weight: undefined, body }]),
    token: () => 'token',
    userAgent: 'bench',
    requestTimeoutMs: 10_000,
    signal: new AbortController().signal,
    onInterval: () => undefined,
  });
  if (failed > 0) throw new Error(`${failed} of ${requests} requests failed`);
  return requestsPerSecond;
}

async function autocannonRate(url: string, duration: number): Promise<number> {
  const headers = { Authorization: 'token', 'Content-Type': 'application/json' };
  const { requests, errors, non2xx } = await autocannon({ url, method: 'POST', connections, duration, headers, body });
  if (errors + non2xx > 0) throw new Error(`${errors + non2xx} of ${requests.total} requests failed`);
  return requests.average;
}

/** One thread, as the others have. */
async function wrk(url: string, script: string, duration: number): Promise<number> {
  const words = ['-t1', `-c${connections}`, `-d${duration}s`, '-s', script, url];
  const { stdout } = await run('wrk', words, process.env);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

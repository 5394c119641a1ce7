import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** One line of the report: a median, and what it is to be read against. */
export interface Figure {
  what: string;
  value: string;
  baseline: string;
  /** How the two compare. */
  ratio: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 1 ? [sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return (low + high) / 2;
}

export interface Run {
  /** Wall time from spawn to exit. */
  ms: number;
  stdout: string;
}

/** Runs a command to its end. Rejects when it fails: a failed run is no figure. */
export function run(command: string, parameters: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, parameters, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const ms = performance.now() - startedAt;
      if (status === 0) resolve({ ms, stdout: Buffer.concat(stdout).toString('utf8') });
      else reject(new Error(`${command} ${parameters.join(' ')} ended with ${status}: ${Buffer.concat(stderr)}`));
    });
  });
}

/** Medians of two commands, run by turns so that what else the machine does meets both. */
export async function compareRuns(
  times: number,
  first: () => Promise<Run>,
  second: () => Promise<Run>,
): Promise<[firstMs: number, secondMs: number]> {
  const [firsts, seconds]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < times; turn += 1) {
    firsts.push((await first()).ms);
    seconds.push((await second()).ms);
  }
  return [median(firsts), median(seconds)];
}

export function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function ratio(value: number, baseline: number): string {
  return `${(value / baseline).toFixed(2)} ×`;
}

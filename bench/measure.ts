import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** One line of the report: a median, and what it is to be read against. */
export interface Figure {
  what: string;
  value: string;
  baseline: string;
  /** How the two compare. */
  ratio: string;
  /** Least and most of what the median is of. */
  spread?: string;
}

/** Times of a thing, against those of another in the same run. `asSum`: said by the difference, where the one contains the other. */
export function beside(
  what: string,
  valuesMs: readonly number[],
  other: { name: string; ms: readonly number[]; asSum?: boolean },
): Figure {
  const [value, baseline] = [median(valuesMs), median(other.ms)];
  return {
    what,
    value: ms(value),
    spread: spread(valuesMs),
    baseline: `${other.name}: ${ms(baseline)}`,
    ratio: other.asSum ? `+${ms(value - baseline)}` : ratio(value, baseline),
  };
}

export const spread = (valuesMs: readonly number[]): string =>
  `${ms(Math.min(...valuesMs))} to ${ms(Math.max(...valuesMs))}`;

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

/** Times of commands, run by turns so that what else the machine does meets all of them. */
export async function inTurns<Name extends string>(
  turns: number,
  commands: Record<Name, () => Promise<Run>>,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(commands) as [Name, () => Promise<Run>][];
  const times = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<Name, number[]>;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const [name, command] of entries) times[name].push((await command()).ms);
  }
  return times;
}

export function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

export function ratio(value: number, baseline: number): string {
  return `${(value / baseline).toFixed(2)} ×`;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const bin = new URL('../../bin/dynops.js', import.meta.url).pathname;

export interface Outcome {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** What up, plan, status and down print with `--json`. */
export interface Report {
  ok: boolean;
  target: string;
  stack: string;
  account: string;
  region: string;
  apiUrl: string | null;
  userPoolId: string | null;
  clientId: string | null;
  domainUrl: string | null;
  username: string | null;
  resources: { type: string; name: string; id: string | null; action: string; state: string; ms: number }[];
  elapsedMs: number;
}

export interface RunOptions {
  stdin?: string;
  /** A test writes to stdin itself, and ends it. */
  keepStdin?: boolean;
  env?: Record<string, string>;
  cwd?: string;
  /** Told of the process, to send it signals. */
  onSpawn?: (child: ChildProcess) => void;
}

/** The built `dynops`, with a home of its own and nothing of the tester's settings. */
export interface Installation {
  home: string;
  run(words: string[], options?: RunOptions): Promise<Outcome>;
  /** Runs, expects status 0, and parses what `--json` printed. */
  json<Document>(words: string[], options?: RunOptions): Promise<Document>;
  /** Stops the engine that belongs to this home, and removes all. */
  remove(): Promise<void>;
}

export async function install(): Promise<Installation> {
  const home = await mkdtemp(join(tmpdir(), 'dynops-cli-'));
  const run = async (words: string[], options: RunOptions = {}): Promise<Outcome> => {
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      DYNOPS_HOME: join(home, 'dynops'),
      DYNOPS_PORT: '0',
      ...options.env,
    };
    const child = spawn(process.execPath, [bin, ...words], { env, cwd: options.cwd ?? home });
    options.onSpawn?.(child);
    child.stdin.on('error', () => undefined);
    if (!options.keepStdin) child.stdin.end(options.stdin ?? '');
    const ended = new Promise<Pick<Outcome, 'status' | 'signal'>>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) => resolve({ status, signal }));
    });
    const [stdout, stderr, { status, signal }] = await Promise.all([
      // A test may close it early.
      text(child.stdout).catch(() => ''),
      text(child.stderr),
      ended,
    ]);
    return { status, signal, stdout, stderr };
  };
  return {
    home,
    run,
    async json(words, options) {
      const { status, stdout, stderr } = await run([...words, '--json'], options);
      if (status !== 0) throw new Error(`dynops ${words.join(' ')} ended with ${status}: ${stdout}${stderr}`);
      return JSON.parse(stdout);
    },
    async remove() {
      await run(['local', 'stop']);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** `call`, which must succeed, and its body. */
export async function call(dynops: Installation, ...words: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await dynops.run(['call', ...words]);
  if (status !== 0) throw new Error(`${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Where a home keeps what it knows of the local default stack. */
export function stackFolder(dynops: Installation): string {
  return join(dynops.home, 'dynops/stacks/local/000000000000/us-east-1/default');
}

/** What any SDK client needs to act on the embedded engine of this installation. */
export async function clientConfig(dynops: Installation): Promise<{
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}> {
  const exports = await dynops.json<Record<string, string>>(['local', 'env']);
  const of = (name: string): string => exports[name] ?? '';
  return {
    endpoint: of('AWS_ENDPOINT_URL'),
    region: of('AWS_REGION'),
    credentials: { accessKeyId: of('AWS_ACCESS_KEY_ID'), secretAccessKey: of('AWS_SECRET_ACCESS_KEY') },
  };
}

/** Waits until something is so; the deadline only bounds a failure. */
export async function until(isSo: () => boolean | Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

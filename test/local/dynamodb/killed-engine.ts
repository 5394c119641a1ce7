import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const engineFile = new URL('../../../dist/engine.js', import.meta.url).pathname;

export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: 1;
}

export interface KilledEngine {
  /** Starts the engine (again) on the same folder, and says how SDK clients reach it. */
  start(): Promise<ClientConfig>;
  /** Of the engine that runs. */
  pid(): number;
  /** With SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

/** The engine as a process of its own, to be killed and started again. */
export async function killedEngine(): Promise<KilledEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'dynops-durability-'));
  let child: ChildProcess | undefined;

  async function start(): Promise<ClientConfig> {
    const started = spawn(process.execPath, [engineFile, '--folder', folder, '--port', '0'], { stdio: 'inherit' });
    child = started;
    const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
    await expect
      .poll(async () => started.exitCode ?? (await read('engine.json')).pid, { timeout: 60_000, interval: 20 })
      .toBe(started.pid);
    const { endpoint } = await read('engine.json');
    return { endpoint, region: 'us-east-1', credentials: await read('credentials.json'), maxAttempts: 1 };
  }

  async function kill(): Promise<void> {
    const killed = child;
    child = undefined;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    const gone = new Promise((resolve) => killed.once('exit', resolve));
    killed.kill('SIGKILL');
    await gone;
  }

  return {
    start,
    pid: () => child?.pid ?? 0,
    kill,
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

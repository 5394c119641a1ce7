import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { version } from '../version.ts';
import type { Secret } from './http/signature.ts';
import { type RunningEngine, startEngine } from './start.ts';

/**
 * The engine's process: `engine.js --folder DIR [--port N] [--aws-like SCALE]`. The folder holds `credentials.json`,
 * `engine.json` (while it runs), `engine.log` and `data/`, all readable by their owner alone.
 */

/** Tried first where nothing is asked for, so that URLs stay the same from run to run. */
const preferredPort = 4580;
/** A request in flight gets this long when the engine is told to stop. */
const stopDeadlineMs = 5_000;

async function main(): Promise<void> {
  // At this signal Node would open its debugger, to every user and every function of this machine.
  process.on('SIGUSR1', () => undefined);
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, port: { type: 'string' }, 'aws-like': { type: 'string' } },
  });
  if (!values.folder) throw new Error('--folder is missing');
  const { folder } = values;
  process.umask(0o077);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logFile = join(folder, 'engine.log');
  const log = (line: string) => appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  process.on('uncaughtException', (error) => log(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) => log(`unhandled: ${reason instanceof Error ? reason.stack : reason}`));

  const recordFile = join(folder, 'engine.json');
  const portFile = join(folder, 'port');
  const scale = Number(values['aws-like'] ?? 0);
  const credentials = await loadCredentials(join(folder, 'credentials.json'));
  const running = await startOnPort({
    asked: values.port === undefined ? undefined : Number(values.port),
    last: Number(await readIfThere(portFile)) || undefined,
    start: (port) => startEngine({ dataDir: join(folder, 'data'), port, scale, credentials, log }),
  });
  const { port } = new URL(running.endpoint);
  await writeFileAtomic(portFile, port, { mode: 0o600 });
  const record = {
    pid: process.pid,
    port: Number(port),
    endpoint: running.endpoint,
    version,
    scale,
    startedAtMs: Date.now(),
  };
  await writeFileAtomic(recordFile, JSON.stringify(record), { mode: 0o600 });
  log(`listening on ${running.endpoint}, version ${version}, process ${process.pid}`);

  const stop = () => {
    rmSync(recordFile, { force: true });
    const deadline = setTimeout(() => process.exit(1), stopDeadlineMs);
    running
      .close()
      .catch((error: unknown) => log(`closing failed: ${String(error)}`))
      .finally(() => {
        clearTimeout(deadline);
        log('stopped');
        process.exit(0);
      });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** A port that was asked for is taken or nothing; otherwise the last one, the preferred one, or any free one. */
async function startOnPort(options: {
  asked: number | undefined;
  last: number | undefined;
  start: (port: number) => Promise<RunningEngine>;
}): Promise<RunningEngine> {
  const { asked, last, start } = options;
  if (asked !== undefined) return start(asked);
  for (const port of new Set([last ?? preferredPort, preferredPort])) {
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  return start(0);
}

/** This installation's own credentials, made at the first start. */
async function loadCredentials(file: string): Promise<Secret> {
  const text = await readIfThere(file);
  // Written below, by this installation.
  if (text) return JSON.parse(text) as Secret;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = [...randomBytes(16)].map((byte) => letters[byte % 32]).join('');
  const secret = { accessKeyId: `LKIA${id}`, secretAccessKey: randomBytes(30).toString('base64') };
  await writeFileAtomic(file, JSON.stringify(secret), { mode: 0o600 });
  return secret;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

main().catch((error: unknown) => {
  const held = error instanceof Error && 'cause' in error && String(error.cause).includes('LOCK');
  const reason = held
    ? 'another process holds the data folder'
    : error instanceof Error
      ? error.message
      : String(error);
  process.stderr.write(`the engine could not start: ${reason}\n`);
  // What was opened before the failure would keep the process alive, and its starter waiting.
  process.exit(1);
});

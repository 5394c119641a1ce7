import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { replaceFile } from '../replace-file.ts';
import { version } from '../version.ts';
import { openEngineLog } from './engine-log.ts';
import type { Secret } from './http/signature.ts';
import { type RunningEngine, startEngine } from './start.ts';

/**
 * The engine's process: `engine.js --folder DIR [--port N] [--aws-like SCALE] [--ephemeral DIR]`; `--ephemeral`: it ends
 * with its starter, whose pipe is its stdin, and removes DIR. The folder holds `credentials.json`,
 * `engine.json` (while it runs), `engine.log` and `data/`, all readable by their owner alone.
 */

/** Tried first where nothing is asked for, so that URLs stay the same from run to run. */
const preferredPort = 4580;
/** A request in flight gets this long when the engine is told to stop. */
const stopDeadlineMs = 5_000;

async function main(): Promise<void> {
  // At this signal Node would open its debugger, to every user and every function of this machine.
  process.on('SIGUSR1', () => undefined);
  // Otherwise V8 lets garbage grow to several times what is in use before it looks at old objects. Unknown flags are ignored here.
  setFlagsFromString('--heap-growing-percent=40');
  // While a process of a function starts, what waits for it lives long; V8 would take that for what these objects always do, and make them among the old.
  setFlagsFromString('--no-allocation-site-pretenuring');
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      port: { type: 'string' },
      'aws-like': { type: 'string' },
      ephemeral: { type: 'string' },
    },
  });
  if (!values.folder) throw new Error('--folder is missing');
  const { folder } = values;
  process.umask(0o077);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const engineLog = openEngineLog(join(folder, 'engine.log'), Date.now);
  const log = engineLog.line;
  process.on('uncaughtException', (error) => log(`uncaught: ${describe(error)}`));
  process.on('unhandledRejection', (reason) => log(`unhandled: ${describe(reason)}`));

  const recordFile = join(folder, 'engine.json');
  const portFile = join(folder, 'port');
  const scale = Number(values['aws-like'] ?? 0);
  const credentials = await loadCredentials(join(folder, 'credentials.json'), log);
  const running = await startOnPort({
    asked: values.port === undefined ? undefined : Number(values.port),
    last: Number(await readIfThere(portFile)) || undefined,
    start: (port) => startEngine({ dataDir: join(folder, 'data'), port, scale, credentials, log }),
  });
  const { port } = new URL(running.endpoint);
  await replaceFile(portFile, port, 0o600);
  const record = {
    pid: process.pid,
    port: Number(port),
    endpoint: running.endpoint,
    version,
    scale,
    startedAtMs: Date.now(),
  };
  await replaceFile(recordFile, JSON.stringify(record), 0o600);
  log(`listening on ${running.endpoint}, version ${version}, process ${process.pid}`);

  const stop = () => {
    rmSync(recordFile, { force: true });
    const deadline = setTimeout(() => process.exit(1), stopDeadlineMs);
    running
      .close()
      .catch((error: unknown) => log(`closing failed: ${String(error)}`))
      .finally(async () => {
        log('stopped');
        await engineLog.flushed();
        clearTimeout(deadline);
        process.exit(0);
      });
  };
  const { ephemeral } = values;
  if (ephemeral !== undefined) {
    process.on('exit', () => rmSync(ephemeral, { recursive: true, force: true, maxRetries: 3 }));
    // Whatever ended the process that started this one, a kill too, its end of the pipe is closed then.
    process.stdin.resume().once('close', stop);
  }
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/**
 * Ports of other protocols, which `fetch` and browsers refuse to call (https://fetch.spec.whatwg.org/#port-blocking),
 * of those that a user may take.
 */
const portsOfOthers = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
const isUsable = (port: number) => Number.isInteger(port) && port >= 1024 && port < 65_536 && !portsOfOthers.has(port);

/** A port that was asked for is taken or nothing; otherwise the last one, the preferred one unless any is asked for, or any free one. */
async function startOnPort(options: {
  asked: number | undefined;
  last: number | undefined;
  start: (port: number) => Promise<RunningEngine>;
}): Promise<RunningEngine> {
  const { asked, last, start } = options;
  if (asked && !isUsable(asked))
    throw new Error(`port ${asked} is not for HTTP: it is below 1024, or a client such as fetch refuses it`);
  if (asked) return start(asked);
  for (const port of new Set(asked === 0 ? [last] : [last, preferredPort])) {
    if (port === undefined || !isUsable(port)) continue;
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
  return start(0);
}

/** This installation's own credentials, made at the first start, and again where the file is spoilt. */
async function loadCredentials(file: string, log: (line: string) => void): Promise<Secret> {
  const text = await readIfThere(file);
  const known = text === undefined ? undefined : parseSecret(text);
  if (known) return known;
  if (text !== undefined) log(`${file} was broken; the installation has new credentials`);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = [...randomBytes(16)].map((byte) => letters[byte % 32]).join('');
  const secret = { accessKeyId: `LKIA${id}`, secretAccessKey: randomBytes(30).toString('base64') };
  await replaceFile(file, JSON.stringify(secret), 0o600);
  return secret;
}

function parseSecret(text: string): Secret | undefined {
  try {
    // Written above, unless something has spoilt it.
    const { accessKeyId, secretAccessKey } = JSON.parse(text) as Secret;
    return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  } catch {
    return undefined;
  }
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Not another user's, nor one that others could have written to: they would know the secret. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { uid, mode } = await stat(file);
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`the engine could not start: ${reason}\n`);
  // What was opened before the failure would keep the process alive, and its starter waiting.
  process.exit(1);
});

import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { engineCredentials, engineState, silentEngine } from '../endpoint/engine.ts';
import { header, send } from '../endpoint/http.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import { ensurePrivateFolder } from '../home/folders.ts';
import { placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { duration } from '../ui/words.ts';
import { version } from '../version.ts';

interface Finding {
  ok: boolean;
  detail: string;
  /** The command that mends it. */
  hint?: string | undefined;
}

interface Check {
  name: string;
  look(context: Context): Promise<Finding>;
}

const checks: Check[] = [
  { name: 'node', look: lookAtNode },
  { name: 'settings', look: lookAtSettings },
  { name: 'files', look: lookAtFiles },
  { name: 'disk', look: lookAtDisk },
  { name: 'engine', look: lookAtEngine },
  { name: 'credentials', look: lookAtCredentials },
  { name: 'clock', look: lookAtClock },
];

/** What is wrong here, and the command that mends it. Exit 3 when something is. */
export async function doctor(context: Context): Promise<Result> {
  const findings: (Finding & { name: string })[] = [];
  const told = new Set<string>();
  for (const { name, look } of checks) {
    const finding = await look(context).catch(async (error: unknown): Promise<Finding> => {
      const detail = error instanceof Error ? error.message : String(error);
      // Several checks need the same thing, and fail as one when it cannot be had.
      if (told.has(detail)) return { ok: false, detail: 'not looked at, for the same reason' };
      told.add(detail);
      return { ok: false, detail, hint: error instanceof DynopsError ? await context.advise(error) : undefined };
    });
    findings.push({ name, ...finding });
  }
  const ok = findings.every((finding) => finding.ok);
  const { ui } = context;
  const lines = findings.flatMap((finding) => [
    `${finding.ok ? ui.style('green', 'ok   ', 'stdout') : ui.style('red', 'wrong', 'stdout')}  ${finding.name.padEnd(12)} ${finding.detail}`,
    ...(finding.ok || finding.hint === undefined ? [] : [`       ${' '.repeat(12)} ${finding.hint}`]),
  ]);
  return {
    json: { ok, version, checks: findings },
    text: `${lines.join('\n')}\n`,
    exitStatus: ok ? ExitStatus.done : ExitStatus.checkFailed,
  };
}

const leastNode = [20, 19] as const;

async function lookAtNode(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return { ok, detail: `Node.js ${process.versions.node}`, hint: `Install Node.js ${leastNode.join('.')} or later.` };
}

async function lookAtSettings(context: Context): Promise<Finding> {
  const [{ kind, endpointUrl, region }, stack] = await Promise.all([context.choice(), context.stack()]);
  return { ok: true, detail: `target ${endpointUrl ?? kind}, region ${region}, stack ${stack}` };
}

async function lookAtFiles({ home }: Context): Promise<Finding> {
  await ensurePrivateFolder(home);
  await access(home, constants.W_OK);
  const open: string[] = [];
  for (const path of [
    '.',
    'engine/credentials.json',
    ...(await filesBelow(home, 'stacks')),
    ...(await filesBelow(home, 'accounts')),
  ]) {
    const found = await stat(join(home, path)).catch(() => undefined);
    if (found !== undefined && process.platform !== 'win32' && (found.mode & 0o077) !== 0) open.push(path);
  }
  if (open.length === 0) return { ok: true, detail: `${home} is closed to other users` };
  return {
    ok: false,
    detail: `${open.length} of the files in ${home} can be read by other users: ${open.slice(0, 3).join(', ')}`,
    hint: `chmod -R go= '${home}'`,
  };
}

async function filesBelow(home: string, folder: string): Promise<string[]> {
  const names = await readdir(join(home, folder), { recursive: true }).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** The engine opens its databases by writing some megabytes. */
const leastFreeBytes = 64 * 1024 * 1024;

async function lookAtDisk({ home }: Context): Promise<Finding> {
  const { bavail, bsize, files, ffree } = await statfs(home);
  const freeBytes = bavail * bsize;
  // Some file systems do not count files, and say 0 of 0.
  const ok = freeBytes >= leastFreeBytes && (files === 0 || ffree > 0);
  const free = `${Math.floor(freeBytes / 1024 / 1024)} MB`;
  return {
    ok,
    detail: ok ? `${free} free in ${home}` : `the disk of ${home} is full: ${free} and ${ffree} files are free`,
    hint: 'Make room there, or choose another place with DYNOPS_HOME.',
  };
}

async function lookAtEngine(context: Context): Promise<Finding> {
  const { home } = context;
  const state = await engineState(home);
  if (state.kind === 'silent') {
    const { message, hint } = silentEngine(state.pid);
    return { ok: false, detail: message, hint };
  }
  if (state.kind === 'running') {
    const { engine } = state;
    await engineCredentials(home);
    const detail = `runs at ${engine.endpoint} (process ${engine.pid}) for ${duration(context.clock() - engine.startedAtMs)}`;
    return { ok: engine.version === version, detail, hint: 'It is of another version; run `dynops local start`.' };
  }
  if ((await context.choice()).kind !== 'local') return { ok: true, detail: 'not running, and not needed' };
  const { endpoint } = await context.target();
  return { ok: true, detail: `started at ${endpoint}` };
}

async function lookAtCredentials(context: Context): Promise<Finding> {
  const { kind } = await context.choice();
  const { accountId, region } = await context.aws();
  return { ok: true, detail: `accepted: ${placeOf({ target: kind, account: accountId, region })}` };
}

// AWS refuses signatures that are more than five minutes off.
const mostSkewMs = 4 * 60_000;

async function lookAtClock(context: Context): Promise<Finding> {
  const { kind, endpointUrl, region } = await context.choice();
  if (kind === 'local') return { ok: true, detail: 'the engine uses this machine’s' };
  const url = endpointUrl ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
  const answer = await send({ method: 'GET', url, timeoutMs: 10_000 });
  const theirs = Date.parse(header(answer, 'date') ?? '');
  if (Number.isNaN(theirs)) return { ok: true, detail: `${new URL(url).host} does not tell its time` };
  const skewMs = context.clock() - theirs;
  return {
    ok: Math.abs(skewMs) < mostSkewMs,
    detail: `${duration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} ${new URL(url).host}`,
    hint: 'Set this machine’s clock; AWS refuses signatures that are minutes off.',
  };
}

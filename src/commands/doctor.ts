import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { engineCredentials, engineState, silentEngine } from '../endpoint/engine.ts';
import { type HttpResponse, header, send } from '../endpoint/http.ts';
import { connectionReason, isUntrusted, otherThan, throughProxy } from '../endpoint/on-the-way.ts';
import { proxyFor } from '../endpoint/proxy.ts';
import { DynopsError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { ensurePrivateFolder } from '../home/folders.ts';
import { placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { ownService } from '../session/service.ts';
import { columns, duration, hanging } from '../ui/words.ts';
import { version } from '../version.ts';
import type { Finding } from './doctor/finding.ts';
import { lookAtPermissions } from './doctor/permissions.ts';
import { type Origin, origins } from './doctor/settings.ts';

interface Check {
  name: string;
  /** Not to be found out where the endpoint cannot be reached. */
  asks?: true;
  look(context: Context, endpoint: Endpoint): Promise<Finding>;
}

/** What the target's endpoint answers to a plain request; asked once for all checks. */
type Endpoint = () => Promise<{ host: string; answer: HttpResponse; atMs: number }>;

const checks: Check[] = [
  { name: 'node', look: lookAtNode },
  { name: 'settings', look: lookAtSettings },
  { name: 'files', look: lookAtFiles },
  { name: 'disk', look: lookAtDisk },
  { name: 'engine', look: lookAtEngine },
  { name: 'network', look: lookAtNetwork },
  { name: 'credentials', look: lookAtCredentials, asks: true },
  { name: 'permissions', look: lookAtPermissions, asks: true },
  { name: 'clock', look: lookAtClock, asks: true },
];

/** Finds problems, and names the commands that fix them. Exit 3 when there is a problem. */
export async function doctor(context: Context): Promise<Result> {
  const findings: (Finding & { name: string })[] = [];
  const endpoint = endpointOf(context);
  const told = new Set<string>();
  for (const { name, look, asks } of checks) {
    if (asks && findings.some((finding) => finding.name === 'network' && !finding.ok)) {
      findings.push({ name, ...notLookedAt });
      continue;
    }
    const finding = await look(context, endpoint).catch(async (error: unknown): Promise<Finding> => {
      const detail = error instanceof Error ? error.message : String(error);
      // Several checks need the same thing, and fail as one when it cannot be had.
      if (told.has(detail)) return notLookedAt;
      told.add(detail);
      return { ok: false, detail, hint: error instanceof DynopsError ? await context.advise(error) : undefined };
    });
    const { hint, ...rest } = finding;
    findings.push({ name, ...rest, ...(!finding.ok && hint !== undefined && { hint }) });
  }
  const ok = findings.every((finding) => finding.ok);
  const settings = await origins(context).catch(() => []);
  return {
    json: { ok, version, checks: findings, settings },
    text: `${linesOf(context, { findings, settings }).join('\n')}\n`,
    exitStatus: ok ? ExitStatus.done : ExitStatus.checkFailed,
  };
}

function linesOf(
  { ui }: Context,
  { findings, settings }: { findings: (Finding & { name: string })[]; settings: Origin[] },
): string[] {
  const { width } = ui;
  const indent = ' '.repeat(20);
  return findings.flatMap(({ name, ok, skipped, detail, hint }) => {
    const mark = skipped ? '-' : ok ? 'ok' : 'wrong';
    const [first = '', ...more] = hanging(`${mark.padEnd(5)}  ${name.padEnd(12)} `, detail, width);
    const styled = skipped ? mark : ui.style(ok ? 'green' : 'red', mark, 'stdout');
    return [
      styled + first.slice(mark.length),
      ...more,
      ...(hint === undefined ? [] : hanging(indent, hint, width)),
      ...(name === 'settings' ? settingLines(settings, width) : []),
    ];
  });
}

/** A setting a line, or where that is too long for the terminal each of its parts. */
function settingLines(settings: readonly Origin[], width: number): string[] {
  const indent = ' '.repeat(20);
  const lines = columns(settings.map(({ name, value, from }) => [indent + name, String(value), from]));
  if (lines.every((line) => line.length <= width)) return lines;
  return settings.flatMap(({ name, value, from }) => [`    ${name}`, `      ${value}`, `      from ${from}`]);
}

const notLookedAt = { ok: false, skipped: true, detail: 'not looked at, for the reason above' } as const;

const longestWaitMs = 10_000;

function endpointOf(context: Context): Endpoint {
  let asked: ReturnType<Endpoint> | undefined;
  const ask = async () => {
    const { endpointUrl, region } = await context.choice();
    const url = endpointUrl ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
    const { host } = new URL(url);
    const answer = await send({ method: 'GET', url, timeoutMs: longestWaitMs, env: context.env }).catch(
      (error: unknown) => {
        throw unreached(error, { host, endpointUrl, region });
      },
    );
    return { host, answer, atMs: context.clock() };
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}

/** A failure of the way there, told as such. */
function unreached(
  thrown: unknown,
  to: { host: string; endpointUrl: string | undefined; region: string },
): DynopsError {
  if (thrown instanceof DynopsError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { host, endpointUrl: endpoint, region } = to;
  const problem = isUntrusted(error) ? 'untrusted-server' : 'unreachable';
  const why = error.name === 'TimeoutError' ? `no answer within ${longestWaitMs / 1000} s` : connectionReason(error);
  if (otherThan(error)) {
    const message = `${host}${throughProxy(error)}: ${why}`;
    return new DynopsError({ code: 'UnreadableAnswer', message, facts: { endpoint }, cause: error });
  }
  return new DynopsError({
    foreignCode: 'code' in error ? String(error.code) : error.name,
    message: `${host} cannot be reached${throughProxy(error)}: ${why || ('code' in error && error.code)}`,
    facts: { problem, endpoint, region },
    cause: error,
  });
}

const leastNode = [20, 19] as const;

async function lookAtNode(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return { ok, detail: `Node.js ${process.versions.node}`, hint: `Install Node.js ${leastNode.join('.')} or later.` };
}

async function lookAtSettings(context: Context): Promise<Finding> {
  await origins(context);
  // Not by the context's own, for which every other check would fail too.
  await ownService(context, { values: false });
  return { ok: true, detail: 'what counts, and where it comes from:' };
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
    hint: `Run \`chmod -R go= '${home}'\`.`,
  };
}

async function filesBelow(home: string, folder: string): Promise<string[]> {
  const names = await readdir(join(home, folder), { recursive: true }).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** The engine opens its databases by writing some megabytes. */
const leastFreeBytes = 64 * 1024 * 1024;

async function lookAtDisk({ home }: Context): Promise<Finding> {
  // Where it cannot be made, that is why, and was said before.
  await ensurePrivateFolder(home);
  const { bavail, bsize, files, ffree } = await statfs(home);
  const freeBytes = bavail * bsize;
  // Some file systems do not count files, and say 0 of 0.
  const ok = freeBytes >= leastFreeBytes && (files === 0 || ffree > 0);
  const free = freeBytes < 1e9 ? `${Math.floor(freeBytes / 1e6)} MB` : `${(freeBytes / 1e9).toFixed(1)} GB`;
  return {
    ok,
    detail: ok ? `${free} free in ${home}` : `the disk of ${home} is full: ${free} and ${ffree} files are free`,
    hint: 'Free some space there, or choose another folder with DYNOPS_HOME.',
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
    return { ok: engine.version === version, detail, hint: 'It has another version; run `dynops local start`.' };
  }
  if ((await context.choice()).kind !== 'local') return { ok: true, detail: 'not running, and not needed' };
  const { endpoint } = await context.target();
  return { ok: true, detail: `started at ${endpoint}` };
}

async function lookAtNetwork(context: Context, endpoint: Endpoint): Promise<Finding> {
  const { kind, endpointUrl, region } = await context.choice();
  const { env } = context;
  const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].filter((name) => env[name]);
  if (kind === 'local') {
    const unused = variables.length > 0 ? `; ${variables.join(' and ')} does not apply to it` : '';
    return { ok: true, detail: `not needed: the engine is on this machine${unused}` };
  }
  const proxy = proxyFor(endpointUrl ?? `https://sts.${region}.amazonaws.com/`, env);
  const { host } = await endpoint();
  const authority = env.AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : env.NODE_EXTRA_CA_CERTS ? 'NODE_EXTRA_CA_CERTS' : undefined;
  const way =
    proxy === undefined
      ? `without a proxy${variables.length > 0 ? `: ${variables.join(' and ')} does not apply to it` : ''}`
      : `through the proxy ${proxy.shown} (${proxy.variable})`;
  return { ok: true, detail: `${host} answers ${way}${authority ? `; ${authority} is trusted too` : ''}` };
}

async function lookAtCredentials(context: Context): Promise<Finding> {
  const { kind } = await context.choice();
  const { accountId, region } = await context.aws();
  return { ok: true, detail: `accepted: ${placeOf({ target: kind, account: accountId, region })}` };
}

// AWS refuses signatures that are more than five minutes off.
const mostSkewMs = 4 * 60_000;

async function lookAtClock(context: Context, endpoint: Endpoint): Promise<Finding> {
  if ((await context.choice()).kind === 'local') return { ok: true, detail: 'the engine uses this machine’s clock' };
  const { host, answer, atMs } = await endpoint();
  const theirs = Date.parse(header(answer, 'date') ?? '');
  if (Number.isNaN(theirs)) return { ok: true, detail: `${host} does not tell its time` };
  const skewMs = atMs - theirs;
  return {
    ok: Math.abs(skewMs) < mostSkewMs,
    detail: `${duration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} ${host}`,
    hint: 'Correct this machine’s clock: AWS refuses signatures that are minutes off.',
  };
}

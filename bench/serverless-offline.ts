import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from './dynops.ts';
import { type Figure, ms, ratio } from './measure.ts';
import { peerModules } from './peers.ts';
import { load } from './requests.ts';

/** Below those that the system gives to connections, one of which may lie there just then. */
const port = 21_730;
const startLimitMs = 60_000;

const service = `service: bench
frameworkVersion: '3'
provider: { name: aws, runtime: nodejs20.x, region: us-east-1 }
plugins: [serverless-offline]
functions:
  echo: { handler: handler.echo, events: [{ http: { method: post, path: echo } }] }
`;
const handler = `exports.echo = async ({ body }) => ({ statusCode: 200, body: JSON.stringify(JSON.parse(body).payload) });\n`;

/** serverless-offline 13 and the last serverless that runs without an account; SERVERLESS_MODULES names a folder that has them. */
const serverlessModules = () =>
  peerModules(['serverless-offline@13.9.0', 'serverless@3.40.0'], process.env.SERVERLESS_MODULES);

/** Runs serverless-offline with one function, `POST echo`, and takes it away again; answers why it cannot. */
export async function withServerlessOffline<Answer>(
  home: string,
  flags: readonly string[],
  use: (url: string, handlerFile: string) => Promise<Answer>,
): Promise<Answer | { missing: string }> {
  const found = await serverlessModules();
  if ('missing' in found) return found;
  const { modules } = found;
  const folder = join(home, 'serverless');
  await mkdir(folder);
  const handlerFile = join(folder, 'handler.js');
  await Promise.all([
    symlink(modules, join(folder, 'node_modules')),
    // Otherwise that of a folder above would say what kind of module the handler is.
    writeFile(join(folder, 'package.json'), '{}'),
    writeFile(join(folder, 'serverless.yml'), service),
    writeFile(handlerFile, handler),
  ]);
  const words = [join(modules, 'serverless/bin/serverless.js'), 'offline', '--httpPort', String(port), ...flags];
  const env = { ...environment(home), SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  const server = spawn(process.execPath, words, { cwd: folder, env, stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}/dev/echo`;
    if (!(await isUp(url))) return { missing: `did not answer within ${startLimitMs / 1000} s` };
    return await use(url, handlerFile);
  } finally {
    server.kill();
  }
}

/** The echo through serverless-offline, without an authorizer. */
export async function benchServerlessOffline(
  home: string,
  { connections, seconds, perSecond }: { connections: number; seconds: number; perSecond: number },
): Promise<Figure> {
  const figure = {
    what: `echo beside serverless-offline, ${connections} connections`,
    value: `${Math.round(perSecond)} req/s`,
  };
  const theirs = await withServerlessOffline(home, [], async (url) => {
    const requests = [{ headers: { 'Content-Type': 'application/json' }, body: '{"payload":{"hello":"world"}}' }];
    await load({ url, requests }, connections, 2);
    return load({ url, requests }, connections, seconds);
  });
  if ('missing' in theirs) return { ...figure, baseline: `serverless-offline: ${theirs.missing}`, ratio: '' };
  return {
    ...figure,
    baseline: `serverless-offline: ${Math.round(theirs.perSecond)} req/s, p99 ${ms(theirs.p99Ms)}`,
    ratio: ratio(perSecond, theirs.perSecond),
  };
}

async function isUp(url: string): Promise<boolean> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    const answer = await fetch(url, { method: 'POST', body: '{"payload":1}' }).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(200);
  }
  return false;
}

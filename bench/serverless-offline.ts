import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from './dynops.ts';
import { type Figure, ms, ratio } from './measure.ts';
import { load } from './requests.ts';

const port = 41_730;
const startLimitMs = 60_000;

const service = `service: bench
frameworkVersion: '3'
provider: { name: aws, runtime: nodejs20.x, region: us-east-1 }
plugins: [serverless-offline]
functions:
  echo: { handler: handler.echo, events: [{ http: { method: post, path: echo } }] }
`;
const handler = `exports.echo = async ({ body }) => ({ statusCode: 200, body: JSON.stringify(JSON.parse(body).payload) });\n`;

/**
 * The echo through serverless-offline 13, without an authorizer. It and serverless 3 bring hundreds of packages, so they are not
 * among this project's: SERVERLESS_MODULES names a node_modules folder that holds both.
 */
export async function benchServerlessOffline(
  home: string,
  { connections, seconds, perSecond }: { connections: number; seconds: number; perSecond: number },
): Promise<Figure> {
  const figure = {
    what: `echo beside serverless-offline, ${connections} connections`,
    value: `${Math.round(perSecond)} req/s`,
  };
  const modules = process.env.SERVERLESS_MODULES ?? '';
  if (!existsSync(join(modules, 'serverless-offline')))
    return { ...figure, baseline: 'serverless-offline: not installed', ratio: '' };
  const folder = join(home, 'serverless');
  await mkdir(folder);
  await Promise.all([
    symlink(modules, join(folder, 'node_modules')),
    writeFile(join(folder, 'serverless.yml'), service),
    writeFile(join(folder, 'handler.js'), handler),
  ]);
  const words = [join(modules, 'serverless/bin/serverless.js'), 'offline', '--httpPort', String(port)];
  const env = { ...environment(home), SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  const server = spawn(process.execPath, words, { cwd: folder, env, stdio: 'ignore' });
  try {
    const target = {
      url: `http://127.0.0.1:${port}/dev/echo`,
      requests: [{ headers: { 'Content-Type': 'application/json' }, body: '{"payload":{"hello":"world"}}' }],
    };
    await untilUp(target.url);
    await load(target, connections, 2);
    const theirs = await load(target, connections, seconds);
    return {
      ...figure,
      baseline: `serverless-offline: ${Math.round(theirs.perSecond)} req/s, p99 ${ms(theirs.p99Ms)}`,
      ratio: ratio(perSecond, theirs.perSecond),
    };
  } finally {
    server.kill();
  }
}

async function untilUp(url: string): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const answer = await fetch(url, { method: 'POST', body: '{"payload":1}' }).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`serverless-offline did not answer within ${startLimitMs} ms`);
    await sleep(200);
  }
}

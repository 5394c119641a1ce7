import { spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bin, type Installation, type Outcome } from './dynops.ts';

/** The README's script from an empty folder to a service that was edited, tested and taken down. */
export async function readmeScript(): Promise<string> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const script = /^## A service of your own$.*?^```sh$(.*?)^```$/ms.exec(readme)?.[1];
  if (script === undefined) throw new Error('the README has no script of a service of one’s own');
  return script;
}

/** Runs a shell script in an empty folder with the built `dynops` in its path, and without AWS credentials. */
export async function runScript(
  dynops: Installation,
  script: string,
  { limitMs, home = process.env.HOME }: { limitMs: number; home?: string },
): Promise<Outcome> {
  const folder = await mkdtemp(join(dynops.home, 'stranger-'));
  const program = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"\n`;
  await writeFile(join(folder, 'dynops'), program, { mode: 0o755 });
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: home,
    DYNOPS_HOME: join(dynops.home, 'dynops'),
    DYNOPS_PORT: '0',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    npm_config_update_notifier: 'false',
  };
  // A process group of its own, so that what waits for ever ends with it.
  const child = spawn('sh', ['-c', script], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), limitMs);
  const ended = new Promise<Pick<Outcome, 'status' | 'signal'>>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal }));
  });
  const [stdout, stderr, { status, signal }] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearTimeout(limit);
  return { status, signal, stdout, stderr };
}

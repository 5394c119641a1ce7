import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Report } from './dynops.ts';

const installed = await promisify(execFile)('python3', ['-c', 'import moto.server']).then(
  () => true,
  () => false,
);

/** moto's server on a port of its own choice, which it says when it listens. */
async function startMoto() {
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface(child.stderr);
  const endpoint = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`moto ended with ${code}`)));
  });
  return {
    endpoint,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

describe.skipIf(!installed)(
  `moto as the endpoint${installed ? '' : ' (skipped: needs python3 with moto[server])'}`,
  () => {
    let moto: Awaited<ReturnType<typeof startMoto>>;
    let dynops: Installation;
    const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
    const at = () => ['--endpoint-url', moto.endpoint];
    const run = (words: string[], stdin?: string) =>
      dynops.run([...words, ...at()], { env, ...(stdin !== undefined && { stdin }) });

    beforeAll(async () => {
      [moto, dynops] = await Promise.all([startMoto(), install()]);
    });
    afterAll(async () => {
      await dynops.remove();
      await moto.stop();
    });

    it('has the stack made, and says what it does not serve', async () => {
      const up = await run(['up']);
      expect(up).toMatchObject({ status: 0, stderr: expect.stringContaining('serves no APIs') });
      expect(up.stderr).toContain('serves no sign-in pages');
      expect(up.stderr).not.toContain('could not sign in');
      expect(up.stdout).not.toContain('/login?');
      const status = await dynops.json<Report>(['status', ...at()], { env });
      expect(status).toMatchObject({ inSync: true, apiUrl: null, domainUrl: null, username: 'testuser' });
      const again = await dynops.json<Report>(['up', ...at()], { env });
      expect([...new Set(again.resources.map(({ action }) => action))]).toEqual(['unchanged']);
    });

    /** What each command ends with, and what it says. */
    const commands: [words: string[], status: number, said: RegExp][] = [
      [['plan', '--exit-code'], 0, /would change nothing/],
      [['plan', '--exit-code', '--memory', '512'], 3, /memory \(MB\): 128 → 512/],
      [['token', '--decode'], 0, /"cognito:username": "testuser"/],
      [['token', '--hosted-ui', '--no-browser'], 1, /the endpoint serves no pages/],
      [['list'], 0, /not served by this endpoint/],
      [['user', 'list'], 0, /^testuser {2}CONFIRMED/m],
      [['user', 'disable', 'testuser'], 0, /may not sign in/],
      [['user', 'enable', 'testuser'], 0, /may sign in/],
      [['logs', '--since', '10m'], 0, /No log lines/],
      [['trace', 'list'], 0, /No traces/],
      [['trace', 'show'], 1, /no trace/],
      [['trace', 'map'], 0, /No traces/],
      [['table', 'items'], 0, /^$/],
      [['table', 'export'], 0, /0 items/],
      [['doctor'], 0, /ok +credentials/],
      [['api', 'show'], 0, /serves no APIs/],
      [['role', 'show'], 0, /present/],
      [['function', 'config', '--memory', '256'], 0, /memory +256 MB/],
      [['authorizer', 'test'], 1, /that serves this operation/],
      [['export', 'terraform'], 0, /aws_lambda_function/],
      ...[['call', 'ping'], ['request', 'GET', '/x'], ['load', '--duration', '1s'], ['tune'], ['export', 'curl']].map(
        (words): [string[], number, RegExp] => [words, 1, /serves no APIs: there is no URL to call/],
      ),
    ];
    it.each(commands)('%j ends with %i within seconds', async (words, status, said) => {
      const startedAtMs = Date.now();
      const ended = await run(words, '');
      expect(Date.now() - startedAtMs).toBeLessThan(20_000);
      expect({ status: ended.status, said: ended.stdout + ended.stderr }).toEqual({
        status,
        said: expect.stringMatching(said),
      });
      expect(ended.stdout + ended.stderr).not.toMatch(/<!doctype|<html|<Error>|^ +at .*:\d+:\d+/im);
    });

    it('has it removed, and nothing is left', async () => {
      expect(await run(['down', '--yes'])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Nothing is left'),
      });
      expect(await dynops.json<Report>(['status', ...at()], { env })).toMatchObject({
        userPoolId: null,
        inSync: false,
      });
    });
  },
);

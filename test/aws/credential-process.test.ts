import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { profileCredentials } from '../../src/aws/credentials.ts';
import { isOurLivingProcess } from '../../src/home/living-process.ts';
import { until } from '../cli/dynops.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynops-process-'));
  // It and what it starts say who they are.
  const script = `echo $$ >${folder}/shell\nsh -c 'echo $$ >${folder}/program; exec sleep 600'\necho more\n`;
  writeFileSync(join(folder, 'hanging.sh'), script);
  writeFileSync(
    join(folder, 'config'),
    `
[profile hanging]
credential_process = sh ${folder}/hanging.sh
[profile above]
role_arn = arn:aws:iam::123456789012:role/g
source_profile = hanging
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

it.each(['hanging', 'above'])(
  'a program that hangs ends with the command, and so does what it has started: %s',
  async (profile) => {
    for (const name of ['shell', 'program']) rmSync(join(folder, name), { force: true });
    const env = { HOME: folder, AWS_CONFIG_FILE: join(folder, 'config') };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const stop = new AbortController();
    const target = { kind: 'aws', endpoint: undefined, region: 'us-east-1', credentials: undefined, profile } as const;
    const asked = profileCredentials(target, { env, signal: stop.signal })?.({}).catch((error: unknown) => error);
    const pid = (name: string) => Number(readFileSync(join(folder, name), { encoding: 'utf8', flag: 'a+' }));
    await until(() => pid('shell') > 0 && pid('program') > 0);
    const pids = [pid('shell'), pid('program')];
    expect(pids.filter(isOurLivingProcess)).toEqual(pids);
    const reason = new Error('the time is up');
    stop.abort(reason);
    await expect(asked).resolves.toBe(reason);
    await until(() => !pids.some(isOurLivingProcess));
  },
);

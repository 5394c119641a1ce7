import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { commandsIn } from './explained.ts';

const run = promisify(execFile);
let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});

afterAll(() => dynops.remove());

describe('up --explain', () => {
  const hasAws = spawnSync('aws', ['--version']).status === 0;
  it.skipIf(!hasAws)(`is understood by the AWS CLI${hasAws ? '' : ' (skipped: needs the AWS CLI)'}`, async () => {
    // The smallest archive there is.
    await writeFile(join(dynops.home, 'function.zip'), `PK\x05\x06${'\0'.repeat(18)}`);
    await writeFile(join(dynops.home, 'password.txt'), 'secret');
    const env = {
      PATH: process.env.PATH,
      HOME: dynops.home,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    };
    const commands = commandsIn(await dynops.run(['up', '--explain']));
    expect(commands.length).toBeGreaterThan(20);
    // Nobody listens there: a command that gets so far had every option and value understood.
    const check = (command: string) =>
      expect(run('sh', ['-c', command], { cwd: dynops.home, env }), command).rejects.toMatchObject({
        stderr: expect.stringContaining('Could not connect to the endpoint URL'),
      });
    for (let from = 0; from < commands.length; from += 4) await Promise.all(commands.slice(from, from + 4).map(check));
  });
});

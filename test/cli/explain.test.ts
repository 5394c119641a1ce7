import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphOf } from '../../src/stack/graph.ts';
import { tutorialService } from '../../src/stack/service.ts';
import { type Installation, install, type Outcome } from './dynops.ts';

const run = promisify(execFile);
let dynops: Installation;
let first: Outcome;

beforeAll(async () => {
  dynops = await install();
  first = await dynops.run(['up', '--explain']);
});

afterAll(() => dynops.remove());

const commandsIn = ({ stderr }: Outcome) =>
  [...stderr.matchAll(/^ {4}\$ (aws .*)$/gm)].map(([, command = '']) => command);

describe('up --explain', () => {
  it('says for each resource how the console and the AWS CLI make it', () => {
    const created = [...first.stderr.matchAll(/^✔ created +(\S+)/gm)].map(([, type]) => type);
    expect(created).toHaveLength(graphOf(tutorialService).length);
    expect(first.stderr.match(/^ {4}Console: .+ → /gm)).toHaveLength(graphOf(tutorialService).length);
    const operations = commandsIn(first).map((command) => command.split(' ').slice(1, 3).join(' '));
    expect(operations).toEqual(
      expect.arrayContaining([
        'iam create-role',
        'iam put-role-policy',
        'dynamodb create-table',
        'logs put-retention-policy',
        'lambda create-function',
        'apigateway put-integration',
        'apigateway create-deployment',
        'cognito-idp admin-set-user-password',
      ]),
    );
  });

  it('shows no password', async () => {
    const file = /password +in (.*)/.exec(first.stdout)?.[1] ?? '';
    expect(first.stderr).not.toContain(await readFile(file, 'utf8'));
    expect(first.stderr).toContain('--password file://password.txt');
  });

  it('tells what a repair calls, and nothing where nothing is done', async () => {
    const { stderr } = await dynops.run(['up', '--explain', '--memory', '256']);
    const commands = commandsIn({ ...first, stderr }).join('\n');
    expect(commands).toContain('aws lambda update-function-configuration');
    expect(commands).toContain('--memory-size 256');
    expect(commands).not.toContain('create-');
    const again = await dynops.run(['up', '--explain']);
    expect(commandsIn(again)).toEqual([]);
  });

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
    const commands = commandsIn(first);
    expect(commands.length).toBeGreaterThan(20);
    // Nobody listens there: a command that gets so far had every option and value understood.
    const check = (command: string) =>
      expect(run('sh', ['-c', command], { cwd: dynops.home, env }), command).rejects.toMatchObject({
        stderr: expect.stringContaining('Could not connect to the endpoint URL'),
      });
    for (let from = 0; from < commands.length; from += 4) await Promise.all(commands.slice(from, from + 4).map(check));
  });
});

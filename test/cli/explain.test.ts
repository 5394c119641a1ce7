import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install, type Outcome } from './dynops.ts';
import { commandsIn } from './explained.ts';

let dynops: Installation;
let first: Outcome;

beforeAll(async () => {
  dynops = await install();
  first = await dynops.run(['up', '--explain']);
});

afterAll(() => dynops.remove());

describe('up --explain', () => {
  it('says for each resource how the console and the AWS CLI make it', () => {
    const created = [...first.stderr.matchAll(/^✔ created +(\S+)/gm)].map(([, type]) => type);
    expect(created).toHaveLength(13);
    expect(first.stderr.match(/^ {4}Console: .+ → /gm)).toHaveLength(13);
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
});

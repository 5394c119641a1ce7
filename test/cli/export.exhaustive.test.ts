import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTerraform, type Terraform, withoutTerraform } from '../terraform.ts';
import { type Installation, install, type Report } from './dynops.ts';

const run = promisify(execFile);
// The AWS CLI starts some thirty times, Terraform's provider several: seconds each on a busy machine.
let dynops: Installation;
let folder: string;

beforeAll(async () => {
  dynops = await install();
  folder = join(dynops.home, 'exported');
  await mkdir(folder);
  // Terraform's provider knows only the runtimes of its own day.
  await writeFile(join(folder, 'dynops.json'), '{"runtime": "nodejs22.x", "smsRole": true}');
});

afterAll(() => dynops.remove());

beforeEach(async () => {
  await dynops.json(['down', '--yes']);
});

/** What another tool is given: the engine's address and credentials. */
async function environment(): Promise<Record<string, string>> {
  const exports = await dynops.json<Record<string, string>>(['local', 'env']);
  return { PATH: process.env.PATH ?? '', HOME: folder, ...exports };
}

async function exportTo(file: string, ...words: string[]): Promise<void> {
  const { status, stdout, stderr } = await dynops.run(['export', ...words, '--zip', 'function.zip'], { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await writeFile(join(folder, file), stdout);
}

/** The types of what `up` would still change. */
async function changes(): Promise<string[]> {
  const { resources } = await dynops.json<Report>(['plan'], { cwd: folder });
  return resources.filter(({ action }) => action !== 'unchanged').map(({ type }) => type);
}

async function callPing(): Promise<unknown> {
  const { stdout } = await dynops.run(['call', 'ping'], { env: { DYNOPS_PASSWORD: 'pass"word' } });
  return stdout;
}

describe('export curl', () => {
  it('is a script that runs', async () => {
    await dynops.json(['up']);
    const { stdout } = await dynops.run(['export', 'curl']);
    // As the README starts it, by a shell's function that the script does not see.
    const env = { PATH: process.env.PATH, HOME: dynops.home, DYNOPS_HOME: join(dynops.home, 'dynops') };
    const ran = spawnSync('sh', ['-c', stdout], { env, encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    const bodies = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(bodies[0]).toBe('pong');
    expect(bodies[3]).toMatchObject({ Item: { id: '1234ABCD', number: 5 } });
    expect(bodies[4]).toMatchObject({ Attributes: { number: 10 } });
    expect(bodies).toHaveLength(7);
  });
});

describe('export postman', () => {
  it('is a collection without a secret', async () => {
    const { apiUrl } = await dynops.json<Report>(['up']);
    const collection = await dynops.json<{ item: { name: string }[]; variable: unknown[] }>(['export', 'postman']);
    const names = collection.item.map(({ name }) => name);
    expect(names).toEqual(['ping', 'echo', 'create', 'read', 'update', 'list', 'delete']);
    expect(collection.variable).toContainEqual({ key: 'apiUrl', value: apiUrl });
    expect(JSON.stringify(collection)).not.toMatch(/eyJ/);
  });
});

const hasAws = spawnSync('aws', ['--version']).status === 0;

describe.skipIf(!hasAws)(`export aws-cli${hasAws ? '' : ' (skipped: needs the AWS CLI)'}`, () => {
  it('is a script that makes the same stack', async () => {
    await exportTo('up.sh', 'aws-cli');
    const env = { ...(await environment()), PASSWORD: 'pass"word' };
    const ran = await run('sh', ['up.sh'], { cwd: folder, env });
    expect(ran.stdout).toMatch(/^API: http:.*\/prod\/DynamoDBManager\n$/);
    await expect(changes()).resolves.toEqual([]);
    await expect(callPing()).resolves.toBe('"pong"\n');
  });
});

describe.skipIf(withoutTerraform !== '')(`export terraform${withoutTerraform}`, () => {
  let tool: Terraform;
  beforeAll(async () => {
    tool = await startTerraform({ cwd: folder, env: await environment() });
  });
  afterAll(() => tool?.stop());
  const terraform = (...words: string[]) => tool.run(folder, words, { TF_VAR_password: 'pass"word' });

  it('is a configuration that makes the same stack, and then has nothing to change', async () => {
    await exportTo('main.tf', 'terraform');
    await terraform('fmt', '-check');
    await tool.init(folder);
    await terraform('apply', '-auto-approve');
    await terraform('plan', '-detailed-exitcode');
    await expect(changes()).resolves.toEqual([]);
    await expect(callPing()).resolves.toBe('"pong"\n');
    await terraform('destroy', '-auto-approve');
    const { resources } = await dynops.json<Report>(['status']);
    expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['absent']));
  });

  it('imports what stands, and changes nothing of it', async () => {
    await dynops.json(['up'], { cwd: folder });
    await exportTo('main.tf', 'terraform');
    await terraform('fmt', '-check');
    await tool.init(folder);
    const { stdout } = await terraform('apply', '-auto-approve');
    expect(stdout).toMatch(/ 25 imported, 0 added, .* 0 destroyed/);
    await terraform('plan', '-detailed-exitcode');
    await expect(changes()).resolves.toEqual([]);
    await terraform('destroy', '-auto-approve');
  });
});

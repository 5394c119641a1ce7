import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startTerraform, withoutTerraform } from '../terraform.ts';
import { type Installation, install, type Report } from './dynops.ts';
import { expectRoutesAnswer, fourFunctions, writeFourFunctions } from './four-functions.ts';

const run = promisify(execFile);
const secret = 'very-secret-value';
let dynops: Installation;
let folder: string;

beforeAll(async () => {
  dynops = await install();
  folder = join(dynops.home, 'shop');
  await writeFourFunctions(folder);
  const { orders, ...others } = fourFunctions.functions;
  const environment = { ...orders.environment, KEY: { from: 'env:KEY' } };
  const functions = { ...others, orders: { ...orders, environment } };
  // Terraform's provider knows only the runtimes of its own day.
  const service = { ...fourFunctions, functions, runtime: 'nodejs22.x' };
  await writeFile(join(folder, 'dynops.json'), JSON.stringify(service));
  await dynops.json(['trust'], own());
});
afterAll(() => dynops.remove());

const own = () => ({ cwd: folder, env: { KEY: secret, DYNOPS_PASSWORD: 'pass"word' } });
beforeEach(async () => {
  await dynops.json(['down', '--yes'], own());
});

async function environment(): Promise<Record<string, string>> {
  const exports = await dynops.json<Record<string, string>>(['local', 'env']);
  const given = { KEY: secret, PASSWORD: 'pass"word', TF_VAR_KEY: secret, TF_VAR_password: 'pass"word' };
  return { PATH: process.env.PATH ?? '', HOME: folder, CHECKPOINT_DISABLE: '1', ...given, ...exports };
}

async function exportTo(file: string, format: string): Promise<void> {
  const { status, stdout, stderr } = await dynops.run(['export', format, '--zip', 'function.zip'], own());
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toContain(secret);
  await writeFile(join(folder, file), stdout);
}

/** What stands is what `up` would make, and serves. */
async function isTheService(): Promise<void> {
  const { resources } = await dynops.json<Report>(['plan'], own());
  expect(resources.filter(({ action }) => action !== 'unchanged')).toEqual([]);
  await expectRoutesAnswer(dynops, own());
}

const hasAws = spawnSync('aws', ['--version']).status === 0;

describe.skipIf(!hasAws)(`export aws-cli of a service${hasAws ? '' : ' (skipped: needs the AWS CLI)'}`, () => {
  it('is a script that makes it, each function with its own code, and holds no secret', async () => {
    await exportTo('up.sh', 'aws-cli');
    await run('sh', ['up.sh'], { cwd: folder, env: await environment() });
    await isTheService();
  });
});

describe.skipIf(withoutTerraform !== '')(`export terraform of a service${withoutTerraform}`, () => {
  it('imports what stands, plans clean, destroys it, and makes it anew', async () => {
    await dynops.json(['up'], own());
    await exportTo('main.tf', 'terraform');
    const tool = await startTerraform({ cwd: folder, env: await environment() });
    onTestFinished(tool.stop);
    const terraform = (...words: string[]) => tool.run(folder, words);
    await terraform('fmt', '-check');
    await tool.init(folder);
    const imported = await terraform('apply', '-auto-approve');
    expect(imported.stdout).toMatch(/ \d\d imported, 0 added, .* 0 destroyed/);
    await terraform('plan', '-detailed-exitcode');
    await isTheService();
    await terraform('destroy', '-auto-approve');
    const { resources } = await dynops.json<Report>(['status'], own());
    expect(new Set(resources.map(({ state }) => state))).toEqual(new Set(['absent']));
    // Of nothing that stands there is anything to import.
    await exportTo('main.tf', 'terraform');
    await terraform('apply', '-auto-approve');
    await terraform('plan', '-detailed-exitcode');
    await isTheService();
  });
});

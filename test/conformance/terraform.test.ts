import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../start-engine.ts';

const run = promisify(execFile);

/** A folder that holds Terraform's AWS provider, so that nothing needs to be downloaded. */
function findPluginFolder(): string | undefined {
  const places = ['/usr/share/terraform/plugins', '/usr/local/share/terraform/plugins'];
  if (existsSync('/opt')) places.push(...readdirSync('/opt').map((name) => join('/opt', name)));
  return places.find((place) => existsSync(join(place, 'registry.terraform.io/hashicorp/aws')));
}

const plugins = findPluginFolder();
const installed = await run('terraform', ['version']).then(
  () => true,
  () => false,
);
const missing =
  installed && plugins ? '' : ' (skipped: needs terraform with its AWS provider in a local plugin folder)';

describe.skipIf(missing !== '')(`Terraform's AWS provider against the engine${missing}`, () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let folder: string;

  beforeAll(async () => {
    engine = await startEngine();
    folder = await mkdtemp(join(tmpdir(), 'dynops-terraform-'));
    await cp(new URL('./stack.tf', import.meta.url), join(folder, 'stack.tf'));
    const source = 'exports.handler = async (event) => ({ greeting: process.env.GREETING, event });';
    await writeFile(join(folder, 'code.zip'), zipSync({ 'index.js': Buffer.from(source) }, { mtime: '2020-01-01' }));
    await terraform('init', `-plugin-dir=${plugins}`);
  });

  afterAll(async () => {
    await engine?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Runs terraform in the folder; `code` is its exit status. */
  async function terraform(...args: string[]): Promise<{ code: number; output: string }> {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      CHECKPOINT_DISABLE: '1',
      AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
    };
    try {
      const { stdout } = await run('terraform', [...args, '-no-color'], { cwd: folder, env, maxBuffer: 1e8 });
      return { code: 0, output: stdout };
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string };
      return { code: failed.code, output: `${failed.stdout}${failed.stderr}` };
    }
  }

  const inputs = (memory: number) => [
    '-input=false',
    `-var=endpoint=${engine.endpoint}`,
    '-var=zip=code.zip',
    `-var=memory=${memory}`,
  ];

  it('creates, re-plans without a difference, updates in place, and destroys every resource', async () => {
    const created = await terraform('apply', '-auto-approve', ...inputs(128));
    expect(created, created.output).toMatchObject({ code: 0 });

    const again = await terraform('plan', '-detailed-exitcode', ...inputs(128));
    expect(again, again.output).toMatchObject({ code: 0 });

    const updated = await terraform('apply', '-auto-approve', ...inputs(256));
    expect(updated, updated.output).toMatchObject({ code: 0 });
    expect(updated.output).toContain('0 added, 1 changed, 0 destroyed');

    const destroyed = await terraform('destroy', '-auto-approve', ...inputs(256));
    expect(destroyed, destroyed.output).toMatchObject({ code: 0 });
    const left = await terraform('state', 'list');
    expect(left.output.trim()).toBe('');
  }, 300_000);
});

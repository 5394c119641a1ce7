import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder that holds Terraform's AWS provider, so that nothing needs to be downloaded. */
const plugins = [
  '/usr/share/terraform/plugins',
  '/usr/local/share/terraform/plugins',
  ...(existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : []),
].find((place) => existsSync(join(place, 'registry.terraform.io/hashicorp/aws')));
const hasTerraform = plugins !== undefined && spawnSync('terraform', ['version']).status === 0;

/** Why tests with Terraform are skipped here, in brackets after a space; empty where they are not. */
export const withoutTerraform = hasTerraform
  ? ''
  : ' (skipped: needs terraform with its AWS provider in a local plugin folder)';

export interface Terraform {
  /** `terraform init`, in a folder with a configuration. */
  init(folder: string): Promise<unknown>;
  /** Any other command. Rejects with `code`, `stdout` and `stderr` where it fails. `env`: variables beside those of the provider. */
  run(folder: string, words: string[], env?: Record<string, string>): Promise<{ stdout: string }>;
  stop(): Promise<void>;
}

/**
 * Terraform with one process of its AWS provider for all of its commands: otherwise each starts it two or three times, which
 * takes some three seconds of a processor. `cwd`: from where it reads the files that configurations name; `env`: endpoint,
 * credentials and region of both.
 */
export async function startTerraform({ cwd, env }: { cwd: string; env: Record<string, string> }): Promise<Terraform> {
  const versions = join(plugins ?? '', 'registry.terraform.io/hashicorp/aws');
  const programs = readdirSync(versions, { recursive: true, encoding: 'utf8' })
    .filter((name) => /terraform-provider-aws[^/]*$/.test(name) && !name.endsWith('.zip'))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const provider = spawn(join(versions, programs.at(-1) ?? ''), ['-debug'], {
    cwd,
    // Its schemas are a gigabyte that stays: collecting garbage between them takes a third of its time.
    env: { ...env, GOGC: '400' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = once(provider, 'exit');
  process.once('exit', () => provider.kill());
  let attached: string | undefined;
  for await (const line of createInterface({ input: provider.stdout })) {
    attached = /TF_REATTACH_PROVIDERS='(.*)'/.exec(line)?.[1];
    if (attached !== undefined) break;
  }
  if (attached === undefined) throw new Error('Terraform’s AWS provider did not start.');
  const terraform = (folder: string, words: string[], more: Record<string, string>) =>
    run('terraform', [...words, '-no-color'], {
      cwd: folder,
      env: { ...env, CHECKPOINT_DISABLE: '1', ...more },
      maxBuffer: 1e8,
    });
  return {
    init: (folder) => terraform(folder, ['init', `-plugin-dir=${plugins}`], {}),
    run: (folder, words, more = {}) => terraform(folder, words, { TF_REATTACH_PROVIDERS: attached, ...more }),
    async stop() {
      provider.kill();
      await gone;
    },
  };
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A node_modules folder with packages that others are measured by, `NAME@VERSION`. They and what they bring are not among this
 * project's: npm installs them into a temporary folder, which serves later runs too. `given` is such a folder that is there
 * already. Answers why there is none, where there is none.
 */
export async function peerModules(
  packages: readonly [string, ...string[]],
  given?: string,
): Promise<{ modules: string } | { missing: string }> {
  const [first] = packages;
  const name = first.slice(0, first.lastIndexOf('@'));
  const folder = join(tmpdir(), `dynops-bench-${name}`);
  const modules = given ?? join(folder, 'node_modules');
  if (existsSync(join(modules, name))) return { modules };
  if (given !== undefined) return { missing: `not in ${given}` };
  await mkdir(folder, { recursive: true });
  try {
    const words = ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', folder];
    await promisify(execFile)('npm', [...words, ...packages]);
    return { modules };
  } catch (error) {
    return { missing: `cannot be installed: ${String(error).split('\n')[0]}` };
  }
}

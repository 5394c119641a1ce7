import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { readFunctionCode } from '../src/stack/code.ts';
import { environment } from './dynops.ts';
import { type Figure, median, ms, ratio, run } from './measure.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const client = '@aws-sdk/client-dynamodb';

/** What a cold start has to fetch and load, against the SDK client that the handler uses, shipped as npm installs it. */
export async function benchHandler(home: string): Promise<Figure[]> {
  const { zip } = await readFunctionCode();
  const code = unzipSync(zip)['index.js'];
  if (code === undefined) throw new Error('the zip has no index.js');
  await writeFile(join(home, 'index.cjs'), code);
  const packages = await packagedFiles(client);

  const bundled = `const t = performance.now(); require(${JSON.stringify(join(home, 'index.cjs'))}); console.log(performance.now() - t)`;
  const unbundled = `const t = performance.now(); require(${JSON.stringify(client)}); console.log(performance.now() - t)`;
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 15; turn += 1) {
    ours.push(await importMs(home, bundled));
    theirs.push(await importMs(home, unbundled));
  }
  const zipped = zipSync(packages, { level: 6 }).length;
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;
  return [
    {
      what: "the handler's zip",
      value: kilobytes(zip.length),
      baseline: `${client} unbundled: ${kilobytes(zipped)}`,
      ratio: ratio(zip.length, zipped),
    },
    {
      what: 'its import',
      value: ms(median(ours)),
      baseline: `${client} unbundled: ${ms(median(theirs))}`,
      ratio: ratio(median(ours), median(theirs)),
    },
  ];
}

async function importMs(home: string, script: string): Promise<number> {
  const env = { ...environment(home), AWS_REGION: 'us-east-1', NODE_PATH: join(repository, 'node_modules') };
  return Number((await run(process.execPath, ['-e', script], env)).stdout);
}

/** Every file of a package and of what it depends on, as a zip of `node_modules` would hold them. */
async function packagedFiles(name: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const seen = new Set<string>();
  const visit = async (dependency: string, from: string): Promise<void> => {
    const folder = packageFolder(dependency, from);
    if (seen.has(folder)) return;
    seen.add(folder);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !path.slice(folder.length).includes('/node_modules/')) {
        files[path.slice(repository.length)] = await readFile(path);
      }
    }
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const next of Object.keys(dependencies)) await visit(next, folder);
  };
  await visit(name, repository);
  return files;
}

function packageFolder(name: string, from: string): string {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  for (const path of paths) {
    const manifest = join(path, name, 'package.json');
    try {
      createRequire(import.meta.url).resolve(manifest);
      return dirname(manifest);
    } catch {
      // Not installed there; npm may have put it higher up.
    }
  }
  throw new Error(`${name} is not installed`);
}

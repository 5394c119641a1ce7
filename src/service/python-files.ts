import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Bundle } from './bundle.ts';

/** Not the function's: other tools' folders, and what Python makes by itself. */
const leftOut = new Set(['__pycache__', 'node_modules', 'venv', 'env', 'test', 'tests', 'dist', 'requirements']);
const isWanted = (name: string) => !name.startsWith('.') && !name.endsWith('.pyc') && !leftOut.has(name);

/**
 * A Python function's files: its entry's folder as it is, and at the top what lies in `requirements` there
 * (`pip install --target requirements …`), as Lambda looks for packages beside the handler.
 */
export async function pythonFiles(entry: string): Promise<Bundle> {
  const folder = dirname(entry);
  const [own, packages] = await Promise.all([
    filesBelow(folder, isWanted),
    filesBelow(join(folder, 'requirements'), (name) => name !== '__pycache__' && !name.endsWith('.pyc')),
  ]);
  return { files: { ...packages, ...own }, sources: Object.keys(own).map((path) => join(folder, path)) };
}

async function filesBelow(folder: string, isTaken: (name: string) => boolean): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(absent)) {
      if (!isTaken(entry.name)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files[relative(folder, path).replaceAll('\\', '/')] = await readFile(path);
    }
  };
  await walk(folder);
  return files;
}

function absent(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { DynopsError } from '../errors.ts';
import { boundaryOf, isWithin } from './boundary.ts';
import { type Bundle, buildFailed } from './bundle.ts';

/** Not the function's: other tools' folders, and what Python makes by itself. */
const leftOut = new Set(['__pycache__', 'node_modules', 'venv', 'env', 'test', 'tests', 'dist', 'requirements']);
const isWanted = (name: string) => !name.startsWith('.') && !name.endsWith('.pyc') && !leftOut.has(name);

interface SizeLimit {
  mostBytes: number;
  tooLarge(bytes: number): DynopsError;
}

interface File {
  content: Uint8Array;
  isExecutable: boolean;
}

/** Reads files until all that was read is too much. */
function reader({ mostBytes, tooLarge }: SizeLimit): (path: string) => Promise<File> {
  let bytes = 0;
  return async (path) => {
    const { size, mode } = await stat(path);
    bytes += size;
    if (bytes > mostBytes) throw tooLarge(bytes);
    return { content: await readFile(path), isExecutable: (mode & 0o111) !== 0 };
  };
}

/**
 * A Python function's files: its entry's folder as it is, and at the top what lies in `requirements` there
 * (`pip install --target requirements …`), as Lambda looks for packages beside the handler.
 */
export async function pythonFiles(
  { entry, folder: service }: { entry: string; folder: string },
  limit: SizeLimit,
): Promise<Bundle> {
  const folder = dirname(entry);
  const read = reader(limit);
  const requirements = join(folder, 'requirements');
  if (existsSync(requirements) && !isWithin(boundaryOf(service), requirements))
    throw buildFailed(
      `${requirements} leads out of ${boundaryOf(service)}: a function is made of files of its own service.`,
    );
  const [own, packages] = await Promise.all([
    filesBelow(folder, isWanted, read),
    filesBelow(requirements, (name) => name !== '__pycache__' && !name.endsWith('.pyc'), read),
  ]);
  if (!Object.hasOwn(own, basename(entry))) {
    throw buildFailed(
      `${entry} is a link, or is left out by its name; a Python function's entry is a file of its own.`,
    );
  }
  const all = Object.entries({ ...packages, ...own });
  return {
    files: Object.fromEntries(all.map(([path, { content }]) => [path, content])),
    executables: new Set(all.filter(([, { isExecutable }]) => isExecutable).map(([path]) => path)),
    sources: Object.keys(own).map((path) => join(folder, path)),
  };
}

async function filesBelow(
  folder: string,
  isTaken: (name: string) => boolean,
  read: (path: string) => Promise<File>,
): Promise<Record<string, File>> {
  const files: Record<string, File> = {};
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(absent)) {
      if (!isTaken(entry.name)) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) files[relative(folder, path).replaceAll('\\', '/')] = await read(path);
    }
  };
  await walk(folder);
  return files;
}

function absent(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

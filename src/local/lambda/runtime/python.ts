import { execFile } from 'node:child_process';
import { isAbsolute, sep } from 'node:path';
import { promisify } from 'node:util';

/** The machine's Python. */
export interface Python {
  program: string;
  /** `3.13` */
  version: string;
  /** Folders outside of the system's own that it is made of. */
  folders: string[];
}

const question = `import json, sys
print(json.dumps([sys.executable, "%d.%d" % sys.version_info[:2], sys.prefix, sys.base_prefix, *sys.path[1:]]))`;

/** Asks for the version first, then for any. `version`: `3.13`. undefined: there is none. */
export async function findPython(version: string): Promise<Python | undefined> {
  for (const name of [`python${version}`, 'python3', 'python']) {
    try {
      const { stdout } = await promisify(execFile)(name, ['-c', question], { timeout: 10_000 });
      const [program = '', found = '', ...folders] = JSON.parse(stdout) as string[];
      if (found.startsWith('3.')) return { program, version: found, folders: outermost(folders) };
    } catch {
      // Not there, or no Python.
    }
  }
  return undefined;
}

function outermost(folders: string[]): string[] {
  const own = [...new Set(folders)].filter(
    (folder) => isAbsolute(folder) && folder !== '/' && !folder.startsWith('/usr/') && folder !== '/usr',
  );
  return own.filter((folder) => !own.some((other) => other !== folder && folder.startsWith(other + sep)));
}

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';

/*
 * A service can be somebody else's: what it reads is put into a function that may send it anywhere. So it reads its own
 * repository, and nothing else of this user's.
 */

/**
 * The folder that all files of a service must lie in: its repository or workspace, or the folder of dynops.json where it is in none.
 * A home folder that is a repository itself, as some keep their settings, is nobody's service.
 */
export function boundaryOf(folder: string): string {
  const real = realpathSync(folder);
  const home = existsSync(homedir()) ? realpathSync(homedir()) : undefined;
  for (let at = real; at !== home; at = dirname(at)) {
    if (isRepository(at)) return at;
    if (at === dirname(at)) break;
  }
  return real;
}

function isRepository(folder: string): boolean {
  if (['.git', 'pnpm-workspace.yaml'].some((name) => existsSync(join(folder, name)))) return true;
  const file = join(folder, 'package.json');
  return existsSync(file) && /"workspaces"\s*:/.test(readFileSync(file, 'utf8'));
}

/** Whether a file that is there lies inside, links followed. */
export function isWithin(boundary: string, file: string): boolean {
  const real = realpathSync(file);
  return real === boundary || real.startsWith(boundary.endsWith(sep) ? boundary : `${boundary}${sep}`);
}

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Arguments that are paths: the first of all, and the second of these. */
const twoPaths = /^(copyFile|cp|link|rename|symlink)(Sync)?$/;
const noPath = /^(close|fstat|fsync|fdatasync|ftruncate|futimes|fchmod|fchown|read|readv|write|writev)(Sync)?$|^[A-Z_]/;

/**
 * Lets the function write to `/tmp/…`, as in Lambda, where it cannot have a `/tmp` of its own: such paths mean its scratch
 * folder. `asTheyAre`: folders of its code, which are themselves below `/tmp` where dynops keeps its files there. No boundary;
 * Node's permissions are one.
 */
export function mapTmp(scratch: string, asTheyAre: readonly string[]): void {
  const kept = [scratch, ...asTheyAre];
  for (const group of [fs, fs.promises] as object[]) {
    for (const name of Object.keys(group)) {
      const plain: unknown = Reflect.get(group, name);
      if (typeof plain !== 'function' || noPath.test(name)) continue;
      const mapped = (...args: unknown[]) => {
        args[0] = toScratch(args[0], scratch, kept);
        if (twoPaths.test(name)) args[1] = toScratch(args[1], scratch, kept);
        return Reflect.apply(plain, group, args);
      };
      Object.defineProperties(mapped, Object.getOwnPropertyDescriptors(plain));
      Reflect.set(group, name, mapped);
    }
  }
  syncBuiltinESMExports();
}

function toScratch(path: unknown, scratch: string, kept: readonly string[]): unknown {
  const text = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path;
  if (typeof text !== 'string' || !/^\/tmp(\/|$)/.test(text)) return path;
  return kept.some((folder) => text === folder || text.startsWith(`${folder}/`))
    ? path
    : scratch + text.slice('/tmp'.length);
}

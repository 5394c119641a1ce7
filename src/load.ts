import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';

type Require = (id: string) => unknown;
type Wrapper = (exports: unknown, require: Require, module: { exports: unknown }, file: string, folder: string) => void;
/** Files that are loaded together, by their ids: each one's content, or the pack that holds it. */
type Pack = Record<string, Wrapper | string>;

const longestStartS = 30;

/**
 * Runs the first file of a pack, and all that it requires of the same folder, with V8's compiled code kept from run to run:
 * compiling is otherwise the larger part of a command's time. Node's own compile cache is not in Node 20, and slower: it is keyed
 * by each file's content.
 *
 * The code is kept in the installation, since whoever may write there may change the program itself; not where the
 * installation is another user's, who could not remove the files then. V8 refuses what another build of it compiled, but
 * of the source it compares only the length; so each entry says of which file it was made. An engine that still runs while
 * the program is built again or installed anew keeps code of the old files at its end.
 */
export function load(folder: string, pack: string): unknown {
  const kept = join(folder, 'cache', `${process.version}-${process.arch}`);
  const loaded = new Map<string, { exports: unknown }>();
  const packed = new Map<string, Wrapper | string>();
  const scripts: { id: string; made: string; script: Script; isKept: boolean }[] = [];
  const requireOther = createRequire(join(folder, pack));

  /** The value of an expression that is a file's content, between `before` and `after`. */
  const evaluate = (id: string, [before, after]: [string, string]): unknown => {
    const file = join(folder, id);
    const { source, made } = readSource(file);
    const cachedData = keptCode(join(kept, `${id}.code`), made);
    const script = new Script(`${before}${source}${after}`, { filename: file, ...(cachedData && { cachedData }) });
    scripts.push({ id, made, script, isKept: cachedData !== undefined && !script.cachedDataRejected });
    return script.runInThisContext();
  };

  /** Answers the id of the first file in it. */
  const open = (id: string): string => {
    const files = Object.entries(evaluate(id, ['', '']) as Pack);
    for (const [file, place] of files) packed.set(file, place);
    return files[0]?.[0] ?? id;
  };

  const wrapperOf = (id: string): Wrapper => {
    const place = packed.get(id);
    if (typeof place === 'function') return place;
    if (place === undefined) {
      return evaluate(id, ['(function(exports,require,module,__filename,__dirname){', '\n})']) as Wrapper;
    }
    open(place);
    return wrapperOf(id);
  };

  const requireOwn: Require = (id) => {
    if (!id.startsWith('./')) return requireOther(id);
    const known = loaded.get(id);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(id, module);
    wrapperOf(id).call(module.exports, module.exports, requireOwn, module, join(folder, id), folder);
    return module.exports;
  };

  // At the end, when V8 has compiled every function that was called.
  process.on('exit', () => {
    if (scripts.every(({ isKept }) => isKept) || !isOurs(folder)) return;
    // A pack is for many commands, of which each runs other functions: those of a command that has run for the first time are added.
    // Not by a process that has lived for long: V8 throws away what has not run for some collections, as all of a start.
    const adds = process.uptime() < longestStartS;
    try {
      mkdirSync(kept, { recursive: true });
      for (const { id, made, script, isKept } of scripts) {
        if (isKept && !(adds && id.endsWith('.pack.js'))) continue;
        keep(join(kept, `${id}.code`), Buffer.concat([script.createCachedData(), Buffer.from(made)]));
      }
    } catch {
      // Read-only, full, or replaced by a new build meanwhile: the next run compiles again.
    }
  });
  return requireOwn(open(pack));
}

/** In whole or not at all: other processes read it at the same time. */
function keep(file: string, code: Buffer): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, file);
}

function isOurs(folder: string): boolean {
  try {
    return process.getuid === undefined || statSync(folder).uid === process.getuid();
  } catch {
    return false;
  }
}

/**
 * A file and, in 32 characters, when this content came to lie there: its change time, which nobody sets as npm sets the time of
 * modification, and its size.
 */
function readSource(file: string): { source: string; made: string } {
  const open = openSync(file, 'r');
  try {
    const { ctimeMs, size } = fstatSync(open);
    return { source: readFileSync(open, 'latin1'), made: `${ctimeMs} ${size}`.padStart(32) };
  } finally {
    closeSync(open);
  }
}

/** What was compiled of the same file; undefined where nothing is kept, or of another. */
function keptCode(file: string, made: string): Buffer | undefined {
  try {
    const kept = readFileSync(file);
    const code = kept.subarray(0, -made.length);
    return kept.subarray(code.length).equals(Buffer.from(made)) ? code : undefined;
  } catch {
    return undefined;
  }
}

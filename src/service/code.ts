import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { DynopsError } from '../errors.ts';
import { type FunctionCode, readFunctionCode } from '../stack/code.ts';
import type { ServiceFunction } from '../stack/service.ts';
import { type Bundle, type Bundler, createBundler } from './bundle.ts';
import { pythonFiles } from './python-files.ts';

/** What makes a function's zip, again and again where its sources change. */
export interface CodeSource {
  /** Throws DynopsError `BuildFailed`, `CodeTooLarge`. */
  read(): Promise<FunctionCode & { sources: readonly string[] }>;
  close(): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: a zip uploaded directly, and what it unpacks to. */
const mostZipBytes = 50 * 1024 * 1024;
const mostBytes = 250 * 1024 * 1024;
const unpackedLimit = 'unpacked, where Lambda takes 250 MB';

export function openCodeSource(given: ServiceFunction): CodeSource {
  const { code, name } = given;
  let bundler: Promise<Bundler> | undefined;
  async function filesOf(): Promise<Bundle> {
    if (code.kind === 'python')
      return pythonFiles(code, { mostBytes, tooLarge: (bytes) => tooLarge(name, bytes, unpackedLimit) });
    if (code.kind === 'tutorial') return { files: {}, sources: [] };
    const exported = given.handler.slice(given.handler.indexOf('.') + 1);
    bundler ??= createBundler({ entry: code.entry, folder: code.folder, exported });
    return (await bundler).bundle();
  }
  return {
    async read() {
      if (code.kind === 'tutorial') return { ...(await readFunctionCode()), sources: [] };
      const { sources, ...bundle } = await filesOf();
      return { ...zipped(name, bundle), sources };
    },
    async close() {
      await (await bundler)?.dispose();
    },
  };
}

/** Local time, as zip files have it: the same bytes in every time zone. */
const entryDate = new Date(2026, 0, 1);

/** The same files give the same bytes, so that nothing is uploaded twice. */
function zipped(name: string, { files, executables }: Omit<Bundle, 'sources'>): FunctionCode {
  const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  if (size > mostBytes) throw tooLarge(name, size, unpackedLimit);
  const paths = Object.keys(files).sort();
  const modeOf = (path: string) => (executables?.has(path) ? 0o755 : 0o644);
  const entries = paths.map((path) => [path, [files[path], { mtime: entryDate, attrs: modeOf(path) << 16, os: 3 }]]);
  const zip = zipSync(Object.fromEntries(entries), { level: 6 });
  if (zip.length > mostZipBytes) throw tooLarge(name, zip.length, 'zipped, where Lambda takes 50 MB in an upload');
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
}

function tooLarge(name: string, bytes: number, limit: string): DynopsError {
  return new DynopsError({
    code: 'CodeTooLarge',
    message: `The code of the function "${name}" is ${Math.ceil(bytes / 1024 / 1024)} MB ${limit}.`,
    hint: 'Leave out files and packages that it does not need.',
  });
}

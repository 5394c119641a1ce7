import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { DynopsError } from '../errors.ts';

export interface FunctionCode {
  zip: Uint8Array;
  /** Base64, as Lambda's `CodeSha256`: equal hashes mean that nothing needs uploading. */
  sha256: string;
}

/** Any fixed moment: zip entries carry one, and the same source must give the same bytes on every machine. */
const entryDate = new Date('2026-01-01T00:00:00Z');

/**
 * The Lambda function's zip: `src/handler` bundled into one `index.js`, so that its handler is `index.handler`.
 * The same source and packages give the same bytes, in any folder and time zone.
 * Throws DynopsError `BrokenInstallation` when the handler's source is missing or cannot be bundled.
 */
export async function bundleFunctionCode(): Promise<FunctionCode> {
  const zip = await zipOf('index.js', await bundle(packageRoot()));
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
}

/** How the handler is bundled, with paths relative to the package's folder. */
export const bundleOptions = {
  entryPoints: ['src/handler/index.ts'],
  bundle: true,
  write: false,
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  // The SDK's ES modules can be tree-shaken, its CommonJS entries, esbuild's default, cannot.
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': './src/handler/environment-credentials.ts' },
  // Not from a file: one lies beside the source in a clone and not in an installed package.
  tsconfigRaw: {},
  logLevel: 'silent',
} satisfies BuildOptions;

async function bundle(root: string): Promise<Uint8Array> {
  const { build } = await import('esbuild');
  const result = await build({ ...bundleOptions, absWorkingDir: root }).catch((cause: unknown) => {
    throw brokenInstallation(`The function's code could not be bundled: ${String(cause)}`, cause);
  });
  const [file] = result.outputFiles;
  if (!file) throw brokenInstallation("The function's code was bundled to nothing.");
  return file.contents;
}

async function zipOf(name: string, contents: Uint8Array): Promise<Uint8Array> {
  const { ZipArchive } = await import('archiver');
  const archive = new ZipArchive({ zlib: { level: 9 } });
  archive.append(Buffer.from(contents), { name, date: entryDate, mode: 0o644 });
  const [zip] = await Promise.all([buffer(archive), archive.finalize()]);
  return zip;
}

/** The package's folder, both from `src/stack` and from a chunk in `dist`. */
function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'src/handler/index.ts'))) return folder;
  }
  throw brokenInstallation("The function's source, src/handler, is missing from the installed package.");
}

function brokenInstallation(message: string, cause?: unknown): DynopsError {
  return new DynopsError({ code: 'BrokenInstallation', message, hint: 'Install dynops again: npm ci', cause });
}

// Makes the Lambda function's zip of src/handler: the same source and packages give the same bytes, in any folder and time zone.
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ZipArchive } from 'archiver';
import { build } from 'esbuild';

/** Any fixed moment: zip entries carry one. */
const entryDate = new Date('2026-01-01T00:00:00Z');

/**
 * The function as one CommonJS file, so that its handler is `index.handler`.
 * @param {import('esbuild').Plugin[]} [plugins] what a measurement changes of it
 * @returns {Promise<Uint8Array>}
 */
export async function bundleHandler(plugins = []) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: ['src/handler/index.ts'],
    plugins,
    bundle: true,
    write: false,
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
  return outputFiles[0].contents;
}

/**
 * @param {Uint8Array} code
 * @returns {Promise<Uint8Array>}
 */
export async function zipHandler(code) {
  const archive = new ZipArchive({ zlib: { level: 9 } });
  archive.append(Buffer.from(code), { name: 'index.js', date: entryDate, mode: 0o644 });
  const [zip] = await Promise.all([buffer(archive), archive.finalize()]);
  return zip;
}

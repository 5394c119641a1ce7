// Builds dist/: the CLI, the embedded engine and the process in which the engine runs functions.
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('./dist', import.meta.url));
// Built beside it and moved in whole: a command that runs meanwhile finds either the old files or the new.
const outdir = mkdtempSync(`${dist}.`);
// Installed for all users of a machine, it must be readable by them.
chmodSync(outdir, 0o755);

const shared = {
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

await Promise.all([
  build({
    ...shared,
    entryPoints: { main: 'src/main.ts', engine: 'src/local/main.ts' },
    // Shared chunks with lazy imports start faster than one file or than node_modules: a command parses only what it runs.
    splitting: true,
    // esbuild and the LevelDB storage carry platform binaries, write-file-atomic asks for its own file's name:
    // all must stay in node_modules.
    external: ['esbuild', 'classic-level', 'dynalite', 'write-file-atomic'],
    banner: {
      // CommonJS packages inside an ES module bundle need a `require`.
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  }),
  // One file with nothing shared: it is all of ours that a function's process may read.
  // By its ending it is a module, so that Node 20.19 looks for no package.json, which it may not read.
  build({
    ...shared,
    entryPoints: { 'function-process': 'src/local/lambda/runtime/function-process.ts' },
    outExtension: { '.js': '.mjs' },
  }),
]);

const old = mkdtempSync(`${dist}.`);
try {
  renameSync(dist, `${old}/dist`);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(outdir, dist);
rmSync(old, { recursive: true, force: true });

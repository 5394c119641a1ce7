// Builds dist/: the CLI, the embedded engine and the process in which the engine runs functions.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = new URL('./dist/', import.meta.url).pathname;
rmSync(outdir, { recursive: true, force: true });

await build({
  entryPoints: {
    main: 'src/main.ts',
    engine: 'src/local/main.ts',
    'function-process': 'src/local/lambda/function-process.ts',
  },
  outdir,
  bundle: true,
  // Shared chunks with lazy imports start faster than one file or than node_modules: a command parses only what it runs.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  // esbuild and the LevelDB storage carry platform binaries, which must stay in node_modules.
  external: ['esbuild', 'classic-level', 'dynalite'],
  banner: {
    // CommonJS packages inside an ES module bundle need a `require`.
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// Builds dist/: the CLI, the embedded engine, the process in which the engine runs functions, and the function's zip.
import { chmodSync, copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { bundleFunctionSdk } from './scripts/bundle-function-sdk.mjs';
import { bundleHandler, zipHandler } from './scripts/bundle-handler.mjs';
import { spreadLiterals } from './scripts/spread-literals.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
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

/** Commander uses it for commands that are programs of their own. There are none, and loading it takes 2 ms of every run. */
const withoutChildProcess = {
  name: 'without-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /commander\/lib\/command\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        "const childProcess = require('node:child_process');",
        'const childProcess = {};',
      );
      if (contents === source) throw new Error(`${path} does not load node:child_process any more`);
      return { contents, loader: 'js' };
    });
  },
};

/**
 * The engine takes the shapes of AWS's operations out of the SDK's packages, and calls nobody by their clients: 700 commands and what
 * sends them would otherwise be loaded and kept by it.
 */
const shapesForEngine = {
  name: 'shapes-for-engine',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/client-/ }, ({ path, importer }) =>
      importer.startsWith(join(root, 'src/local')) ? { path, namespace: 'shapes', sideEffects: false } : undefined,
    );
    onLoad({ filter: /^/, namespace: 'shapes' }, ({ path }) => ({
      contents: ['schemas/schemas_0', 'models/enums']
        .map((name) => `${path}/dist-es/${name}.js`)
        // A service without enumerations has no such file.
        .filter((file) => existsSync(join(root, 'node_modules', file)))
        .map((file) => `export * from '${file}';`)
        .join(''),
      resolveDir: root,
    }));
  },
};

await Promise.all([
  buildProgram(),
  // One file with nothing shared: it is all of ours that a function's process may read.
  // By its ending it is a module, so that Node 20.19 looks for no package.json, which it may not read.
  build({
    ...shared,
    entryPoints: { 'function-process': 'src/local/lambda/runtime/function-process.ts' },
    write: false,
  }).then(({ outputFiles: [file] }) =>
    writeFileSync(join(outdir, 'function-process.mjs'), spreadLiterals(file.text, 'module')),
  ),
  writeTypes(),
  bundleFunctionSdk(join(outdir, 'function-sdk')),
  bundleHandler()
    .then(zipHandler)
    .then((zip) => writeFileSync(join(outdir, 'handler.zip'), zip)),
]);

copyFileSync('src/local/lambda/runtime/function-process.py', join(outdir, 'function-process.py'));

/**
 * The CLI, the engine and `dynops/testing`. Shared chunks with lazy imports start faster than one file or than node_modules: a
 * command compiles only what it runs. They are CommonJS, which `src/load.ts` can run from kept code and which starts faster
 * than ES modules do; esbuild splits ES modules only.
 */
async function buildProgram() {
  const { outputFiles, metafile } = await build({
    ...shared,
    entryPoints: { main: 'src/main.ts', 'engine-main': 'src/local/main.ts', testing: 'src/testing/start-stack.ts' },
    splitting: true,
    write: false,
    metafile: true,
    // They carry platform binaries and must stay in node_modules; everything else is in the bundle.
    external: ['esbuild', 'classic-level'],
    plugins: [withoutChildProcess, shapesForEngine],
  });
  const chunks = new Map(
    await Promise.all(outputFiles.map(async ({ path, text }) => [`./${basename(path)}`, await asCommonJs(text)])),
  );
  for (const [id, code] of chunks) writeFileSync(join(outdir, id), code);
  writePacks(chunks, importsIn(metafile, chunks));
  await build({ ...shared, entryPoints: { load: 'src/load.ts' }, format: 'cjs' });
  writeFileSync(join(outdir, 'engine.js'), `require('./load.js').load(__dirname, './engine.pack.js');\n`);
  writeFileSync(join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
}

async function asCommonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: shared.target,
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__importMetaUrl' },
    ...(text.includes('import.meta.url') && {
      banner: 'const __importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
    }),
  });
  // `src/load.ts` reads it as Latin-1; of all texts esbuild leaves only those of tagged templates unescaped.
  return spreadLiterals(code, 'script').replace(
    /[^\0-\x7f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What is loaded with an entry, in its order: by the path of a source, the ids of its chunk and of those that it imports at once. */
function importsIn({ outputs }, chunks) {
  const idOf = (path) => `./${basename(path)}`;
  const known = Object.entries(outputs);
  const imports = new Map(
    known.map(([path, output]) => [
      idOf(path),
      output.imports.filter(({ kind }) => kind === 'import-statement').map((imported) => idOf(imported.path)),
    ]),
  );
  return (source) => {
    const [path] = known.find(([, { entryPoint }]) => entryPoint === source) ?? [];
    if (path === undefined) throw new Error(`${source} is not imported by itself`);
    const found = new Set([idOf(path)]);
    // A set goes on to what is added meanwhile.
    for (const id of found) for (const further of imports.get(id) ?? []) if (chunks.has(further)) found.add(further);
    return found;
  };
}

/**
 * What is always loaded together, in one file: opening, reading and making a script of each of twenty chunks takes longer than
 * running them. They stay files of their own too, for those who need one without the others.
 */
function writePacks(chunks, importsOf) {
  const program = importsOf('src/main.ts');
  const command = ['src/cli/context.ts', 'src/session/open-session.ts', 'src/session/service.ts']
    .flatMap((source) => [...importsOf(source)])
    .filter((id) => !program.has(id));
  writePack('main', { chunks, ids: program, elsewhere: { './command.pack.js': command } });
  writePack('command', { chunks, ids: new Set(command) });
  writePack('engine', { chunks, ids: importsOf('src/local/main.ts') });
}

/** An object: a function of each chunk, the entry first, or the pack in which it is found. */
function writePack(name, { chunks, ids, elsewhere = {} }) {
  const own = [...ids].map(
    (id) => `"${id}":function(exports,require,module,__filename,__dirname){${chunks.get(id)}\n}`,
  );
  const others = Object.entries(elsewhere).flatMap(([pack, found]) => found.map((id) => `"${id}":"${pack}"`));
  writeFileSync(join(outdir, `${name}.pack.js`), `({${[...own, ...new Set(others)].join(',')}})\n`);
}

/** The types of `dynops/testing`, which import nothing. */
async function writeTypes() {
  const types = await readFile(new URL('./src/testing/types.ts', import.meta.url), 'utf8');
  const start = '/** Brings a service up on an engine of its own. Rejects with what failed; then nothing is left. */\n';
  const declaration = 'export declare function startStack(options?: StartStackOptions): Promise<TestStack>;\n';
  writeFileSync(join(outdir, 'testing.d.ts'), `${types}\n${start}${declaration}`);
}

const old = mkdtempSync(`${dist}.`);
try {
  renameSync(dist, `${old}/dist`);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(outdir, dist);
rmSync(old, { recursive: true, force: true });

// Makes the part of the AWS SDK that functions find without having it in their zip, as in Lambda's Node runtimes.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const list = fileURLToPath(new URL('../src/local/lambda/runtime/function-sdk.json', import.meta.url));

/** Each package is one file, for `require` and `import` alike. */
export async function bundleFunctionSdk(folder) {
  const names = JSON.parse(readFileSync(list, 'utf8'));
  const require = createRequire(import.meta.url);
  await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: names.map((name) => ({ in: name, out: `${name}/index` })),
    outdir: folder,
    bundle: true,
    plugins: [externalFromOthers(names)],
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    // Names of exports stand in the file, where `import { … }` looks for them.
    mainFields: ['module', 'main'],
    conditions: ['import'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const name of names) {
    const { version } = require(`${name}/package.json`);
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }));
  }
}

/**
 * The packages know of one another by their places: by name, Node would look into folders above first, as a clone's own
 * `node_modules`, which a function may not read.
 * @returns {import('esbuild').Plugin}
 */
function externalFromOthers(names) {
  return {
    name: 'served packages are external',
    setup({ onResolve }) {
      onResolve({ filter: /^@aws-sdk\// }, ({ path, kind }) =>
        kind !== 'entry-point' && names.includes(path)
          ? { path: `../${path.slice('@aws-sdk/'.length)}/index.js`, external: true }
          : undefined,
      );
    },
  };
}

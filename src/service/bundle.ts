import { existsSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import type { BuildFailure, BuildOptions, Message, Metafile, Plugin } from 'esbuild';
import { DynopsError } from '../errors.ts';
import { boundaryOf, isWithin } from './boundary.ts';

/** A function's files for its zip, by path, and what they were made from. */
export interface Bundle {
  files: Record<string, Uint8Array>;
  /** Paths of the files that can be run. */
  executables?: ReadonlySet<string>;
  /** Absolute paths of the source files; a change of one calls for a new bundle. */
  sources: readonly string[];
}

export interface Bundler {
  /** Throws DynopsError `BuildFailed` with file, line and the line itself. */
  bundle(): Promise<Bundle>;
  dispose(): Promise<void>;
}

/** CommonJS packages inside an ES module need a `require`. */
const require =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** Bundles a TypeScript or JavaScript entry with what it imports; kept between bundles, the second is many times faster. */
export async function createBundler(options: { entry: string; exported: string; folder: string }): Promise<Bundler> {
  const { entry, exported, folder } = options;
  const { context, formatMessages } = await import('esbuild');
  const shared = {
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'linked',
    sourcesContent: true,
    platform: 'node',
    // The oldest runtime that dynops takes.
    target: 'node22',
    mainFields: ['module', 'main'],
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [sdkOfTheRuntime],
  } satisfies BuildOptions;
  const formats = {
    esm: { format: 'esm', outfile: 'index.mjs', banner: { js: require } },
    cjs: { format: 'cjs', outfile: 'index.js' },
  } satisfies Record<string, BuildOptions>;
  const open = (format: keyof typeof formats) => context({ ...shared, ...formats[format] });
  const opened = new Map<keyof typeof formats, ReturnType<typeof open>>();

  const fail = async (failure: unknown): Promise<never> => {
    const errors: Message[] | undefined = (failure as Partial<BuildFailure>).errors;
    if (!errors) throw wasStopped(failure) ? stopped(failure) : failure;
    // Its notes are about esbuild's own options, which nobody has here.
    const lines = await formatMessages(errors.map(withoutNotes), { kind: 'error', color: false, terminalWidth: 100 });
    throw buildFailed(lines.join('').trim(), failure);
  };

  async function build(format: keyof typeof formats) {
    const kept = opened.get(format) ?? open(format);
    opened.set(format, kept);
    return kept.then((one) => one.rebuild()).catch(fail);
  }

  return {
    async bundle() {
      const asModule = await build('esm');
      // An ES module made of a CommonJS entry has no named exports, and Lambda would not find the handler.
      const isCommonJs = asModule.metafile.inputs[basename(entry)]?.format === 'cjs';
      if (!isCommonJs) requireExport(asModule.metafile, { entry, exported });
      const { metafile, outputFiles } = isCommonJs ? await build('cjs') : asModule;
      const sources = Object.keys(metafile.inputs).flatMap((path) => fileOf(resolve(dirname(entry), path)) ?? []);
      requireOwn(sources, folder);
      const files = outputFiles.map(({ path, contents, text }): [string, Uint8Array] => [
        basename(path),
        path.endsWith('.map') ? mapOf(text, { folder: dirname(path), sources }) : contents,
      ]);
      return { files: Object.fromEntries(files), sources };
    },
    async dispose() {
      // What could not be opened is not there to be closed.
      for (const kept of opened.values()) await kept.then((one) => one.dispose()).catch(() => undefined);
    },
  };
}

/** esbuild is a process of its own: Ctrl-C at a terminal ends it too, and maybe first. */
const wasStopped = (failure: unknown) =>
  failure instanceof Error && /^The service (was stopped|is no )/.test(failure.message);

const stopped = (cause: unknown) =>
  new DynopsError({ code: 'Interrupted', message: 'The bundler was stopped.', cause });

/** The file that an input was read from: imports may end in `?…` and `#…`, and some inputs are no files. */
function fileOf(input: string): string | undefined {
  const ends = [...input.matchAll(/[?#]/g)].map(({ index }) => index);
  return [input.length, ...ends.reverse()].map((end) => input.slice(0, end)).find((path) => existsSync(path));
}

/**
 * A source map with the content of the bundle's own files alone: a file that names a source map of its own has esbuild read that, and
 * what that names, wherever it lies.
 */
function mapOf(text: string, { folder, sources }: { folder: string; sources: readonly string[] }): Uint8Array {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent: (string | null)[] };
  const own = new Set(sources);
  const isOwn = (source: string) => own.has(fileOf(resolve(folder, source)) ?? '');
  if (map.sources.every(isOwn)) return Buffer.from(text);
  const sourcesContent = map.sourcesContent.map((content, index) => (isOwn(map.sources[index] ?? '') ? content : null));
  return Buffer.from(JSON.stringify({ ...map, sourcesContent }));
}

/** Packages may be installed anywhere. */
function requireOwn(sources: readonly string[], folder: string): void {
  const boundary = boundaryOf(folder);
  const isPackage = (file: string) => file.includes(`${sep}node_modules${sep}`);
  const foreign = sources.find((file) => !isPackage(file) && !isWithin(boundary, file));
  if (foreign === undefined) return;
  throw buildFailed(
    `${foreign} is imported, which is outside of ${boundary}: a function is made of files of its own service.`,
  );
}

function withoutNotes(error: Message): Message {
  const [, name] = /^Could not resolve "([^"./][^"]*)"$/.exec(error.text) ?? [];
  const text = name === undefined ? error.text : `${error.text}. Is it installed? npm install ${packageOf(name)}`;
  return { ...error, text, notes: [] };
}

/** `@scope/name/part` → `@scope/name`. */
const packageOf = (path: string) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

function requireExport(metafile: Metafile, { entry, exported }: { entry: string; exported: string }): void {
  const names = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)?.exports ?? [];
  if (names.includes(exported)) return;
  const found = names.length === 0 ? 'nothing' : names.join(', ');
  throw buildFailed(`${entry} exports no "${exported}"; it exports ${found}.`);
}

/** Lambda's Node.js runtimes bring the AWS SDK: what is not installed in the project is taken from there. */
const sdkOfTheRuntime: Plugin = {
  name: 'sdk-of-the-runtime',
  setup(build) {
    build.onResolve({ filter: /^@(?:aws-sdk|smithy)\// }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === resolving) return undefined;
      const found = await build.resolve(path, { ...rest, pluginData: resolving });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

/** Marks the plugin's own question, which must not be asked of itself again. */
const resolving = Symbol('resolving');

export function buildFailed(message: string, cause?: unknown): DynopsError {
  return new DynopsError({
    code: 'BuildFailed',
    message,
    hint: 'Nothing was uploaded.',
    cause,
  });
}

import { access, copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynopsError } from '../errors.ts';
import type { Template } from '../service/templates.ts';
import type { Context, Result } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';

/** Writes a service that runs into the working folder. Throws DynopsError `FileExists`; then nothing was written. */
export async function init(
  context: Pick<Context, 'cwd' | 'options' | 'ui'>,
  { template }: { template: Template },
): Promise<Result> {
  const from = await templateFolder(template);
  const names = await readdir(from, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)))
    .sort()
    .map((source) => ({ source: join(from, source), path: source.replace(/(^|[\\/])_gitignore$/, '$1.gitignore') }));
  const taken = await taking(
    files.map(({ path }) => path),
    context.cwd,
  );
  if (taken.length > 0) {
    throw new DynopsError({
      code: 'FileExists',
      message: `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} here already; nothing was written.`,
      hint: 'Run it in an empty folder, or move these away.',
    });
  }
  for (const { source, path } of files) {
    await mkdir(dirname(join(context.cwd, path)), { recursive: true });
    await copyFile(source, join(context.cwd, path));
    context.ui.note(`wrote ${path}`);
  }
  const run = ownCommand(context.options);
  const test = template.includes('python') ? 'python3 -m unittest discover test' : 'npm test';
  const next = [`${run('dev')} brings it up and follows your changes,`, `${run(`exec -- ${test}`)} runs its test.`];
  for (const line of ['', ...next]) context.ui.note(line);
  return { json: { ok: true, template, files: files.map(({ path }) => path) } };
}

/** Those of the paths that something has already. */
async function taking(paths: string[], folder: string): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      access(join(folder, path)).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Beside `dist` in the package, and beside `src` in a clone. */
async function templateFolder(template: Template): Promise<string> {
  for (const place of ['../templates', '../../templates']) {
    const folder = fileURLToPath(new URL(`${place}/${template}`, import.meta.url));
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  throw new DynopsError({
    code: 'BrokenInstallation',
    message: `The template "${template}" is missing from the installed package.`,
  });
}

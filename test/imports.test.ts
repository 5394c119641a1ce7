import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** In lines; a longer file does more than one thing. */
const longestFile = 300;

interface Import {
  file: string;
  /** A package's name, or a path from the repository's root. */
  imported: string;
  typeOnly: boolean;
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => {
    const file = join('src', name);
    return { file, source: readFileSync(join(root, file), 'utf8') };
  });

/** Every import of every source file, lazy ones included. */
const imports = sources.flatMap(({ file, source }): Import[] => {
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  const lazy = source.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  const resolve = (path: string): string => (path.startsWith('.') ? normalize(join(dirname(file), path)) : path);
  return [
    ...[...statements].map(([, type, path = '']) => ({ file, imported: resolve(path), typeOnly: type !== undefined })),
    ...[...lazy].map(([, path = '']) => ({ file, imported: resolve(path), typeOnly: false })),
  ];
});

/** `src/commands/up.ts` → `commands`; `src/cli/program.ts` → `cli`. */
function partOf(path: string): string | undefined {
  return /^src\/([\w-]+)/.exec(path)?.[1];
}

/** Who may import whom. What stands for itself (errors, version…) may be imported by all. */
const mayImport: Record<string, string[]> = {
  testing: ['cli', 'session', 'endpoint', 'stack', 'aws', 'ui'],
  load: [],
  main: ['run'],
  run: ['cli', 'commands', 'session', 'ui'],
  cli: ['commands', 'aws', 'service', 'session', 'endpoint', 'home', 'settings', 'measure', 'ui'],
  commands: ['service', 'session', 'endpoint', 'home', 'settings', 'stack', 'measure', 'ui', 'aws'],
  session: ['service', 'endpoint', 'home', 'settings', 'stack', 'ui', 'aws'],
  ui: ['stack', 'measure', 'endpoint'],
  measure: ['settings'],
  stack: ['aws', 'endpoint', 'settings'],
  aws: ['endpoint'],
  endpoint: ['home', 'settings'],
  home: [],
  settings: ['home'],
  service: ['settings', 'stack'],
  handler: [],
  local: [],
};
/** What is a type and nothing else may also be taken from further down: nothing is loaded for it. */
const mayTakeTypes: Record<string, string[]> = { cli: ['stack'] };
const free = [
  'errors',
  'error-codes',
  'exit-status',
  'failure-kinds',
  'version',
  'environment',
  'change',
  'resource-types',
  'is-object',
  'bounded',
  'own-member',
  'replace-file',
];

it('no source file is too long', () => {
  const lines = sources.map(({ file, source }) => ({ file, lines: source.trimEnd().split('\n').length }));
  expect(lines.filter((one) => one.lines > longestFile)).toEqual([]);
});

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ file: 'src/run.ts', imported: 'src/cli/program.ts', typeOnly: false });
    expect(imports).toContainEqual({ file: 'src/cli/stack.ts', imported: 'src/commands/up.ts', typeOnly: false });
  });

  it('run one way', () => {
    const wrong = imports.filter(({ file, imported, typeOnly }) => {
      const [from, to] = [partOf(file), partOf(imported)];
      if (typeOnly && from !== undefined && to !== undefined && mayTakeTypes[from]?.includes(to)) return false;
      if (from === undefined || to === undefined || from === to || free.includes(to)) return false;
      return !(mayImport[from]?.includes(to) ?? false);
    });
    expect(wrong).toEqual([]);
  });

  it('reach AWS SDK clients only through src/aws', () => {
    const wrong = imports.filter(
      ({ file, imported }) =>
        /^@(?:aws-sdk|smithy)\//.test(imported) && !['aws', 'local', 'handler'].includes(partOf(file) ?? ''),
    );
    expect(wrong).toEqual([]);
  });

  it('have no circles', () => {
    const graph = new Map<string, string[]>();
    for (const { file, imported } of imports) {
      if (imported.startsWith('src/')) graph.set(file, [...(graph.get(file) ?? []), imported]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, trail: string[]): void => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      if (trail.includes(file) || done.has(file)) return;
      for (const next of graph.get(file) ?? []) walk(next, [...trail, file]);
      done.add(file);
    };
    for (const file of graph.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });
});

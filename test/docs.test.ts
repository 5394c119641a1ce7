import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const filesIn = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
const documents = [...readdirSync(root).filter((name) => name.endsWith('.md')), ...filesIn('docs', '.md')];
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test.each(documents)('%s names and links only what is there', (document) => {
  const text = read(document).replace(/^```.*?^```/gms, '');
  const links = [...text.replace(/`[^`]*`/g, '').matchAll(/\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) =>
    join(dirname(document), path),
  );
  const names = [...text.matchAll(/`((?:src|test|docs|bench|scripts|bin)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  expect([...links, ...names].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every fact that the code cites is in docs/aws-facts.md', () => {
  const facts = new Set([...read('docs/aws-facts.md').matchAll(/<a id="(fact-[\d-]+)">/g)].map(([, id]) => id));
  expect(facts.size).toBeGreaterThan(50);
  const sources = [...filesIn('src', '.ts'), ...filesIn('test', '.ts')];
  const cited = sources.flatMap((file) =>
    [...read(file).matchAll(/aws-facts\.md#(fact-\d+-\d+)/g)].map(([, id]) => id),
  );
  expect(cited.length).toBeGreaterThan(5);
  expect(cited.filter((id) => !facts.has(id))).toEqual([]);
});

test('what the documents of the package link is in the package', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const always = ['LICENSE', 'README.md', 'package.json'];
  const packed = (path: string) =>
    always.includes(path) || files.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const links = [...documents, 'llms.txt'].filter(packed).flatMap((document) =>
    [
      ...read(document)
        .replace(/`[^`]*`/g, '')
        .matchAll(/\]\((?!\w+:)([^)#]+)/g),
    ].map(([, path = '']) => join(dirname(document), path)),
  );
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((path) => !packed(path))).toEqual([]);
});

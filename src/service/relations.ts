import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Node } from 'jsonc-parser';
import { findNodeAtLocation } from 'jsonc-parser';
import { nearest } from '../settings/nearest.ts';
import { tableVariable, tutorialName } from '../stack/service.ts';
import { boundaryOf, isWithin } from './boundary.ts';
import { mostFunctions, mostIndexes, mostRoutes, mostTables } from './members.ts';
import { type Fault, joined, membersOf, quoted } from './shape.ts';

/** Mistakes between members, each of which is well formed by itself. `folder` is where dynops.json lies. */
export function relationFaults(root: Node, folder: string): Fault[] {
  const functions = entriesOf(root, 'functions');
  const tables = entriesOf(root, 'tables');
  const routes = entriesOf(root, 'routes');
  const known = { functions: namesOf(functions), tables: namesOf(tables) };
  return [
    ...tooMany(root, 'functions', mostFunctions),
    ...tooMany(root, 'tables', mostTables),
    ...tooMany(root, 'routes', mostRoutes),
    ...reserved(functions, 'function'),
    ...reserved(tables, 'table'),
    ...functions.flatMap((entry) => functionFaults(entry, known.tables, folder)),
    ...tables.flatMap(tableFaults),
    ...routes.flatMap((entry) => routeFaults(entry, known.functions)),
    ...siblingFaults(routes),
    ...corsFaults(root, routes),
    ...(findNodeAtLocation(root, ['routes']) && routes.length === 0
      ? [{ at: root.offset, message: '"routes" is empty', right: 'An API needs at least one route: "GET /": "NAME".' }]
      : []),
  ];
}

type Entry = ReturnType<typeof membersOf>[number];

const entriesOf = (root: Node, member: string): Entry[] => {
  const node = findNodeAtLocation(root, [member]);
  return node ? membersOf(node) : [];
};

const namesOf = (entries: Entry[]) => [...entries.map(({ key }) => key), tutorialName];

function tooMany(root: Node, member: string, most: number): Fault[] {
  const found = entriesOf(root, member);
  const first = found[most];
  return first
    ? [{ at: first.at, message: `"${member}" has ${found.length} members`, right: `At most ${most} fit one service.` }]
    : [];
}

function reserved(entries: Entry[], what: string): Fault[] {
  return entries
    .filter(({ key }) => key === tutorialName)
    .map(({ at }) => ({
      at,
      message: `the ${what} "${tutorialName}" is built into dynops`,
      right: 'Choose another name.',
    }));
}

function unknownName(node: Node, what: string, names: readonly string[]): Fault[] {
  const name = String(node.value);
  if (names.includes(name)) return [];
  const close = nearest(name, names);
  const right = close === undefined ? `Add it to "${what}s": {${quoted(name)}: …}.` : `Did you mean ${quoted(close)}?`;
  return [{ at: node.offset, message: `there is no ${what} ${quoted(name)}`, right }];
}

function functionFaults({ key, value }: Entry, tables: readonly string[], folder: string): Fault[] {
  const path = joined('functions', key);
  const entry = findNodeAtLocation(value, ['entry']);
  const runtime = findNodeAtLocation(value, ['runtime']);
  const listed = findNodeAtLocation(value, ['tables'])?.children ?? [];
  const variables = findNodeAtLocation(value, ['environment']);
  const faults = listed.flatMap((node) => unknownName(node, 'table', tables));
  for (const [index, node] of listed.entries()) {
    if (listed.findIndex((other) => other.value === node.value) < index) {
      faults.push({
        at: node.offset,
        message: `${quoted(String(node.value))} appears twice in "${path}.tables"`,
        right: 'Name each table once.',
      });
    }
  }
  for (const { key: name, at } of variables ? membersOf(variables) : []) {
    const table = listed.find((node) => tableVariable(String(node.value)) === name);
    if (table) {
      const message = `"${path}.environment" sets ${name}, which holds the name of the table ${quoted(String(table.value))}`;
      faults.push({ at, message, right: 'Choose another variable.' });
    }
  }
  return entry ? [...faults, ...entryFaults(entry, { path, runtime, folder })] : faults;
}

/** Of the file that a function is made of. */
function entryFaults(entry: Node, of: { path: string; runtime: Node | undefined; folder: string }): Fault[] {
  const { path, runtime, folder } = of;
  const file = String(entry.value);
  const isPython = file.endsWith('.py');
  const found = resolve(folder, file);
  const wrong = (what: string, right: string): Fault => ({
    at: entry.offset,
    message: `"${path}.entry": ${what}`,
    right,
  });
  const faults: Fault[] = [];
  if (!existsSync(found)) faults.push(wrong(`there is no file ${file}`, `It is looked for at ${found}.`));
  else if (!statSync(found).isFile())
    faults.push(wrong(`${file} is not a file`, 'Name the file that exports the handler.'));
  else if (!isWithin(boundaryOf(folder), found))
    faults.push(
      wrong(
        `${file} is outside of the service's folder and repository`,
        'A function is made of files of its own service.',
      ),
    );
  if (runtime && String(runtime.value).startsWith('python') !== isPython) {
    faults.push({
      at: runtime.offset,
      message: `"${path}.runtime" is ${quoted(String(runtime.value))}, but its entry is ${file}`,
      right: isPython ? 'For example "python3.13".' : 'For example "nodejs24.x".',
    });
  }
  return faults;
}

function tableFaults({ key, value }: Entry): Fault[] {
  const path = joined('tables', key);
  const indexes = findNodeAtLocation(value, ['indexes']);
  const faults: Fault[] = [];
  const types = new Map<string, string>();
  const keyed = [
    { at: path, node: value },
    ...(indexes ? membersOf(indexes) : []).map((index) => ({
      at: joined(`${path}.indexes`, index.key),
      node: index.value,
    })),
  ];
  for (const { at, node } of keyed) {
    const [hash, range] = ['key', 'sort'].map((member) => findNodeAtLocation(node, [member]));
    for (const part of [hash, range]) {
      if (!part) continue;
      const { name, type } = keyAttribute(String(part.value));
      const before = types.get(name);
      if (before !== undefined && before !== type) {
        faults.push({
          at: part.offset,
          message: `"${at}" has ${quoted(name)} with the type ${type}, elsewhere in the table it is ${before}`,
          right: 'An attribute has one type in all keys of a table.',
        });
      }
      types.set(name, type);
    }
    if (hash && range && keyAttribute(String(hash.value)).name === keyAttribute(String(range.value)).name) {
      faults.push({
        at: range.offset,
        message: `"${at}" has the same attribute as key and sort key`,
        right: 'Leave "sort" out, or name another attribute.',
      });
    }
  }
  const extra = indexes ? membersOf(indexes)[mostIndexes] : undefined;
  if (extra)
    faults.push({
      at: extra.at,
      message: `"${path}.indexes" has more than ${mostIndexes} members`,
      right: `DynamoDB allows ${mostIndexes} a table.`,
    });
  return faults;
}

/** `placedAt:N` → its name and type. */
export function keyAttribute(text: string): { name: string; type: 'S' | 'N' | 'B' } {
  const [, name = text, type = 'S'] = /^(.+):([SNB])$/s.exec(text) ?? [];
  return { name, type: type as 'S' | 'N' | 'B' };
}

function routeFaults({ value }: Entry, functions: readonly string[]): Fault[] {
  const target = value.type === 'object' ? findNodeAtLocation(value, ['function']) : value;
  return target ? unknownName(target, 'function', functions) : [];
}

/** API Gateway has one variable a place: `/orders/{id}` and `/orders/{name}` cannot both be. */
function siblingFaults(routes: Entry[]): Fault[] {
  const variables = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { key, at } of routes) {
    const parts = key.slice(key.indexOf('/') + 1).split('/');
    for (const [index, part] of parts.entries()) {
      if (!part.startsWith('{')) continue;
      const parent = `/${parts.slice(0, index).join('/')}`;
      const known = variables.get(parent);
      if (known !== undefined && known !== part) {
        faults.push({
          at,
          message: `${quoted(key)} has ${part} where another route has ${known}`,
          right: `API Gateway allows one variable below ${parent}: use ${known} in both.`,
        });
      }
      variables.set(parent, part);
    }
  }
  return faults;
}

/** The answers to browsers' preflight requests are dynops's where `cors` is given. */
function corsFaults(root: Node, routes: Entry[]): Fault[] {
  const origins = findNodeAtLocation(root, ['cors'])?.children ?? [];
  if (origins.length === 0) return [];
  return [
    ...routes
      .filter(({ key }) => key.startsWith('OPTIONS '))
      .map(({ key, at }) => ({ at, message: `${quoted(key)} is answered by "cors"`, right: 'Leave out one of them.' })),
    ...origins
      .filter((node, index) => origins.findIndex(({ value }) => value === node.value) < index)
      .map((node) => ({
        at: node.offset,
        message: `${quoted(String(node.value))} appears twice in "cors"`,
        right: 'Name each origin once.',
      })),
    ...(origins.length > 1 && origins.some(({ value }) => value === '*')
      ? [
          {
            at: origins[0]?.offset ?? 0,
            message: '"cors" has "*" next to other origins',
            right: '"*" alone allows every page.',
          },
        ]
      : []),
  ];
}

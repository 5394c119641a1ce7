import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { usageError } from '../../errors.ts';
import { pointerPattern } from '../../measure/load/capture.ts';
import type { RequestSpec } from '../../measure/load/scenario.ts';
import { variablePattern, variableProblem } from '../../measure/load/template.ts';
import { type JsonFile, mistakes, parsedObject } from '../../service/json-file.ts';
import { noRoute, operationRoute, routeOf } from '../../service/routes.ts';
import { type Fault, faultsOf, type Member, membersOf, objectFaults, quoted, type Shape } from '../../service/shape.ts';
import { httpMethods, type Route, tutorialName } from '../../stack/service.ts';
import { type Operation, operations, usesTable } from '../call/operations.ts';
import { bodyText } from '../call/request.ts';
import { headerProblem } from './headers.ts';
import { encodedPath, encodedValue, samplePath } from './target-text.ts';

/** What a scenario's requests are checked against. */
export interface ScenarioPlace {
  routes: readonly Route[];
  /** Put into operations that name no table. */
  tableName: string;
  /** Of `--data`. */
  columns: readonly string[];
}

const text = (example: string, problem: (text: string) => string | undefined = () => undefined): Shape => ({
  kind: 'text',
  problem,
  example,
});
const weight: Member = {
  shape: { kind: 'number', least: 0.001, most: 1_000_000, example: 3, fractions: true },
  help: 'How often it is chosen, relative to the others.',
};
const name: Member = { shape: text('read a note'), help: 'Its name in the figures.' };

const routeMembers: Record<string, Member> = {
  name,
  weight,
  method: {
    shape: { kind: 'choice', of: httpMethods.filter((method) => method !== 'ANY') },
    required: true,
    help: 'For example "GET".',
  },
  path: {
    shape: text('/notes/{{id}}', (path) =>
      /^\/(?!\.{1,2}(?:[/?]|$))(?:[^\s#/]|\/(?!\.{1,2}(?:[/?]|$)))*$/.test(path)
        ? undefined
        : 'must begin with "/", and hold no blank, "#", "/./" or "/../"',
    ),
    required: true,
    help: 'The path below the stage, such as "/notes/{{id}}".',
  },
  query: {
    shape: { kind: 'map', called: 'parameter', keyProblem: () => undefined, value: text('5') },
    help: 'Query parameters.',
  },
  headers: {
    shape: {
      kind: 'map',
      called: 'header',
      keyProblem: headerProblem,
      value: text('text/plain', (value) => (/^[\t\x20-\x7e]*$/.test(value) ? undefined : 'must be one line of ASCII')),
    },
    help: 'Headers; the token is attached automatically.',
  },
  body: { shape: { kind: 'any' }, help: 'JSON, or a string that is sent unchanged.' },
  capture: {
    shape: {
      kind: 'map',
      called: 'variable',
      keyProblem: (key) =>
        /^[A-Za-z_]\w*$/.test(key) ? undefined : 'must be letters, digits and "_", beginning with no digit',
      value: text('/id', (pointer) =>
        pointerPattern.test(pointer) ? undefined : 'must be a JSON Pointer into the answer',
      ),
    },
    help: 'Values from the response for later requests.',
  },
};
const operationMembers: Record<string, Member> = {
  name,
  weight,
  operation: { shape: text('read'), required: true, help: 'For example "read".' },
  tableName: { shape: text('lambda-apigateway'), help: "Default: the stack's own." },
  payload: { shape: { kind: 'any' }, help: 'JSON, or a string that holds JSON.' },
};

/** A request of a scenario file, checked. */
interface RouteEntry {
  name?: string;
  weight?: number;
  method: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  capture?: Record<string, string>;
}
interface OperationEntry {
  name?: string;
  weight?: number;
  operation: string;
  tableName?: string;
}

export const scenarioExample = '{"requests": [{"method": "GET", "path": "/notes"}]}';

/**
 * A scenario file's requests: each a method and a path, or an operation of the tutorial's function. Throws a usage error with
 * every mistake, its line, and what would be right.
 */
export function readScenarioFile(content: string, file: string, place: ScenarioPlace): RequestSpec[] {
  const json: JsonFile = {
    text: content,
    file,
    example: scenarioExample,
    error: (lines) => usageError(lines, 'Nothing was sent. docs/service.md describes scenarios.'),
  };
  const root = parsedObject(json);
  const requests = findNodeAtLocation(root, ['requests']);
  const entries = requests?.children ?? [];
  const faults = objectFaults(
    {
      requests: {
        shape: { kind: 'list', of: { kind: 'any' } },
        required: true,
        help: `For example ${scenarioExample}.`,
      },
    },
    root,
    '',
  );
  if (faults.length === 0 && entries.length === 0) {
    faults.push({
      at: requests?.offset ?? 0,
      message: '"requests" is empty',
      right: `For example ${scenarioExample}.`,
    });
  }
  for (const [index, entry] of entries.entries()) faults.push(...entryFaults(entry, `requests[${index}]`));
  if (faults.length === 0) faults.push(...relationFaults(entries, json, place));
  if (faults.length > 0) throw mistakes(faults, json);
  return entries.map((entry) => specOf(entry, json, place));
}

const isOperation = (entry: Node) => findNodeAtLocation(entry, ['operation']) !== undefined;

function entryFaults(entry: Node, path: string): Fault[] {
  return faultsOf({ kind: 'object', members: isOperation(entry) ? operationMembers : routeMembers }, entry, path);
}

/** Between members and requests, each of which is well formed on its own. */
function relationFaults(entries: readonly Node[], { text: content }: JsonFile, place: ScenarioPlace): Fault[] {
  const columns = [...place.columns];
  const weighted = entries.some((entry) => findNodeAtLocation(entry, ['weight']));
  return entries.flatMap((entry) => {
    const faults = [
      ...variableFaults(entry, content, columns),
      ...(isOperation(entry) ? operationFaults(entry, place) : routeFaults(entry, place)),
    ];
    const capture = findNodeAtLocation(entry, ['capture']);
    for (const { key, at } of capture ? membersOf(capture) : []) {
      if (place.columns.includes(key)) {
        faults.push({ at, message: `${quoted(key)} is a column of --data, too`, right: 'Choose another variable.' });
      }
      columns.push(key);
    }
    if (capture && weighted) {
      faults.push({
        at: capture.offset,
        message: '"capture" needs an order, and with "weight" requests are chosen at random',
        right: 'Leave out one of them.',
      });
    }
    return faults;
  });
}

function variableFaults(entry: Node, content: string, columns: readonly string[]): Fault[] {
  const source = content.slice(entry.offset, entry.offset + entry.length);
  return [...source.matchAll(new RegExp(variablePattern, 'g'))].flatMap(({ index, 1: variable = '' }) => {
    const problem = variableProblem(variable, columns);
    return problem === undefined
      ? []
      : [
          {
            at: entry.offset + index,
            message: problem,
            right: 'An earlier request may "capture" others from its answer.',
          },
        ];
  });
}

function operationFaults(entry: Node, { routes }: ScenarioPlace): Fault[] {
  const node = findNodeAtLocation(entry, ['operation']);
  const at = node?.offset ?? entry.offset;
  const route = operationRoute(routes);
  if (!route)
    return [{ at, message: 'this service has no route that takes operations', right: 'Give "method" and "path".' }];
  if (route.function !== tutorialName || operations.includes(node?.value as Operation)) return [];
  return [
    {
      at,
      message: `there is no operation ${quoted(String(node?.value))}`,
      right: `There are ${operations.join(', ')}.`,
    },
  ];
}

function routeFaults(entry: Node, { routes }: ScenarioPlace): Fault[] {
  const [method, path] = ['method', 'path'].map((member) => findNodeAtLocation(entry, [member]));
  const asked = { method: String(method?.value), path: samplePath(String(path?.value)) };
  if (routeOf(routes, asked)) return [];
  return [{ at: path?.offset ?? entry.offset, ...noRoute(routes, { ...asked, path: String(path?.value) }) }];
}

function specOf(entry: Node, { text: content }: JsonFile, place: ScenarioPlace): RequestSpec {
  // Checked above.
  const source = JSON.parse(content.slice(entry.offset, entry.offset + entry.length)) as RouteEntry & OperationEntry;
  /** As it is written: numbers keep their digits. A string is taken for its text. */
  const written = (member: string): string | undefined => {
    const node = findNodeAtLocation(entry, [member]);
    if (node?.type === 'string') return String(node.value);
    return node && content.slice(node.offset, node.offset + node.length);
  };
  if (isOperation(entry)) {
    const { operation, tableName = place.tableName, name: called = operation } = source;
    const body = bodyText(operation, usesTable(operation) ? tableName : undefined, written('payload'));
    return { name: called, weight: source.weight, target: operationRoute(place.routes)?.path ?? '', body };
  }
  const { method, path, query = {}, headers, capture } = source;
  const [own = '', ...ownQuery] = path.split('?');
  const parameters = Object.entries(query).map(([key, value]) => `${encodedValue(key)}=${encodedValue(value)}`);
  const queryText = [...(ownQuery.length > 0 ? [encodedPath(ownQuery.join('?'))] : []), ...parameters].join('&');
  return {
    name: source.name ?? `${method} ${path}`,
    weight: source.weight,
    method,
    target: `${encodedPath(own)}${queryText === '' ? '' : `?${queryText}`}`,
    ...(headers && { headers }),
    body: written('body'),
    ...(capture && { capture }),
  };
}

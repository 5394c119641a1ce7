import type { NextRequest } from './sender.ts';
import { compileTemplate, type Row, type Template } from './template.ts';

/** One kind of request of a load. */
export interface ScenarioRequest {
  name: string;
  template: Template;
}

/** What a load sends: with weights each next request is drawn, without them each user goes through them as listed. */
export interface Scenario {
  requests: ScenarioRequest[];
  /** One for each request where any was given. */
  weights: number[] | undefined;
  rows: Row[];
}

interface Parsed {
  name: string;
  body: string;
  weight: number | undefined;
}

/** How far values of Postman's variables may lie inside one another; they may also name themselves. */
const deepestVariable = 10;

/** Where a scenario's requests go, and how its files are read. */
export interface ScenarioPlace {
  apiUrl: string;
  /** Put into requests that name no table. */
  tableName: string;
}

/** A single operation. `payload` is JSON text with variables; undefined for an operation that needs none. */
export function singleRequest(operation: string, payload: string | undefined, tableName: string): string {
  return scenarioText({ operation, payload, tableName });
}

/**
 * A scenario file: `{"requests": [{"name"?, "weight"?, "operation", "tableName"?, "payload"?}]}`, or a Postman collection
 * (v2). A payload that is a string is taken as JSON text, for variables that are not text. Throws a RangeError that says
 * what is wrong, also for a request to anywhere but the stack's own API.
 */
export function parseScenario(text: string, place: ScenarioPlace): Parsed[] {
  const document = parseJson(text);
  if (isRecord(document) && Array.isArray(document.item)) return parsePostman(document, place);
  if (!isRecord(document) || !Array.isArray(document.requests)) {
    throw new RangeError(
      'A scenario is {"requests": [{"operation": "read", "weight": 3, "payload": {…}}]}, or a Postman collection.',
    );
  }
  return document.requests.map((entry: unknown, index) => {
    const where = `requests[${index}]`;
    if (!isRecord(entry)) throw new RangeError(`${where} must be an object.`);
    const { operation, payload, weight, tableName = place.tableName, name = operation } = entry;
    if (typeof operation !== 'string') throw new RangeError(`${where} needs an "operation".`);
    if (typeof tableName !== 'string') throw new RangeError(`${where}: "tableName" must be a string.`);
    if (weight !== undefined && !(typeof weight === 'number' && weight > 0)) {
      throw new RangeError(`${where}: "weight" must be a number above 0.`);
    }
    const payloadText = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { name: String(name), weight, body: scenarioText({ operation, payload: payloadText, tableName }) };
  });
}

/** Makes requests ready to send; each is tried once with the first row, so that a mistake shows before the run. */
export function compileScenario(parsed: Parsed[], rows: Row[] = []): Scenario {
  if (parsed.length === 0) throw new RangeError('There is no request to send.');
  const columns = Object.keys(rows[0] ?? {});
  const requests = parsed.map(({ name, body }) => {
    const template = compileTemplate(body, columns);
    const sample = template.render(rows[0] ?? {});
    if (parseJson(sample) === undefined)
      throw new RangeError(`The request "${name}" is no JSON: ${sample.slice(0, 200)}`);
    return { name, template };
  });
  const weighted = parsed.some(({ weight }) => weight !== undefined);
  return { requests, weights: weighted ? parsed.map(({ weight }) => weight ?? 1) : undefined, rows };
}

/**
 * Opens a source of requests for one virtual user: which comes next, and its body. Each goes through the requests by
 * itself, from the first one on, as Postman's users do. The rows are shared: each pass through the requests takes the
 * next one, and where requests are drawn each of them is a pass. `random` answers 0 to below 1.
 */
export function requestSources(scenario: Scenario, random: () => number): () => () => NextRequest {
  const { requests, weights, rows } = scenario;
  const total = (weights ?? []).reduce((sum, weight) => sum + weight, 0);
  let rowCount = 0;

  function draw(from: number[]): number {
    let drawn = random() * total;
    const index = from.findIndex((weight) => {
      drawn -= weight;
      return drawn < 0;
    });
    // A sum of fractions may leave the last draw just outside.
    return Math.max(0, index);
  }

  return () => {
    let count = 0;
    let row: Row | undefined;
    return () => {
      const index = weights ? draw(weights) : count++ % requests.length;
      if (weights || index === 0) row = undefined;
      const template = requests[index]?.template;
      if (template?.fixed !== undefined) return { index, body: template.fixed, isFixed: true };
      row ??= rows[rowCount++ % rows.length] ?? {};
      return { index, body: template?.render(row) ?? '', isFixed: false };
    };
  };
}

function scenarioText(parts: { operation: string; payload: string | undefined; tableName: string }): string {
  const { operation, payload, tableName } = parts;
  const needsTable = operation !== 'echo' && operation !== 'ping';
  const members = [
    `"operation":${JSON.stringify(operation)}`,
    ...(needsTable ? [`"tableName":${JSON.stringify(tableName)}`] : []),
    ...(payload === undefined ? [] : [`"payload":${payload}`]),
  ];
  return `{${members.join(',')}}`;
}

/** A collection's requests in its own order, folders flattened. Only bodies are taken: address and token are the stack's own. */
function parsePostman(collection: Record<string, unknown>, place: ScenarioPlace): Parsed[] {
  const values = new Map(
    listOf(collection.variable).map((variable) => [String(variable.key), String(variable.value ?? '')]),
  );
  const fillOnce = (text: string) =>
    text.replace(/\{\{([^{}$]+)\}\}/g, (all, name: string) => values.get(name.trim()) ?? all);
  const fill = (text: string) => Array.from({ length: deepestVariable }).reduce<string>(fillOnce, text);

  return flatten(listOf(collection.item)).map((item) => {
    const name = String(item.name ?? 'request');
    const request = isRecord(item.request) ? item.request : {};
    const address = fill(addressOf(request.url));
    if (!isOwn(address, new URL(place.apiUrl))) {
      throw new RangeError(
        `"${name}" goes to ${address}; a load is sent only to the stack's own API, ${place.apiUrl}.`,
      );
    }
    if (request.method !== 'POST')
      throw new RangeError(`"${name}" is ${String(request.method)}; the API takes POST only.`);
    const body = isRecord(request.body) ? request.body.raw : undefined;
    if (typeof body !== 'string') throw new RangeError(`"${name}" has no raw body.`);
    return { name, weight: undefined, body: fill(body) };
  });
}

function flatten(items: Record<string, unknown>[]): Record<string, unknown>[] {
  return items.flatMap((item) => (Array.isArray(item.item) ? flatten(listOf(item.item)) : [item]));
}

/** Postman keeps an address whole, in parts, or both. */
function addressOf(url: unknown): string {
  if (!isRecord(url)) return String(url ?? '');
  if (typeof url.raw === 'string') return url.raw;
  const joined = (parts: unknown, by: string) => (Array.isArray(parts) ? parts.join(by) : String(parts ?? ''));
  const scheme = url.protocol === undefined ? '' : `${String(url.protocol)}://`;
  const port = url.port === undefined ? '' : `:${String(url.port)}`;
  const path = joined(url.path, '/').replace(/^(?=[^/])/, '/');
  return `${scheme}${joined(url.host, '.')}${port}${path}`;
}

/** A variable that stays open is the reader's own environment: it stands for this stack's address, or its beginning. */
function isOwn(address: string, own: URL): boolean {
  const ownPath = withoutSlash(own.pathname);
  const [open, rest] = /^\{\{[^{}]+\}\}(?=$|[/?#])([^?#]*)/.exec(address) ?? [];
  if (open !== undefined) return ownPath.endsWith(withoutSlash(rest ?? ''));
  if (!URL.canParse(address)) return false;
  const { host, pathname } = new URL(address);
  return host === own.host && withoutSlash(pathname) === ownPath;
}

const withoutSlash = (path: string) => path.replace(/\/$/, '');

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** undefined: not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

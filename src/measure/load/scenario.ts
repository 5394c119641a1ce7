import { type CapturedValue, capturedValue } from './capture.ts';
import type { NextRequest } from './sender.ts';
import { compileTemplate, escapes, type Row, type Template } from './template.ts';

/** One kind of request, as a file or the command line describes it; its texts may hold `{{variables}}`. */
export interface RequestSpec {
  name: string;
  weight?: number | undefined;
  /** Default: POST. */
  method?: string;
  /** Path and query below the load's URL; default: that URL itself. */
  target?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | undefined;
  /** Values of the answer, by JSON Pointer (RFC 6901), for `{{name}}` in later requests of the same pass. */
  capture?: Readonly<Record<string, string>>;
}

/** One kind of request of a load, ready to be sent. */
export interface ScenarioRequest {
  name: string;
  method: string;
  target: Template;
  /** Header lines, each with its end. */
  headers: Template;
  body: Template | undefined;
  /** Has an Authorization header of its own. */
  isAuthorized: boolean;
  capture: readonly [name: string, pointer: string][];
  isFixed: boolean;
}

/** What a load sends: with weights each next request is drawn, without them each user goes through them as listed. */
export interface Scenario {
  requests: ScenarioRequest[];
  /** One for each request where any was given. */
  weights: number[] | undefined;
  rows: Row[];
  /** A request may need what an earlier one was answered. */
  isChained: boolean;
}

/**
 * Makes requests ready to send; each is tried once with the first row, so that a mistake shows before the run.
 * Throws a RangeError.
 */
export function compileScenario(specs: readonly RequestSpec[], rows: Row[] = []): Scenario {
  if (specs.length === 0) throw new RangeError('There is no request to send.');
  const columns = Object.keys(rows[0] ?? {});
  const requests = specs.map((spec) => {
    const request = compileRequest(spec, columns, rows[0] ?? {});
    columns.push(...request.capture.map(([name]) => name));
    return request;
  });
  const weighted = specs.some(({ weight }) => weight !== undefined);
  return {
    requests,
    weights: weighted ? specs.map(({ weight }) => weight ?? 1) : undefined,
    rows,
    isChained: requests.some(({ capture }) => capture.length > 0),
  };
}

/** Text that begins so is meant as JSON. */
const startOfJson = /^\s*[[{"]/;

function compileRequest(spec: RequestSpec, columns: readonly string[], sampleRow: Row): ScenarioRequest {
  const { name, method = 'POST', target = '', headers = {}, capture = {} } = spec;
  const json = spec.body === undefined ? undefined : compileTemplate(spec.body, columns, escapes.json);
  const sample = json?.render(sampleRow) ?? '';
  const isJson = json !== undefined && parseJson(sample) !== undefined;
  if (!isJson && startOfJson.test(sample)) {
    throw new RangeError(`The request "${name}" is not valid JSON: ${sample.slice(0, 200)}`);
  }
  const has = (header: string) => Object.keys(headers).some((given) => given.toLowerCase() === header);
  const lines = Object.entries({
    ...(isJson && !has('content-type') && { 'Content-Type': 'application/json' }),
    ...(!has('accept') && { Accept: '*/*' }),
    ...headers,
  }).map(([header, value]) => `${header}: ${value}\r\n`);
  const request = {
    name,
    method,
    target: compileTemplate(target, columns, escapes.url),
    headers: compileTemplate(lines.join(''), columns, escapes.header),
    body: isJson || spec.body === undefined ? json : compileTemplate(spec.body, columns, escapes.none),
    isAuthorized: has('authorization'),
    capture: Object.entries(capture),
  };
  const parts = [request.target, request.headers, request.body];
  return { ...request, isFixed: parts.every((part) => part === undefined || part.fixed !== undefined) };
}

/**
 * Opens a source of requests for one virtual user: which comes next, and its texts. Each goes through the requests by
 * itself, from the first one on, as Postman's users do. The rows are shared: each pass through the requests takes the
 * next one, and where requests are drawn each of them is a pass. A pass whose answer lacks a value that is to be captured ends
 * there. `random` answers 0 to below 1.
 */
export function requestSources(scenario: Scenario, random: () => number): () => () => NextRequest {
  const { requests, weights, rows, isChained } = scenario;
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
    let captured: Row = {};
    let isWaiting = false;

    const take = (capture: ScenarioRequest['capture']) => (body: Buffer) => {
      const values = capture.map(([name, pointer]): [string, CapturedValue] => [name, capturedValue(body, pointer)]);
      const problem = values.find(([, value]) => 'problem' in value)?.[1];
      if (problem && 'problem' in problem) return problem.problem;
      captured = {
        ...captured,
        ...Object.fromEntries(values.map(([name, value]) => [name, 'text' in value ? value.text : ''])),
      };
      isWaiting = false;
      return undefined;
    };

    return () => {
      if (isWaiting) [count, isWaiting] = [0, false];
      const index = weights ? draw(weights) : count++ % requests.length;
      if (weights || index === 0) [row, captured] = [undefined, {}];
      const request = requests[index];
      if (!request) throw new RangeError('There is no request to send.');
      const { method, target, headers, body, isAuthorized, isFixed, capture } = request;
      if (!isFixed) row ??= rows[rowCount++ % rows.length] ?? {};
      const values = isChained ? { ...row, ...captured } : (row ?? {});
      isWaiting = capture.length > 0;
      const rendered = (template: Template) => template.fixed ?? template.render(values);
      return {
        index,
        method,
        target: rendered(target),
        headers: rendered(headers),
        body: body && rendered(body),
        isAuthorized,
        isFixed,
        ...(isWaiting && { take: take(capture) }),
      };
    };
  };
}

/** undefined: not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { NormalizedSchema } from '@smithy/core/schema';
import { ownMember } from '../../own-member.ts';
import { AwsError } from '../service.ts';
import { parseBody } from './body.ts';
import { readJson, writeJson } from './json-shapes.ts';
import { kindOfNumber, type NumberKinds } from './numbers.ts';
import { formatTimestamp, parseScalar, timestampFormat } from './scalars.ts';

/** REST-JSON: inputs and outputs spread over path, query, headers and body. Source: awsRestJson1 of the Smithy specification. */

export interface RestRoute {
  operation: string;
  method: string;
  /** Decoded path segments; `{Name}` and greedy `{Name+}` labels. */
  segments: string[];
  /** Query that must be there for the route to match, from the template's own query string. */
  query: [string, string][];
  successStatus: number;
}

/** `http` trait of an operation: `['POST', '/2015-03-31/functions/{FunctionName}/invocations', 200]`. */
export function parseRoute(operation: string, http: [string, string, number]): RestRoute {
  const [method, template, successStatus] = http;
  const [path = '/', query = ''] = template.split('?');
  return {
    operation,
    method,
    segments: path.split('/').filter(Boolean),
    query: [...new URLSearchParams(query)],
    successStatus,
  };
}

/** Finds the operation of a request; literal segments win over labels. */
export function matchRoute(
  routes: readonly RestRoute[],
  request: { method: string; path: string; query: URLSearchParams },
): { route: RestRoute; labels: Record<string, string> } | undefined {
  const segments = request.path.split('/').filter(Boolean);
  let best: { route: RestRoute; labels: Record<string, string>; literals: number } | undefined;
  for (const route of routes) {
    if (route.method !== request.method) continue;
    if (!route.query.every(([name, value]) => request.query.get(name) === value)) continue;
    const labels = matchSegments(route.segments, segments);
    if (!labels) continue;
    const literals = route.segments.filter((segment) => !segment.startsWith('{')).length + route.query.length;
    if (!best || literals > best.literals) best = { route, labels, literals };
  }
  return best;
}

function matchSegments(template: string[], path: string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const greedy = segment.endsWith('+}');
    const here = path[index];
    if (here === undefined) return undefined;
    if (!segment.startsWith('{')) {
      if (segment !== here) return undefined;
      continue;
    }
    const isLast = index === template.length - 1;
    // An ARN's slashes may arrive unescaped (`/tags/arn:aws:apigateway:…::/restapis/id`), so a last label takes the rest.
    const raw = greedy || (isLast && here.startsWith('arn')) ? path.slice(index).join('/') : here;
    try {
      labels[segment.slice(1, greedy ? -2 : -1)] = decodeURIComponent(raw);
    } catch {
      throw new AwsError('SerializationException', 'The path is not valid percent-encoded text');
    }
    if (raw !== here) return labels;
  }
  return path.length === template.length ? labels : undefined;
}

export function readRestInput(
  schema: NormalizedSchema,
  request: {
    labels: Record<string, string>;
    query: URLSearchParams;
    headers: Record<string, string | string[] | undefined>;
    body: Buffer;
  },
  kinds?: NumberKinds,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return input;
  const inBody: [string, NormalizedSchema][] = [];
  let hasPayload = false;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    const kind = kindOfNumber(kinds, `${schema.getName()}.${name}`);
    if (traits.httpLabel) input[name] = parseScalar(member, request.labels[name] ?? '', { name, kind });
    else if (traits.httpQuery) {
      const value = readQuery(member, request.query, { name: traits.httpQuery, kind });
      if (value !== undefined) input[name] = value;
    } else if (traits.httpQueryParams) {
      const isOfLists = member.isMapSchema() && member.getValueSchema().isListSchema();
      input[name] = isOfLists
        ? Object.fromEntries([...request.query.keys()].map((key) => [key, request.query.getAll(key)]))
        : Object.fromEntries(request.query);
    } else if (traits.httpHeader) {
      const header = request.headers[traits.httpHeader.toLowerCase()];
      if (header !== undefined) input[name] = readHeader(member, String(header), { name, kind });
    } else if (traits.httpPayload) {
      hasPayload = true;
      if (request.body.length === 0) continue;
      if (member.isBlobSchema()) input[name] = new Uint8Array(request.body);
      else {
        input[name] = member.isStringSchema()
          ? request.body.toString()
          : readJson(member, parseBody(request.body), { path: name, kinds });
      }
    } else inBody.push([name, member]);
  }
  if (!hasPayload && inBody.length > 0 && request.body.length > 0) {
    const body = parseBody(request.body);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new AwsError('SerializationException', 'The request body must be a JSON object');
    }
    for (const [name, member] of inBody) {
      const place = { path: name, member: `${schema.getName()}.${name}`, kinds };
      const key = member.getMergedTraits().jsonName ?? name;
      const value = readJson(member, ownMember(body as Record<string, unknown>, key), place);
      if (value !== undefined) input[name] = value;
    }
  }
  return input;
}

interface Named {
  name: string;
  kind: string;
}

function readQuery(schema: NormalizedSchema, query: URLSearchParams, named: Named): unknown {
  if (schema.isListSchema()) {
    const values = query.getAll(named.name);
    return values.length > 0 ? values.map((value) => parseScalar(schema.getValueSchema(), value, named)) : undefined;
  }
  const value = query.get(named.name);
  return value === null ? undefined : parseScalar(schema, value, named);
}

function readHeader(schema: NormalizedSchema, value: string, named: Named): unknown {
  if (!schema.isListSchema()) return parseScalar(schema, value, named);
  return value.split(',').map((item) => parseScalar(schema.getValueSchema(), item.trim(), named));
}

/** A typed output → status, headers and body. */
export function writeRestOutput(
  schema: NormalizedSchema,
  output: Record<string, unknown>,
  successStatus: number,
): { status: number; headers: [string, string][]; body: Buffer } {
  let status = successStatus;
  const headers: [string, string][] = [];
  if (!schema.isStructSchema()) return { status, headers, body: Buffer.alloc(0) };
  const inBody: Record<string, unknown> = {};
  let payload: Buffer | undefined;
  for (const [name, member] of schema.structIterator()) {
    const value = output[name];
    const traits = member.getMergedTraits();
    if (traits.httpResponseCode) {
      if (typeof value === 'number') status = value;
    } else if (traits.httpHeader) {
      if (value !== undefined && value !== null) headers.push([traits.httpHeader, headerText(member, value)]);
    } else if (traits.httpPayload) {
      payload = value === undefined ? Buffer.alloc(0) : payloadBytes(member, value);
      headers.push(['content-type', member.isBlobSchema() ? 'application/octet-stream' : 'application/json']);
    } else {
      const written = writeJson(member, value);
      if (written !== undefined) inBody[traits.jsonName ?? name] = written;
    }
  }
  if (payload) return { status, headers, body: payload };
  if (status === 204) return { status, headers, body: Buffer.alloc(0) };
  headers.push(['content-type', 'application/json']);
  return { status, headers, body: Buffer.from(JSON.stringify(inBody)) };
}

function payloadBytes(schema: NormalizedSchema, value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const isText = typeof value === 'string' && !schema.isDocumentSchema();
  return Buffer.from(isText ? value : JSON.stringify(writeJson(schema, value)));
}

function headerText(schema: NormalizedSchema, value: unknown): string {
  if (schema.isListSchema()) return (value as unknown[]).map(String).join(', ');
  if (schema.isTimestampSchema()) return String(formatTimestamp(value as Date, timestampFormat(schema, 'http-date')));
  return String(value);
}

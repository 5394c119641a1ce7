import type { IncomingHttpHeaders } from 'node:http';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError, type Call, type NeededPermission, type Service } from '../service.ts';
import { internalFailure, writeError } from './answers.ts';
import { parseBody } from './body.ts';
import type { Catalog, OperationShapes } from './catalog.ts';
import { readJson, writeJson } from './json-shapes.ts';
import { readForm, writeResponse } from './query.ts';
import { matchRoute, readRestInput, writeRestOutput } from './rest.ts';

/** A signed AWS API request, its body complete. */
export interface WireRequest {
  method: string;
  /** Raw path, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a request asks for, before anything is done about it. */
interface Asked {
  operation: string;
  labels: Record<string, string>;
  successStatus: number;
}

/** Runs one API call: bytes → typed input → operation → typed output → bytes. Errors come back as AWS's answers. */
export async function dispatch(catalog: Catalog, request: WireRequest, call: Call): Promise<PlainResponse> {
  const { service } = catalog;
  try {
    const asked = identify(catalog, request);
    const shapes = catalog.operations.get(asked.operation);
    const operation = service.operations[asked.operation];
    if (!shapes || !operation) throw unknownOperation(catalog, asked.operation);
    refuseTooLong(service, request.body);
    const input = service.rawJson ? readRaw(request.body) : readInput(catalog, shapes, { request, asked });
    catalog.validate(asked.operation, input);
    await call.engine.simulation.beforeCall(service.signingName, asked.operation);
    authorize(catalog, asked.operation, { input, call });
    // The catalog paired this operation with the schema that its input was read by.
    const run = () => operation(input, call);
    const output = await (service.around?.(asked.operation, input, call, run) ?? run());
    return writeOutput(catalog, shapes, { asked, output, requestId: call.requestId });
  } catch (error) {
    if (error instanceof AwsError) {
      return writeError({ protocol: service.protocol, catalog, error, requestId: call.requestId });
    }
    call.engine.log(`internal failure in ${service.signingName}, request ${call.requestId}: ${describe(error)}`);
    return writeError({
      protocol: service.protocol,
      catalog,
      error: internalFailure(error),
      requestId: call.requestId,
    });
  }
}

function refuseTooLong({ maxBodyBytes = Number.POSITIVE_INFINITY }: Service, body: Buffer): void {
  if (body.length <= maxBodyBytes) return;
  const message = `Request size exceeded the limit of ${maxBodyBytes} bytes`;
  throw new AwsError('RequestEntityTooLargeException', message, { statusCode: 413 });
}

/** The operation's name as the protocol carries it; also used to see whether a call may go unsigned. */
export function identify(catalog: Catalog, request: WireRequest): Asked {
  switch (catalog.service.protocol) {
    case 'query': {
      return { operation: formOf(request).get('Action') ?? '', labels: {}, successStatus: 200 };
    }
    case 'json-1.0':
    case 'json-1.1': {
      const target = String(request.headers['x-amz-target'] ?? '');
      return { operation: target.slice(target.indexOf('.') + 1), labels: {}, successStatus: 200 };
    }
    case 'rest-json': {
      const { method, path, query } = request;
      const found = matchRoute(catalog.routes, { method, path, query });
      if (!found) throw unknownOperation(catalog, `${method} ${path}`);
      return { operation: found.route.operation, labels: found.labels, successStatus: found.route.successStatus };
    }
  }
}

/** The query protocol's parameters come in the body, or, by GET (as a presigned URL does), in the query. */
function formOf({ body, query }: WireRequest): URLSearchParams {
  return body.length > 0 ? new URLSearchParams(body.toString()) : query;
}

function unknownOperation(catalog: Catalog, operation: string): AwsError {
  const { protocol, signingName, version } = catalog.service;
  const named = operation.slice(0, 200) || '(none)';
  if (protocol === 'query' && !Object.hasOwn(catalog.service.sdk, `${operation}$`)) {
    return new AwsError('InvalidAction', `Could not find operation ${named} for version ${version}`);
  }
  const message = `The operation ${named} of ${signingName} is not served by this endpoint`;
  const code = protocol === 'query' ? 'InvalidAction' : 'UnknownOperationException';
  return new AwsError(code, message, { statusCode: protocol === 'rest-json' ? 404 : 400 });
}

function readInput(
  catalog: Catalog,
  shapes: OperationShapes,
  what: { request: WireRequest; asked: Asked },
): Record<string, unknown> {
  const { request, asked } = what;
  const { numbers } = catalog.service.constraints;
  switch (catalog.service.protocol) {
    case 'query':
      return readForm(shapes.input, formOf(request), numbers) as Record<string, unknown>;
    case 'json-1.0':
    case 'json-1.1':
      return (readJson(shapes.input, parseJson(request.body), { kinds: numbers }) ?? {}) as Record<string, unknown>;
    case 'rest-json':
      return readRestInput(shapes.input, { ...request, labels: asked.labels }, numbers);
  }
}

function readRaw(body: Buffer): Record<string, unknown> {
  const input = parseJson(body);
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  throw new AwsError('SerializationException', 'The request must be an object');
}

const parseJson = (body: Buffer) => (body.length === 0 ? {} : parseBody(body));

function authorize(catalog: Catalog, operation: string, request: { input: Record<string, unknown>; call: Call }): void {
  const { call, input } = request;
  if (call.principal.kind !== 'role') return;
  const { arn, roleArn } = call.principal;
  const needed: NeededPermission[] = catalog.service.permission?.(operation, input, call) ?? [
    { action: `${catalog.service.signingName}:${operation}`, resource: '*' },
  ];
  for (const { action, resource, admits } of needed) {
    const denial = call.engine.denialOf({ roleArn, sessionArn: arn, action, resource, admits });
    if (denial === undefined) continue;
    const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${denial}`;
    const { protocol } = catalog.service;
    // As IAM and STS refuse.
    throw protocol === 'query'
      ? new AwsError('AccessDenied', message, { statusCode: 403 })
      : new AwsError('AccessDeniedException', message, { statusCode: protocol === 'rest-json' ? 403 : 400 });
  }
}

function writeOutput(
  catalog: Catalog,
  shapes: OperationShapes,
  result: { asked: Asked; output: unknown; requestId: string },
): PlainResponse {
  const { service } = catalog;
  const { asked, requestId } = result;
  const output = (result.output ?? {}) as Record<string, unknown>;
  const idHeader: [string, string] = ['x-amzn-requestid', requestId];
  switch (service.protocol) {
    case 'query':
      return {
        status: 200,
        headers: [['content-type', 'text/xml'], idHeader],
        body: writeResponse({
          operation: asked.operation,
          xmlNamespace: service.xmlNamespace ?? '',
          requestId,
          schema: shapes.output,
          output,
        }),
      };
    case 'json-1.0':
    case 'json-1.1': {
      const type = service.protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1';
      const json = service.rawJson ? output : shapes.output.isStructSchema() ? writeJson(shapes.output, output) : {};
      return { status: 200, headers: [['content-type', type], idHeader], body: JSON.stringify(json) };
    }
    case 'rest-json': {
      const { status, headers, body } = writeRestOutput(shapes.output, output, asked.successStatus);
      return { status, headers: [...headers, idHeader], body };
    }
  }
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

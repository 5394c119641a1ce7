import type { Integration, IntegrationResponse } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import { headerOf } from '../http/headers.ts';
import type { PlainResponse } from '../http/messages.ts';
import { authoredHeaders } from './answers.ts';
import { invoke } from './call-function.ts';
import { firstAccepted, isBinaryType } from './content.ts';
import { choicesOf } from './deployed.ts';
import { type Exchange, MappingFailure, refuse, render, transformed } from './exchange.ts';
import { acceptedType } from './gateway-response.ts';
import { literalIn } from './mapping.ts';
import { proxyEvent, proxyResponse } from './proxy.ts';
import { mappedHeaders, remapped } from './response-headers.ts';
import { overriddenAnswer } from './template.ts';

export async function integrate(exchange: Exchange): Promise<PlainResponse> {
  const integration = exchange.method.methodIntegration;
  if (!integration) return refuse(exchange, 'configuration');
  try {
    switch (integration.type) {
      case 'AWS':
        return await integrateFunction(exchange, integration);
      case 'AWS_PROXY':
        return await integrateProxy(exchange, integration);
      case 'MOCK':
        return await integrateMock(exchange, integration);
      default:
        throw new MappingFailure('configuration', `${integration.type} integrations are not served here`);
    }
  } catch (error) {
    if (!(error instanceof MappingFailure)) throw error;
    if (error.answer === 'bad-body') return refuse(exchange, 'bad-body', error.message);
    exchange.log(`Execution failed due to configuration error: ${error.message}`);
    return refuse(exchange, error.answer);
  }
}

/** A request without a content type counts as JSON. */
export function mediaType(headers: readonly (readonly [string, string])[]): string {
  const given = headerOf(headers, 'content-type');
  if (given === undefined || given === 'application/json') return 'application/json';
  return given.split(';')[0]?.trim().toLowerCase() || 'application/json';
}

/** The payload by the passthrough rules; undefined: 415. Source: integration-passthrough-behaviors. */
function payloadOf(exchange: Exchange, integration: Integration): Buffer | undefined {
  const { requestTemplates = {}, passthroughBehavior = 'WHEN_NO_MATCH', contentHandling } = integration;
  // Source: developer guide, "Content type conversions in API Gateway".
  const { binaryMediaTypes } = exchange.deployed.definition;
  const isText = contentHandling === 'CONVERT_TO_TEXT' && isBinaryType(binaryMediaTypes, exchange.contentType);
  const body = isText ? Buffer.from(exchange.body.toString('base64')) : exchange.body;
  const template = ownMember(requestTemplates, exchange.contentType);
  if (template !== undefined && template !== null) {
    return render(exchange, template, body);
  }
  const hasTemplates = Object.keys(requestTemplates).length > 0;
  const passes =
    passthroughBehavior === 'WHEN_NO_MATCH' || (passthroughBehavior === 'WHEN_NO_TEMPLATES' && !hasTemplates);
  return passes ? body : undefined;
}

async function integrateFunction(exchange: Exchange, integration: Integration): Promise<PlainResponse> {
  const payload = payloadOf(exchange, integration);
  if (!payload) return refuse(exchange, 'media-type');
  const invoked = await invoke(exchange, integration, payload);
  if ('status' in invoked) return invoked;
  const message = invoked.failed ? errorMessageOf(invoked.payload) : null;
  return respond(exchange, { integration, body: invoked.payload, message, failed: invoked.failed });
}

function errorMessageOf(payload: Buffer): string | null {
  // Written by the function's runtime, in Lambda's form.
  const { errorMessage } = JSON.parse(payload.toString()) as { errorMessage?: unknown };
  return typeof errorMessage === 'string' ? errorMessage : null;
}

/** Chooses the integration response and shapes the answer by it. `message`: what selection patterns look at. */
function respond(
  exchange: Exchange,
  answer: { integration: Integration; body: Buffer; message: string | null; failed: boolean },
): PlainResponse {
  const { method, ids } = exchange;
  const chosen = choose(exchange, answer.integration, answer.message);
  const status = chosen?.statusCode ?? '';
  // What begins with 1 ends no request.
  if (!chosen || status < '200' || !Object.hasOwn(method.methodResponses ?? {}, status)) {
    throw new MappingFailure('configuration', 'No match for output mapping and no default output mapping configured');
  }
  const templates = chosen.responseTemplates ?? {};
  const [contentType = 'application/json', template] = acceptedTemplate(exchange, templates) ?? [];
  const text = template ? render(exchange, template, answer.body) : answer.body;
  const body = isBinaryAnswer(exchange, chosen) ? Buffer.from(text.toString(), 'base64') : text;
  const overridden = transformed(() => overriddenAnswer(exchange.overrides));
  return {
    status: Number(/^[2-5]\d\d$/.exec(overridden.status)?.[0] ?? status),
    headers: [
      ...shapedHeaders(exchange, chosen, { ...answer, contentType, overridden: overridden.headers }),
      ['x-amzn-RequestId', ids.requestId],
      ['x-amz-apigw-id', ids.extendedId],
      // Recorded: a mocked answer has none (localstack `apigateway/test_apigateway_common` test_invocation_trace_id).
      ...(answer.integration.type === 'MOCK' ? [] : [traceHeader(exchange)]),
    ],
    body,
  };
}

const traceHeader = ({ trace }: Exchange): [string, string] => ['X-Amzn-Trace-Id', trace.responseHeader];

/** The headers that the integration response and the templates set; those that are the same for every answer are made once. */
function shapedHeaders(
  exchange: Exchange,
  chosen: IntegrationResponse,
  answer: { body: Buffer; failed: boolean; contentType: string; overridden: [string, string][] },
): readonly [string, string][] {
  const { body, failed, contentType, overridden } = answer;
  const isSame = overridden.length === 0 && Object.values(chosen.responseParameters ?? {}).every(isLiteral);
  const known = isSame ? sameHeaders.get(chosen) : undefined;
  if (known?.contentType === contentType) return known.headers;
  const sources = {
    body,
    headers: { 'Content-Type': 'application/json', ...(failed && { 'X-Amz-Function-Error': 'Unhandled' }) },
    input: exchange.input,
  };
  const headers = authoredHeaders(
    remapped(
      replaced(
        transformed(() => mappedHeaders(chosen, sources)),
        overridden,
      ),
    ),
    contentType,
  );
  if (isSame) sameHeaders.set(chosen, { contentType, headers });
  return headers;
}

const sameHeaders = new WeakMap<IntegrationResponse, { contentType: string; headers: readonly [string, string][] }>();
const isLiteral = (source: string) => literalIn(source) !== undefined;

/** Whether the text of an answer stands for bytes. Source: developer guide, "Content type conversions in API Gateway". */
function isBinaryAnswer({ deployed, given }: Exchange, { contentHandling }: IntegrationResponse): boolean {
  if (contentHandling !== undefined) return contentHandling === 'CONVERT_TO_BINARY';
  const { binaryMediaTypes } = deployed.definition;
  return binaryMediaTypes.length > 0 && isBinaryType(binaryMediaTypes, firstAccepted(given().headers));
}

/** The template for what the caller accepts; one that is empty leaves the answer as it is. */
function acceptedTemplate(exchange: Exchange, templates: Record<string, string>): [string, string] | undefined {
  const type = acceptedType(Object.keys(templates), () => exchange.input().parameters.header);
  return type === undefined ? undefined : [type, templates[type] ?? ''];
}

/** Headers with those of `by` in place of what has their names. */
function replaced(headers: [string, string][], by: [string, string][]): [string, string][] {
  const names = new Set(by.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...by];
}

function choose(exchange: Exchange, integration: Integration, message: string | null): IntegrationResponse | undefined {
  const { patterned, usual } = choicesOf(integration);
  // `.*` also takes an answer without a message.
  const fits = ({ selectionPattern = '' }: IntegrationResponse) =>
    exchange.deployed.matches(selectionPattern, message ?? '');
  return patterned.find(fits) ?? usual;
}

async function integrateMock(exchange: Exchange, integration: Integration): Promise<PlainResponse> {
  const payload = payloadOf(exchange, integration);
  if (!payload) return refuse(exchange, 'media-type');
  const status = /"?statusCode"?\s*:\s*(\d{3})/.exec(payload.toString())?.[1];
  if (status === undefined) return refuse(exchange, 'configuration');
  return respond(exchange, { integration, body: Buffer.alloc(0), message: status, failed: false });
}

async function integrateProxy(exchange: Exchange, integration: Integration): Promise<PlainResponse> {
  const invoked = await invoke(exchange, integration, Buffer.from(JSON.stringify(proxyEvent(exchange))));
  if ('status' in invoked) return invoked;
  const answer = invoked.failed ? undefined : proxyResponse(exchange, invoked.payload);
  if (answer) return answer;
  exchange.log('Execution failed due to configuration error: Malformed Lambda proxy response');
  return refuse(exchange, 'bad-gateway');
}

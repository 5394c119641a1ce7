import type { IntegrationResponse } from '@aws-sdk/client-api-gateway';
import { compileJsonPath } from '../velocity/json-path.ts';
import { createMeter, type Spend } from '../velocity/meter.ts';
import { TemplateNotServed } from '../velocity/syntax.ts';
import { isList, isMap, parseJson, toJson, toText, type Value } from '../velocity/values.ts';
import { literalIn, memberText } from './mapping.ts';

/** Where the header of an answer may come from. Source: developer guide, "Map response parameters". */
export interface MappingSources {
  /** Of the integration's answer. */
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  input: () => { context: Record<string, unknown>; stageVariables: Record<string, string> };
}

/** Whether API Gateway takes this as the source of a response's header. */
export function isResponseMapping(source: string): boolean {
  return (
    literalIn(source) !== undefined ||
    /^(?:integration\.response\.(?:body|(?:multivalue)?header\.[\w!#$%&'*+.^`|~-]+)|context\.[\w.:-]+|stageVariables\.\w+)$/i.test(
      source,
    ) ||
    (source.startsWith(bodyPath) && pathOf(source, createMeter()) !== undefined)
  );
}

const bodyPath = 'integration.response.body.';

function pathOf(source: string, spend: Spend) {
  try {
    return compileJsonPath(`$.${source.slice(bodyPath.length)}`, spend);
  } catch (error) {
    if (error instanceof TemplateNotServed) return undefined;
    throw error;
  }
}

/** The headers that an integration response sets; a source that has nothing sets none. */
export function mappedHeaders(
  { responseParameters = {} }: IntegrationResponse,
  sources: MappingSources,
): [string, string][] {
  return Object.entries(responseParameters).flatMap(([target, source]): [string, string][] => {
    const name = /^method\.response\.header\.([!#$%&'*+.^_`|~\w-]+)$/.exec(target)?.[1];
    const value = literalIn(source) ?? textFrom(source, sources);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

function textFrom(source: string, { body, headers, input }: MappingSources): string | undefined {
  if (source === 'integration.response.body') return body.toString();
  if (source.startsWith(bodyPath)) return textAt(body, source);
  const header = /^integration\.response\.(?:multivalue)?header\.(.+)$/i.exec(source)?.[1]?.toLowerCase();
  if (header !== undefined) return Object.entries(headers).find(([name]) => name.toLowerCase() === header)?.[1];
  const [root, ...names] = source.split('.');
  return root === 'context' || root === 'stageVariables' ? memberText(input()[root], names) : undefined;
}

function textAt(body: Buffer, source: string): string | undefined {
  const spend = createMeter();
  let root: Value;
  try {
    root = parseJson(body.toString(), spend);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // An answer that is no JSON has no members.
    return undefined;
  }
  const found = pathOf(source, spend)?.find(root) ?? undefined;
  if (found === undefined) return undefined;
  return isList(found) || isMap(found) ? toJson(found, spend) : toText(found, spend);
}

/**
 * What API Gateway sets itself keeps its name, and an integration's goes under another.
 * Recorded: localstack `apigateway/test_apigateway_integrations` test_apigateway_header_remapping_aws.
 */
export const remapped = (headers: [string, string][]): [string, string][] =>
  headers.map(([name, value]) => [ownNames.test(name) ? `x-amzn-Remapped-${name}` : name, value]);

const ownNames =
  /^(authorization|connection|content-length|content-md5|date|expect|host|max-forwards|proxy-authenticate|server|trailer|upgrade|user-agent|www-authenticate|x-amzn-requestid)$/i;

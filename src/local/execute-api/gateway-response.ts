import type { GatewayResponse, GatewayResponseType } from '@aws-sdk/client-api-gateway';
import { literalIn, memberText } from './mapping.ts';
import type { TemplateInput } from './template.ts';

/** What an API's own gateway response may be filled with. */
export type GatewayResponseSources = Omit<TemplateInput, 'body'>;

/** Status codes of all types. Recorded: localstack `apigateway/test_apigateway_api` test_gateway_response_crud. */
const usualStatus: Record<GatewayResponseType, string | undefined> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
};

export const gatewayResponseTypes = Object.keys(usualStatus) as GatewayResponseType[];

const usualTemplates = { 'application/json': '{"message":$context.error.messageString}' };

/** An API's own response of a type with what it leaves open. Recorded: test_gateway_response_put. */
export function completed(own: Partial<GatewayResponse> & { responseType: GatewayResponseType }): GatewayResponse {
  const { responseType, responseParameters = {}, responseTemplates = {} } = own;
  const statusCode = own.statusCode ?? usualStatus[responseType];
  return {
    responseType,
    ...(statusCode !== undefined && { statusCode }),
    responseParameters,
    responseTemplates: Object.keys(responseTemplates).length > 0 ? responseTemplates : usualTemplates,
    defaultResponse: false,
  };
}

/** What an API has for a type: its own, else its own default of the class, else what every API has. */
export function gatewayResponseOf(
  own: Record<string, GatewayResponse>,
  responseType: GatewayResponseType,
): GatewayResponse {
  if (own[responseType]) return own[responseType];
  const inherited = ownGatewayResponse(own, responseType);
  return { ...completed({ ...inherited, responseType }), defaultResponse: true };
}

/** undefined where the API shapes neither the type nor its class. */
export function ownGatewayResponse(
  own: Record<string, GatewayResponse>,
  responseType: GatewayResponseType,
): GatewayResponse | undefined {
  const inherited = (usualStatus[responseType] ?? '') >= '500' ? own.DEFAULT_5XX : own.DEFAULT_4XX;
  return own[responseType] ?? (usualStatus[responseType] === undefined ? undefined : inherited);
}

/** The header that a parameter of a gateway response sets. */
export function gatewayResponseHeader(target: string): string | undefined {
  return /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\w-]+)$/.exec(target)?.[1];
}

const requestParameter = /^method\.request\.(path|querystring|header)\.(.+)$/;

export function isGatewayResponseSource(source: string): boolean {
  return (
    literalIn(source) !== undefined ||
    /^(context|stageVariables)\.[\w.]+$/.test(source) ||
    requestParameter.test(source)
  );
}

export function gatewayResponseHeaders(
  own: GatewayResponse | undefined,
  sources: GatewayResponseSources,
): [string, string][] {
  return Object.entries(own?.responseParameters ?? {}).flatMap(([target, source]): [string, string][] => {
    const name = gatewayResponseHeader(target);
    const value = literalIn(source) ?? textFrom(source, sources);
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}

function textFrom(source: string, { context, stageVariables, parameters }: GatewayResponseSources): string | undefined {
  const [, place, name = ''] = requestParameter.exec(source) ?? [];
  if (place === undefined) return memberText({ context, stageVariables }, source.split('.'));
  const given = Object.entries(parameters[place as keyof TemplateInput['parameters']]);
  // Header names have no case.
  const isNamed = (other: string) => (place === 'header' ? other.toLowerCase() === name.toLowerCase() : other === name);
  return given.find(([other]) => isNamed(other))?.[1];
}

/** The body by the template for what the caller accepts. No Velocity: variables alone are filled in. */
export function gatewayResponseBody(
  own: GatewayResponse | undefined,
  { context, stageVariables, parameters }: GatewayResponseSources,
): { contentType: string; body: string } {
  const templates: Record<string, string> = own?.responseTemplates ?? usualTemplates;
  const contentType = acceptedType(Object.keys(templates), () => parameters.header) ?? 'application/json';
  const template = templates[contentType] ?? '';
  const body = template.replaceAll(
    /\$(?:((?:context|stageVariables)(?:\.\w+)+)|\{((?:context|stageVariables)(?:\.\w+)+)\})/g,
    (_whole, bare: string | undefined, braced: string | undefined) =>
      memberText({ context, stageVariables }, (bare ?? braced ?? '').split('.')) ?? '',
  );
  return { contentType, body };
}

/** Of the types there are, the first that the caller accepts, else JSON, else the first. `headers` is asked only where there is a choice. */
export function acceptedType(types: string[], headers: () => Record<string, string>): string | undefined {
  if (types.length < 2) return types[0];
  const accept = Object.entries(headers()).find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  const wanted = accept.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const accepted = wanted.flatMap((type) => types.filter((known) => known.toLowerCase() === type));
  return accepted[0] ?? types.find((type) => type === 'application/json') ?? types[0];
}

import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { answerLine, messageIn } from '../endpoint/answer-message.ts';
import { type HttpResponse, header } from '../endpoint/http.ts';
import type { Aws } from './aws.ts';
import { probe } from './probe.ts';

/** A deployed stage of a REST API. */
export interface ApiStage {
  id: string;
  stage: string;
}

/**
 * What one request without a token came to. `closed`: 401, from an authorizer. `open`: the request was carried out. `unready`: the
 * API or its gateway answered something else, or nobody did. `absent`: no gateway is at this address.
 */
type Served = 'closed' | 'open' | 'unready' | 'absent';

export interface ApiAnswer {
  /** The stage's base URL that was asked; a path follows it. */
  baseUrl: string;
  served: Served;
  /** The answer in a line. */
  said: string;
}

/**
 * The base URLs at which a stage may be served. AWS has one; so has the embedded engine, the first of those that endpoints have:
 * LocalStack and MiniStack serve it too, floci and LocalStack the second, and some a host name of its own for each API
 * (https://docs.localstack.cloud/aws/services/apigateway, https://floci.io/floci/services/api-gateway).
 */
function baseUrls(aws: Aws, { id, stage }: ApiStage): string[] {
  const { endpoint } = aws;
  if (endpoint === undefined) return [`https://${id}.execute-api.${aws.region}.${aws.urlSuffix}/${stage}`];
  const own = `${endpoint}/_aws/execute-api/${id}/${stage}`;
  if (aws.targetKind === 'local') return [own];
  const { protocol, host, hostname } = new URL(endpoint);
  const isName = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  return [
    own,
    `${endpoint}/restapis/${id}/${stage}/_user_request_`,
    ...(isName ? [`${protocol}//${id}.execute-api.${host}/${stage}`] : []),
  ];
}

/** The stage's base URL of any URL below it. */
export function stageUrl(apiUrl: string): string {
  const { origin, pathname } = new URL(apiUrl);
  // An endpoint that is not AWS's may serve APIs below `/_aws/execute-api/ID` or `/restapis/ID`.
  const depth = /^\/(_aws\/execute-api|restapis\/[^/]+\/[^/]+\/_user_request_)/.test(pathname) ? 5 : 2;
  return `${origin}${pathname.split('/').slice(0, depth).join('/')}`;
}

/** Asks for a path without a token, in each form that the endpoint may serve; answers the one that tells most. */
export async function askApi(
  aws: Aws,
  api: ApiStage,
  request: { method: string; path: string; body?: string },
): Promise<ApiAnswer> {
  let best: ApiAnswer | undefined;
  for (const baseUrl of baseUrls(aws, api)) {
    const answer = await askAt(aws, baseUrl, request);
    if (best === undefined || telling.indexOf(answer.served) > telling.indexOf(best.served)) best = answer;
    if (best.served === 'closed') break;
  }
  if (best === undefined) throw new Error('an API has an address');
  return best;
}

const telling: readonly Served[] = ['absent', 'unready', 'open', 'closed'];

/** Where the stage is served; null: nowhere. Nothing is asked where there is one place that it can be. */
export async function findBaseUrl(aws: Aws, api: ApiStage): Promise<string | null> {
  const [only, ...more] = baseUrls(aws, api);
  if (only !== undefined && more.length === 0) return only;
  // What a gateway says of a path that it does not know is told from what says that there is no gateway.
  const { baseUrl, served } = await askApi(aws, api, { method: 'GET', path: '/' });
  return served === 'absent' ? null : baseUrl;
}

async function askAt(
  aws: Aws,
  baseUrl: string,
  { method, path, body }: { method: string; path: string; body?: string },
): Promise<ApiAnswer> {
  try {
    const response = await probe(aws, {
      method,
      url: `${baseUrl}${path}`,
      ...(body !== undefined && { body }),
      headers: { 'X-Amzn-Trace-Id': untraced(aws.clock()) },
    });
    return { baseUrl, served: servedBy(response), said: answerLine(response) };
  } catch (error) {
    const isUnknownName = error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
    const said = error instanceof Error ? error.message : String(error);
    return { baseUrl, served: isUnknownName ? 'absent' : 'unready', said };
  }
}

const gatewayHeaders = ['x-amzn-requestid', 'x-amz-apigw-id', 'x-amzn-errortype'];

function servedBy(response: HttpResponse): Served {
  const { status } = response;
  const text = response.body.toString('utf8');
  if (status === 401) return 'closed';
  const hasHeader = gatewayHeaders.some((name) => header(response, name) !== undefined);
  // A page, or S3, which has every address that nothing else has.
  if (/^\s*</.test(text) && (status >= 300 || !hasHeader)) return 'absent';
  if (status >= 200 && status < 300) return 'open';
  if (hasHeader || messageIn(text) !== undefined) return 'unready';
  return [404, 405, 501].includes(status) ? 'absent' : 'unready';
}

/** Nobody looking for where time goes wants to find this among the requests, refused. */
function untraced(nowMs: number): string {
  return `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')};Sampled=0`;
}

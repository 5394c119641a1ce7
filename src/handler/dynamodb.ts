import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { createRetries, judge } from './retries.ts';
import type { OperationName } from './shapes.ts';
import { type Credentials, createSigner } from './signature.ts';

/** How a call ended, as ResponseMetadata and X-Ray tell it. */
export interface Outcome {
  status: number | undefined;
  requestId: string | undefined;
  attempts: number;
}

export interface Answer extends Outcome {
  body: Record<string, unknown>;
}

/** What DynamoDB refused, by its own name. */
export class DynamoDbRefusal extends Error {
  override readonly name: string;
  readonly outcome: Outcome;

  constructor(name: string, message: string, outcome: Outcome) {
    super(message);
    this.name = name;
    this.outcome = outcome;
  }
}

export interface Surroundings {
  environment: Record<string, string | undefined>;
  now: () => Date;
  random: () => number;
  sleep: (ms: number) => Promise<unknown>;
}

export type CallDynamoDb = (operation: OperationName, input: object) => Promise<Answer>;

/**
 * A client of DynamoDB's five item operations: own code, because the SDK's is ten times as much to load in a cold start.
 * Throws DynamoDbRefusal when DynamoDB answers an error, and what the connection throws when it does not answer.
 */
export function createDynamoDb({ environment, now, random, sleep }: Surroundings): CallDynamoDb {
  const region = environment.AWS_REGION ?? '';
  const url = new URL(endpointOf(environment, region));
  const { Agent, request } = url.protocol === 'http:' ? http : https;
  // Made once: of a URL the client would make them again for every request.
  const to = { ...urlToHttpOptions(url), method: 'POST', agent: new Agent({ keepAlive: true }) };
  const sign = createSigner();
  const retries = createRetries({ random, maxAttempts: Number(environment.AWS_MAX_ATTEMPTS) || 4 });

  const attempt = (operation: OperationName, body: string): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': String(Buffer.byteLength(body)),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        // Lambda finds functions that call themselves by it:
        // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
        ...(environment._X_AMZN_TRACE_ID && { 'x-amzn-trace-id': environment._X_AMZN_TRACE_ID }),
      };
      const signed = sign(credentialsOf(environment), { host: url.host, region, headers, body, now: now() });
      request({ ...to, headers: signed }, resolve)
        .on('error', reject)
        .end(body);
    });

  return async (operation, input) => {
    const body = JSON.stringify(input);
    for (let attempts = 1; ; attempts += 1) {
      const result = await attempt(operation, body)
        .then((response) => readAnswer(response, attempts))
        .catch((error: NodeJS.ErrnoException) => error);
      if (!(result instanceof Error)) {
        retries.succeeded(attempts);
        return result;
      }
      const refused = result instanceof DynamoDbRefusal;
      const kind = judge(
        refused ? { name: result.name, status: result.outcome.status ?? 0 } : { code: codeOf(result) },
      );
      const delayMs = retries.delayAfter(attempts, kind);
      if (delayMs === undefined) throw result;
      await sleep(delayMs);
    }
  };
}

async function readAnswer(response: http.IncomingMessage, attempts: number): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const body = await textOf(response);
  const outcome = { status, requestId: headers['x-amzn-requestid']?.toString(), attempts };
  if (status === 200) return { ...outcome, body: JSON.parse(body) };
  const { name, message } = errorOf(body);
  throw new DynamoDbRefusal(name, message || `HTTP status ${status}`, outcome);
}

/** In characters: a page of 1 MB, of whatever items, is half as long. */
const longestAnswer = 16_000_000;

function textOf(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = '';
    response
      .setEncoding('utf8')
      .on('data', (part: string) => {
        body += part;
        if (body.length > longestAnswer) response.destroy(new Error("DynamoDB's answer is longer than 16 MB."));
      })
      .on('end', () => resolve(body))
      .on('error', reject);
  });
}

/** `{"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": "…"}`; a proxy in between may say anything. */
function errorOf(body: string): { name: string; message: string } {
  try {
    const { __type = 'UnknownError', message, Message } = Object(JSON.parse(body));
    return { name: String(__type).replace(/^.*#/, ''), message: String(message ?? Message ?? '') };
  } catch {
    return { name: 'UnknownError', message: '' };
  }
}

function codeOf(error: NodeJS.ErrnoException): string {
  // Every address of a host refused: the reason is the first one's.
  return error.code ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : '');
}

/** Lambda puts a function's credentials into its environment. */
function credentialsOf(environment: Record<string, string | undefined>): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('The environment has no AWS credentials.');
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
}

/** Of the partitions that have one of their own, by how their regions begin. */
const domains: Record<string, string> = { cn: 'amazonaws.com.cn', eusc: 'amazonaws.eu' };

/** https://docs.aws.amazon.com/general/latest/gr/ddb.html */
function endpointOf(environment: Record<string, string | undefined>, region: string): string {
  const domain = domains[region.split('-')[0] ?? ''] ?? 'amazonaws.com';
  return (
    environment.AWS_ENDPOINT_URL_DYNAMODB || environment.AWS_ENDPOINT_URL || `https://dynamodb.${region}.${domain}`
  );
}

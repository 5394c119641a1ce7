import type { Integration } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import type { PlainResponse } from '../http/messages.ts';
import { findQualified } from '../lambda/functions.ts';
import { readName } from '../lambda/names.ts';
import { mayInvoke } from '../lambda/resource-policy.ts';
import { AwsError } from '../service.ts';
import { type Exchange, MappingFailure, refuse } from './exchange.ts';

interface Invoked {
  payload: Buffer;
  failed: boolean;
}

/** Invokes the integration's function, within the integration's time limit; an answer instead where that fails. */
export async function invoke(
  exchange: Exchange,
  integration: Integration,
  payload: Buffer,
): Promise<Invoked | PlainResponse> {
  const { engine, region, apiId, stage, httpMethod, resourcePath } = exchange;
  // Any other verb asks for another of Lambda's operations, which API Gateway has no permission for.
  const arn = integration.httpMethod === 'POST' ? functionOf(exchange, integration) : undefined;
  const called = arn === undefined ? undefined : findQualified(engine, region, arn);
  const sourceArn = `arn:aws:execute-api:${region}:${engine.accountId}:${apiId}/${stage}/${httpMethod}${resourcePath}`;
  if (arn === undefined || !called || !mayInvoke(called, { principal: 'apigateway.amazonaws.com', sourceArn })) {
    exchange.log(
      'Execution failed due to configuration error: Invalid permissions on Lambda function. Check logs for details',
    );
    return refuse(exchange, 'configuration');
  }
  const ended = exchange.trace.integration(called.arn);
  const { name: functionName, qualifier } = readName(arn);
  try {
    const limitMs = integration.timeoutInMillis ?? 29_000;
    const invoking = engine.functions.invoke({
      region,
      functionName,
      qualifier,
      payload,
      traceHeader: exchange.trace.header,
    });
    const result = await within(invoking, limitMs);
    ended(result === 'timeout' ? 504 : 200);
    if (result === 'timeout') return refuse(exchange, 'timeout');
    const { payload: answer } = result;
    return {
      payload: Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength),
      failed: result.functionError !== undefined,
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    ended(error.code === 'TooManyRequestsException' ? 429 : 400);
    exchange.log(`Execution failed: ${error.code}`);
    switch (error.code) {
      case 'InvalidRequestContentException':
        return refuse(exchange, 'bad-body', error.message);
      case 'RequestEntityTooLargeException':
        return refuse(exchange, 'too-long');
      case 'TooManyRequestsException':
        return refuse(exchange, 'throttled');
      default:
        return refuse(exchange, 'configuration');
    }
  }
}

/** The ARN in the integration's URI, which may be made of stage variables. Throws MappingFailure. */
function functionOf({ input }: Exchange, integration: Integration): string {
  const { uri = '' } = integration;
  const known = fixedArns.get(integration);
  if (known?.uri === uri) return known.arn;
  const filled = uri.replaceAll(
    /\$\{stageVariables\.(\w+)\}/g,
    (_whole, name: string) => ownMember(input().stageVariables, name) ?? '',
  );
  const arn = /functions\/(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?)\/invocations$/.exec(
    filled,
  )?.[1];
  if (arn === undefined) throw new MappingFailure('configuration', 'Invalid function ARN or invalid uri');
  if (filled === uri) fixedArns.set(integration, { uri, arn });
  return arn;
}

/** Of integrations whose URI is not made of stage variables. */
const fixedArns = new WeakMap<Integration, { uri: string; arn: string }>();

/** What fails after its time is over fails unheard. */
function within<Result>(promise: Promise<Result>, limitMs: number): Promise<Result | 'timeout'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('timeout'), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

import type { Method } from '@aws-sdk/client-api-gateway';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import type { StageTrace } from '../xray/recorder.ts';
import { type GatewayError, gatewayError, type RequestIds } from './answers.ts';
import type { Deployed } from './deployed.ts';
import { newOverrides, type Overrides, type TemplateInput } from './template.ts';
import { BodyNotJson } from './template-tools.ts';

/** All values of each header and query parameter that an integration sees. */
export interface Given {
  headers: readonly (readonly [string, string])[];
  query: readonly (readonly [string, string])[];
}

/** One request on its way to what the method is integrated with. */
export interface Exchange {
  engine: Engine;
  deployed: Deployed;
  region: string;
  apiId: string;
  /** `test-invoke-stage` where the method is tested without one. */
  stage: string;
  method: Method;
  resourcePath: string;
  httpMethod: string;
  ids: RequestIds;
  body: Buffer;
  contentType: string;
  /**
   * What templates and mappings read, made when it is asked for. Not by getters: in an object literal they cost a hidden class a
   * request, which keeps the request in memory until the next full collection.
   */
  input: () => Omit<TemplateInput, 'body'>;
  /** Of the templates that were rendered; undefined: none yet. */
  overrides: Overrides | undefined;
  given: () => Given;
  path: string;
  trace: StageTrace;
  log: (line: string) => void;
}

export function refuse(exchange: Exchange, error: GatewayError, message?: string): PlainResponse {
  const own = exchange.deployed.definition.gatewayResponses;
  return gatewayError(error, exchange.ids, {
    own,
    input: exchange.input,
    ...(message !== undefined && { message }),
  });
}

/** What an integration's own settings make impossible. */
export class MappingFailure extends Error {
  readonly answer: GatewayError;

  constructor(answer: GatewayError, message: string) {
    super(message);
    this.answer = answer;
  }
}

export function render(exchange: Exchange, source: string, body: Buffer): Buffer {
  const overrides = exchange.overrides ?? newOverrides();
  exchange.overrides = overrides;
  return transformed(() =>
    Buffer.from(exchange.deployed.template(source)({ ...exchange.input(), body: body.toString() }, overrides)),
  );
}

/** What templates and mappings make of a request or an answer; where they cannot, or take too long, their author set it up so. */
export function transformed<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof BodyNotJson) {
      throw new MappingFailure('bad-body', `Could not parse request body into json: ${error.message}`);
    }
    throw new MappingFailure('configuration', `Unable to transform: ${String(error)}`);
  }
}

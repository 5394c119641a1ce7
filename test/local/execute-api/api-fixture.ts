import { request } from 'node:http';
import {
  APIGateway,
  type PutIntegrationCommandInput,
  type PutIntegrationResponseCommandInput,
  type PutMethodCommandInput,
  type PutMethodResponseCommandInput,
} from '@aws-sdk/client-api-gateway';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { startEngine, type TestEngine } from '../../start-engine.ts';

/** Does what its event says, and else answers the event. */
const source = `
exports.handler = async (event) => {
  const order = typeof event?.body === 'string' ? JSON.parse(event.body) : event;
  if (typeof order !== 'object') return event;
  if (order?.sleepMs) await new Promise((resolve) => setTimeout(resolve, order.sleepMs));
  if (order?.fail !== undefined) throw new Error(order.fail);
  if (order?.failWith !== undefined) throw order.failWith;
  return order && 'answer' in order ? order.answer : order?.proxy ? { statusCode: 200, body: JSON.stringify(event) } : event;
};`;

export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One method of an API: its path is the key. Everything that is left out is as in the tutorial. */
export interface Sketch {
  verb?: string;
  method?: Partial<PutMethodCommandInput>;
  integration?: Partial<PutIntegrationCommandInput>;
  /** By status; default: 200 alone. */
  responses?: Record<
    string,
    { method?: Partial<PutMethodResponseCommandInput>; integration?: Partial<PutIntegrationResponseCommandInput> }
  >;
}

export interface TestApi {
  restApiId: string;
  /** Paths to ids. */
  resources: Record<string, string>;
  /** Adds or completes a method; not yet deployed. */
  add(path: string, sketch: Sketch): Promise<void>;
  /** Answers the deployment's id. */
  deploy(stageName?: string): Promise<string>;
  call(path: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  stage?: string;
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface GatewayFixture {
  engine: TestEngine;
  gateway: APIGateway;
  lambda: Lambda;
  iam: IAM;
  roleArn: string;
  /** Of the function that does as it is told. */
  functionArn: string;
  uriOf(functionArn: string): string;
  createFunction(name: string, options?: { source?: string; permitted?: boolean }): Promise<string>;
  /** An API with these methods, deployed to `prod`. */
  makeApi(methods: Record<string, Sketch>): Promise<TestApi>;
}

export async function startGateway(
  options: { clock?: () => number; dataDir?: string; scale?: number } = {},
): Promise<GatewayFixture> {
  const engine = await startEngine({ ...options, log: () => undefined });
  const config = { ...engine.clientConfig, maxAttempts: 1 };
  const [gateway, lambda, iam] = [new APIGateway(config), new Lambda(config), new IAM(config)];
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role } = await iam.createRole({ RoleName: 'function', AssumeRolePolicyDocument: document });
  const roleArn = Role?.Arn ?? '';

  const uriOf = (arn: string) => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

  async function createFunction(FunctionName: string, given: { source?: string; permitted?: boolean } = {}) {
    const ZipFile = zipSync({ 'index.js': Buffer.from(given.source ?? source) });
    const made = await lambda.createFunction({
      FunctionName,
      Role: roleArn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile },
    });
    if (given.permitted !== false) {
      await lambda.addPermission({
        FunctionName,
        StatementId: 'gateway',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      });
    }
    return made.FunctionArn ?? '';
  }

  const functionArn = await createFunction('obedient');

  async function makeApi(methods: Record<string, Sketch>): Promise<TestApi> {
    const { id: restApiId = '', rootResourceId = '' } = await gateway.createRestApi({ name: 'test' });
    const resources: Record<string, string> = { '/': rootResourceId };

    async function resourceAt(path: string): Promise<string> {
      const known = resources[path];
      if (known !== undefined) return known;
      const parentId = await resourceAt(path.slice(0, path.lastIndexOf('/')) || '/');
      const pathPart = path.slice(path.lastIndexOf('/') + 1);
      const { id = '' } = await gateway.createResource({ restApiId, parentId, pathPart });
      resources[path] = id;
      return id;
    }

    const api: TestApi = {
      restApiId,
      resources,
      async add(path, sketch) {
        const httpMethod = sketch.verb ?? 'POST';
        const address = { restApiId, resourceId: await resourceAt(path), httpMethod };
        await gateway.putMethod({ ...address, authorizationType: 'NONE', ...sketch.method });
        const type = sketch.integration?.type ?? 'AWS';
        const toFunction = type === 'MOCK' ? {} : { integrationHttpMethod: 'POST', uri: uriOf(functionArn) };
        await gateway.putIntegration({ ...address, type, ...toFunction, ...sketch.integration });
        for (const [statusCode, response] of Object.entries(sketch.responses ?? { 200: {} })) {
          await gateway.putMethodResponse({ ...address, statusCode, ...response.method });
          await gateway.putIntegrationResponse({ ...address, statusCode, ...response.integration });
        }
      },
      async deploy(stageName = 'prod') {
        const { id = '' } = await gateway.createDeployment({ restApiId, stageName });
        return id;
      },
      call: (path, { stage = 'prod', ...rest } = {}) =>
        send(`${engine.endpoint}/_aws/execute-api/${restApiId}/${stage}${path}`, rest),
    };
    for (const [path, sketch] of Object.entries(methods)) await api.add(path, sketch);
    await api.deploy();
    return api;
  }

  return { engine, gateway, lambda, iam, roleArn, functionArn, uriOf, createFunction, makeApi };
}

/** Plain HTTP that adds no header of its own but Host and the body's length. */
export function send(url: string, { method = 'POST', headers = {}, body = '' }: CallOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { 'content-length': Buffer.byteLength(body), ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

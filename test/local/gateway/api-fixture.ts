import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { APIGateway, type PutIntegrationRequest } from '@aws-sdk/client-api-gateway';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { startEngine, type TestEngine } from '../../start-engine.ts';

/** Answers with what it got, or does what the event asks for. */
const source = `exports.handler = async (event) => {
  if (event.requestContext && event.body) {
    const { proxy } = JSON.parse(event.body);
    return typeof proxy === 'object' ? { body: JSON.stringify(event), ...proxy } : proxy;
  }
  if (event.fail !== undefined) throw new Error(event.fail);
  if (event.answer !== undefined) return event.answer;
  if (event.waitMs !== undefined) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
  return { got: event };
};`;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface ApiFixture {
  engine: TestEngine;
  gateway: APIGateway;
  lambda: Lambda;
  functionArn: string;
  /** The integration's address of a function. */
  uriOf(functionArn: string): string;
  /** An API with a function behind `/thing`, deployed to `prod`. */
  deploy(shape?: ApiShape): Promise<Deployed>;
  stop(): Promise<void>;
}

export interface ApiShape {
  httpMethod?: string;
  pathPart?: string;
  integration?: Partial<PutIntegrationRequest>;
  /** By status: what chooses it, and how the answer is shaped; default: 200 for everything. */
  answers?: Record<string, { pattern?: string; templates?: Record<string, string>; headers?: Record<string, string> }>;
  /** Statuses whose method response is deleted again. */
  undeclared?: string[];
}

export interface Deployed {
  restApiId: string;
  resourceId: string;
  /** For calls of the control plane about the method. */
  method: { restApiId: string; resourceId: string; httpMethod: string };
  send(options?: {
    method?: string;
    path?: string;
    stage?: string;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  }): Promise<Answer>;
}

export async function startApi(): Promise<ApiFixture> {
  const engine = await startEngine();
  const config = engine.clientConfig;
  const [iam, lambda, gateway] = [new IAM(config), new Lambda(config), new APIGateway(config)];
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role: role } = await iam.createRole({ RoleName: 'runs', AssumeRolePolicyDocument: document });
  const { FunctionArn: functionArn = '' } = await lambda.createFunction({
    FunctionName: 'echo',
    Role: role?.Arn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: zipSync({ 'index.js': Buffer.from(source) }) },
  });
  await lambda.addPermission({
    FunctionName: 'echo',
    StatementId: 'gateway',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  });
  const uriOf = (arn: string) => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

  async function deploy(shape: ApiShape = {}): Promise<Deployed> {
    const { httpMethod = 'POST', pathPart = 'thing', integration = {}, answers = { 200: {} }, undeclared = [] } = shape;
    const { id: restApiId = '' } = await gateway.createRestApi({ name: 'demo' });
    const { items: [root] = [] } = await gateway.getResources({ restApiId });
    const { id: resourceId = '' } = await gateway.createResource({ restApiId, parentId: root?.id, pathPart });
    const method = { restApiId, resourceId, httpMethod };
    await gateway.putMethod({ ...method, authorizationType: 'NONE' });
    const usual = { type: 'AWS', integrationHttpMethod: 'POST', uri: uriOf(functionArn) } as const;
    await gateway.putIntegration({ ...method, ...usual, ...integration });
    for (const [statusCode, { pattern, templates, headers = {} }] of Object.entries(answers)) {
      const named = (place: string) =>
        Object.fromEntries(Object.keys(headers).map((name) => [`${place}.response.header.${name}`, true]));
      await gateway.putMethodResponse({ ...method, statusCode, responseParameters: named('method') });
      const responseParameters = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]),
      );
      await gateway.putIntegrationResponse({
        ...method,
        statusCode,
        ...(pattern !== undefined && { selectionPattern: pattern }),
        ...(templates && { responseTemplates: templates }),
        responseParameters,
      });
    }
    for (const statusCode of undeclared) await gateway.deleteMethodResponse({ ...method, statusCode });
    await gateway.createDeployment({ restApiId, stageName: 'prod' });
    return {
      restApiId,
      resourceId,
      method,
      send({ method: verb = httpMethod, path = `/${pathPart}`, stage = 'prod', headers = {}, body = '' } = {}) {
        const { hostname: host, port } = new URL(engine.endpoint);
        const options = { host, port, method: verb, path: `/_aws/execute-api/${restApiId}/${stage}${path}`, headers };
        return new Promise((resolve, reject) => {
          const sent = httpRequest(options, (answer) => {
            const { statusCode: status = 0, headers: got } = answer;
            text(answer).then((content) => resolve({ status, headers: got, body: content }), reject);
          });
          sent.on('error', reject);
          sent.end(body);
        });
      },
    };
  }

  return { engine, gateway, lambda, functionArn, uriOf, deploy, stop: () => engine.stop() };
}

import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { startEngine, type TestEngine } from '../../start-engine.ts';

export const zip = (files: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

export interface LambdaFixture {
  engine: TestEngine;
  lambda: LambdaClient;
  roleArn: string;
  create(
    name: string,
    files: string | Record<string, string>,
    input?: Partial<CreateFunctionCommandInput>,
  ): Promise<void>;
  /** Answers the parsed payload, the kind of error, and the log tail. */
  invoke(name: string, payload?: string): Promise<{ payload: unknown; error: string | undefined; log: string }>;
}

export async function startLambda(
  options: {
    scale?: number;
    dataDir?: string;
    clock?: () => number;
    log?: (line: string) => void;
    initLimitMs?: number;
  } = {},
): Promise<LambdaFixture> {
  const engine = await startEngine({ log: () => undefined, ...options });
  const { Role } = await new IAMClient(engine.clientConfig).send(
    new CreateRoleCommand({
      RoleName: 'role',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    }),
  );
  const lambda = new LambdaClient({ ...engine.clientConfig, maxAttempts: 1 });
  const roleArn = Role?.Arn ?? '';
  return {
    engine,
    lambda,
    roleArn,
    async create(FunctionName, files, input = {}) {
      const ZipFile = zip(typeof files === 'string' ? { 'index.js': files } : files);
      const base = { FunctionName, Role: roleArn, Runtime: 'nodejs22.x' as const, Handler: 'index.handler' };
      await lambda.send(new CreateFunctionCommand({ ...base, Code: { ZipFile }, ...input }));
    },
    async invoke(FunctionName, payload = '{}') {
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: payload, LogType: 'Tail' }));
      return {
        payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
        error: answer.FunctionError,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
      };
    },
  };
}

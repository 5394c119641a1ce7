import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolRecord } from '../../src/local/cognito/records.ts';
import { isRevoked, revoke } from '../../src/local/cognito/revocations.ts';
import type { Engine } from '../../src/local/engine.ts';
import { createSimulation } from '../../src/local/simulation/simulation.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { onDemandTable } from './dynamodb/table.ts';
import { zip } from './lambda/function.ts';

/** A machine's clock is put back: what was made just before is not in the making until the clock is there again. */

/** Less than what a signature's time may differ by, twice. */
const stepMs = 6 * 60_000;
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

describe.each([0, 0.001])('at the scale %d', (scale) => {
  let engine: TestEngine;
  let backMs = 0;
  beforeAll(async () => {
    engine = await startEngine({ scale, clock: () => Date.now() - backMs });
  });
  afterAll(() => engine?.stop());
  const config = () => engine.clientConfig;

  /** What is done before the clock is put back, and what is read then. */
  async function over<Made>(make: () => Promise<Made>, read: (made: Made) => Promise<unknown>): Promise<unknown> {
    backMs = 0;
    const made = await make();
    backMs = stepMs;
    return read(made);
  }

  it('a function of a new role is active, and runs', async () => {
    const state = await over(
      async () => {
        const { Role } = await new IAM(config()).createRole({ RoleName: 'r', AssumeRolePolicyDocument: trust });
        return Role?.Arn;
      },
      async (Role) => {
        backMs = 0;
        await expect
          .poll(() =>
            new Lambda(config())
              .createFunction({
                FunctionName: 'f',
                Role,
                Runtime: 'nodejs22.x',
                Handler: 'index.handler',
                Code: { ZipFile: zip({ 'index.js': 'exports.handler = async () => 1;' }) },
              })
              .then(
                () => 'made',
                (error: Error) => error.message,
              ),
          )
          .toBe('made');
        backMs = stepMs;
        const lambda = new Lambda(config());
        const { Payload } = await lambda.invoke({ FunctionName: 'f' });
        const updated = await lambda.updateFunctionConfiguration({ FunctionName: 'f', MemorySize: 256 });
        backMs = 2 * stepMs;
        const later = await new Lambda(config()).getFunctionConfiguration({ FunctionName: 'f' });
        return [String(Buffer.from(Payload ?? [])), updated.State, later.LastUpdateStatus];
      },
    );
    expect(state).toEqual(['1', 'Active', 'Successful']);
  });

  it('a role can be assumed', async () => {
    const role = async () =>
      (await new IAM(config()).createRole({ RoleName: 'again', AssumeRolePolicyDocument: trust })).Role?.Arn;
    const made = await over(role, (Role) =>
      new Lambda(config()).createFunction({
        FunctionName: 'g',
        Role,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: zip({ 'index.js': 'x' }) },
      }),
    );
    expect(made).toMatchObject({ FunctionName: 'g' });
  });

  it('a table is active and listed, and one that was deleted is gone', async () => {
    const described = await over(
      () => new DynamoDB(config()).createTable(onDemandTable('made')),
      async () => {
        const db = new DynamoDB(config());
        await db.putItem({ TableName: 'made', Item: { id: { S: 'x' } } });
        return [
          (await db.describeTable({ TableName: 'made' })).Table?.TableStatus,
          (await db.listTables({})).TableNames,
        ];
      },
    );
    expect(described).toEqual(['ACTIVE', ['made']]);
    const left = await over(
      async () => {
        const db = new DynamoDB(config());
        await expect
          .poll(async () => (await db.describeTable({ TableName: 'made' })).Table?.TableStatus)
          .toBe('ACTIVE');
        await db.deleteTable({ TableName: 'made' });
      },
      async () => (await new DynamoDB(config()).listTables({})).TableNames,
    );
    expect(left).toEqual([]);
  });

  it('a domain is active, and what was logged shows', async () => {
    const status = await over(
      async () => {
        const cognito = new CognitoIdentityProvider(config());
        const { UserPool } = await cognito.createUserPool({ PoolName: 'p' });
        await cognito.createUserPoolDomain({ UserPoolId: UserPool?.Id, Domain: 'put-back' });
      },
      async () =>
        (await new CognitoIdentityProvider(config()).describeUserPoolDomain({ Domain: 'put-back' })).DomainDescription
          ?.Status,
    );
    expect(status).toBe('ACTIVE');
  });

  it('a stage serves', async () => {
    const answered = await over(
      async () => {
        const gateway = new APIGateway(config());
        const { id: restApiId, rootResourceId: resourceId } = await gateway.createRestApi({ name: 'a' });
        const method = { restApiId, resourceId, httpMethod: 'GET' };
        await gateway.putMethod({ ...method, authorizationType: 'NONE' });
        const requestTemplates = { 'application/json': '{"statusCode": 200}' };
        await gateway.putIntegration({ ...method, type: 'MOCK', requestTemplates });
        await gateway.putMethodResponse({ ...method, statusCode: '200' });
        await gateway.putIntegrationResponse({ ...method, statusCode: '200' });
        await gateway.createDeployment({ restApiId, stageName: 's' });
        return restApiId;
      },
      async (id) => (await fetch(`${engine.endpoint}/_aws/execute-api/${id}/s/`)).status,
    );
    expect(answered).toBe(200);
  });
});

it('what was logged before shows where nothing is simulated', async () => {
  let backMs = 0;
  const engine = await startEngine({ clock: () => Date.now() - backMs });
  try {
    const logs = () => new CloudWatchLogs(engine.clientConfig);
    const at = { logGroupName: 'g', logStreamName: 's' };
    await logs().createLogGroup(at);
    await logs().createLogStream(at);
    await logs().putLogEvents({ ...at, logEvents: [{ timestamp: Date.now() - 2 * stepMs, message: 'before' }] });
    backMs = stepMs;
    expect((await logs().filterLogEvents(at)).events?.map(({ message }) => message)).toEqual(['before']);
  } finally {
    await engine.stop();
  }
});

it('what was revoked stays so, and what is to be is so no later than a minute from now', async () => {
  let nowMs = 1_000_000_000;
  const kept = new Map<string, object>();
  const collection = {
    get: (key: string) => kept.get(key),
    put: async (key: string, value: object) => kept.set(key, value),
    keys: () => [...kept.keys()],
  };
  const engine = { clock: () => nowMs, store: { collection: () => collection } } as unknown as Engine;
  const pool = { id: 'p' } as PoolRecord;
  const untilMs = nowMs + 30 * 86_400_000;
  await revoke(engine, pool, { id: 'at once', untilMs });
  await revoke(engine, pool, { id: 'soon', untilMs, fromMs: nowMs + 60_000 });
  const revoked = () => ['at once', 'soon', 'never'].map((id) => isRevoked(engine, pool, id));
  expect(revoked()).toEqual([true, false, false]);
  nowMs -= 30_000;
  expect(revoked()).toEqual([true, true, false]);
  nowMs += 90_000;
  expect(revoked()).toEqual([true, true, false]);
});

it('a state lasts as long as it is to, and a little longer where the clock is put back a little', () => {
  let nowMs = 1_000_000;
  const { lasts, delayMs } = createSimulation({ scale: 1, clock: () => nowMs, sleep: async () => undefined });
  const untilMs = nowMs + delayMs('lambda.pending');
  const at = (ms: number) => {
    nowMs = ms;
    return lasts('lambda.pending', untilMs);
  };
  expect([at(untilMs - 1_000), at(untilMs - 1), at(untilMs), at(untilMs + 1)]).toEqual([true, true, false, false]);
  expect([at(untilMs - 2_000), at(untilMs - 2_001), at(0)]).toEqual([true, false, false]);
});

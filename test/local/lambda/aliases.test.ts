import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { refusal } from '../refusal.ts';
import { type LambdaFixture, startLambda } from './function.ts';

/** Aliases: which version they run, and what they have for themselves. */

let fixture: LambdaFixture;
let lambda: Lambda;
const engineLog: string[] = [];
beforeAll(async () => {
  fixture = await startLambda({ log: (line) => engineLog.push(line) });
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => fixture?.engine.stop());

let made = 0;
let FunctionName: string;
/** A function with the versions 1 and 2, and an alias of 1. */
beforeEach(async () => {
  made += 1;
  FunctionName = `aliased-${made}`;
  const source = `exports.handler = async (event, context) => {
    if (event.fails) throw new Error('as told');
    return [context.functionVersion, context.invokedFunctionArn];
  };`;
  await fixture.create(FunctionName, source, { Publish: true });
  await lambda.updateFunctionConfiguration({ FunctionName, Description: 'two' });
  await lambda.publishVersion({ FunctionName });
  await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' });
});

const arn = () => `arn:aws:lambda:us-east-1:000000000000:function:${FunctionName}`;
const run = async (Qualifier: string, by = lambda) => {
  const { Payload, ExecutedVersion } = await by.invoke({ FunctionName, Qualifier });
  const [version, invoked] = JSON.parse(Buffer.from(Payload ?? []).toString()) as string[];
  expect(ExecutedVersion).toBe(version);
  expect(invoked).toBe(`${arn()}:${Qualifier}`);
  return version;
};
const weights = (AdditionalVersionWeights: Record<string, number>) => ({ RoutingConfig: { AdditionalVersionWeights } });

describe('an alias', () => {
  it('runs the version that it stands for, and another when it is moved', async () => {
    expect(await run('live')).toBe('1');
    await lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '2' });
    expect(await run('live')).toBe('2');
    await lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '$LATEST' });
    expect(await run('live')).toBe('$LATEST');
    expect(await lambda.getFunctionConfiguration({ FunctionName, Qualifier: 'live' })).toMatchObject({
      FunctionArn: `${arn()}:live`,
      Version: '$LATEST',
    });
    await lambda.deleteAlias({ FunctionName, Name: 'live' });
    expect((await refusal(run('live'))).message).toBe(`Function not found: ${arn()}:live`);
  });

  it('shares invocations out between two versions by their weight', async () => {
    const ran = async (weight: number, times: number) => {
      await lambda.updateAlias({ FunctionName, Name: 'live', ...weights({ 2: weight }) });
      return new Set(await Promise.all(Array.from({ length: times }, () => run('live'))));
    };
    expect(await ran(0, 20)).toEqual(new Set(['1']));
    expect(await ran(1, 20)).toEqual(new Set(['2']));
    // Both of them, but once in 2^79 times.
    expect(await ran(0.5, 80)).toEqual(new Set(['1', '2']));
    await lambda.updateAlias({ FunctionName, Name: 'live', ...weights({}) });
    expect(await lambda.getAlias({ FunctionName, Name: 'live' })).not.toHaveProperty('RoutingConfig');
  });

  it('is checked as it would be after an update, and stays as it was when that is refused', async () => {
    await lambda.updateAlias({ FunctionName, Name: 'live', ...weights({ 2: 0.25 }) });
    const update = (input: object) => refusal(lambda.updateAlias({ FunctionName, Name: 'live', ...input }));
    expect((await update({ FunctionVersion: '2' })).message).toBe(
      'Invalid function version 2. Function version 2 is already included in routing configuration.',
    );
    expect((await update({ FunctionVersion: '$LATEST' })).message).toMatch(/^\$LATEST is not supported for an alias/);
    expect(await update({ FunctionVersion: '7', ...weights({}) })).toEqual({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn()}:7`,
      status: 404,
    });
    expect((await update(weights({ 7: 0.5 }))).message).toBe(`Function not found: ${arn()}:7`);
    expect((await update(weights({ 1: 0.5 }))).name).toBe('InvalidParameterValueException');
    expect((await update(weights({ 2: 1.5 }))).name).toBe('ValidationException');
    const { FunctionVersion, RoutingConfig } = await lambda.getAlias({ FunctionName, Name: 'live' });
    expect({ FunctionVersion, RoutingConfig }).toEqual({ FunctionVersion: '1', ...weights({ 2: 0.25 }) });
  });

  it('keeps what an update does not say, and has a new revision each time', async () => {
    const update = (input: object) => lambda.updateAlias({ FunctionName, Name: 'live', ...input });
    const one = await update({ Description: 'd', ...weights({ 2: 0.5 }) });
    const two = await update({ RevisionId: one.RevisionId });
    expect(two).toMatchObject({ Description: 'd', FunctionVersion: '1', ...weights({ 2: 0.5 }) });
    expect(two.RevisionId).not.toBe(one.RevisionId);
    expect(await refusal(update({ RevisionId: one.RevisionId }))).toMatchObject({ status: 412 });
  });

  it('is listed by pages, and by the versions that it leads to', async () => {
    await lambda.createAlias({ FunctionName, Name: 'a', FunctionVersion: '2' });
    await lambda.createAlias({ FunctionName, Name: 'b', FunctionVersion: '1', ...weights({ 2: 0.1 }) });
    const names = async (input: object = {}) => {
      const { Aliases = [], NextMarker } = await lambda.listAliases({ FunctionName, ...input });
      return { names: Aliases.map(({ Name }) => Name), NextMarker };
    };
    const { NextMarker, names: first } = await names({ MaxItems: 2 });
    expect(first).toEqual(['a', 'b']);
    expect(await names({ MaxItems: 2, Marker: NextMarker })).toEqual({ names: ['live'], NextMarker: undefined });
    expect((await names({ FunctionVersion: '1' })).names).toEqual(['b', 'live']);
    expect((await names({ FunctionVersion: '2' })).names).toEqual(['a', 'b']);
    expect((await refusal(lambda.listAliases({ FunctionName: 'absent' }))).name).toBe('ResourceNotFoundException');
  });

  it('of a name that is taken, that is a number or too long is refused', async () => {
    const create = (Name: string) => refusal(lambda.createAlias({ FunctionName, Name, FunctionVersion: '1' }));
    expect(await create('live')).toMatchObject({ name: 'ResourceConflictException', status: 409 });
    for (const name of ['7', 'a b', 'x'.repeat(129)]) {
      expect([name, (await create(name)).name]).toEqual([name, 'ValidationException']);
    }
  });
});

describe('what versions and aliases have for themselves', () => {
  it('is a policy, which lets call that very name', async () => {
    const iam = new IAM(fixture.engine.clientConfig);
    const role = `caller-${made}`;
    const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
    const trust = { Effect: 'Allow', Principal: { AWS: '000000000000' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.createRole({ RoleName: role, AssumeRolePolicyDocument: document(trust) });
    const RoleArn = Role?.Arn ?? '';
    const { Credentials } = await new STS(fixture.engine.clientConfig).assumeRole({
      RoleArn,
      RoleSessionName: 'session',
    });
    const caller = new Lambda({
      ...fixture.engine.clientConfig,
      maxAttempts: 1,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    const qualifiers = ['live', '1', '2', undefined];
    const allowed = async () => {
      const open: (string | undefined)[] = [];
      for (const Qualifier of qualifiers) {
        const call = caller.invoke({ FunctionName, ...(Qualifier && { Qualifier }) });
        await call.then(
          () => open.push(Qualifier),
          (error: Error) => expect(error.name).toBe('AccessDeniedException'),
        );
      }
      return open;
    };
    expect(await allowed()).toEqual([]);

    const permission = { FunctionName, StatementId: 's', Action: 'lambda:InvokeFunction', Principal: RoleArn };
    const { Statement = '{}' } = await lambda.addPermission({ ...permission, Qualifier: 'live' });
    expect(JSON.parse(Statement).Resource).toBe(`${arn()}:live`);
    expect(await allowed()).toEqual(['live']);
    await lambda.addPermission({ ...permission, FunctionName: `${FunctionName}:2` });
    expect(await allowed()).toEqual(['live', '2']);
    await lambda.removePermission({ FunctionName, Qualifier: 'live', StatementId: 's' });
    await lambda.addPermission(permission);
    expect(await allowed()).toEqual(['2', undefined]);
    await lambda.removePermission({ FunctionName, StatementId: 's' });
    await lambda.removePermission({ FunctionName, Qualifier: '2', StatementId: 's' });

    // What the caller's own policies allow is on that name, too: aws/aws-cdk#19273.
    const allow = (Resource: string) =>
      iam.putRolePolicy({
        RoleName: role,
        PolicyName: 'p',
        PolicyDocument: document({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }),
      });
    await allow(arn());
    expect(await allowed()).toEqual([undefined]);
    await allow(`${arn()}:*`);
    expect(await allowed()).toEqual(['live', '1', '2']);
    await allow(`${arn()}:1`);
    expect(await allowed()).toEqual(['1']);
  });

  it('is how often events are tried', async () => {
    const lasting = (Qualifier: string) =>
      lambda.invoke({ FunctionName, Qualifier, InvocationType: 'Event', Payload: '{"fails":true}' });
    await lambda.putFunctionEventInvokeConfig({ FunctionName, Qualifier: 'live', MaximumRetryAttempts: 0 });
    await lambda.putFunctionEventInvokeConfig({ FunctionName, Qualifier: '2', MaximumRetryAttempts: 1 });
    const dropped = () => engineLog.filter((line) => line.includes(`for ${FunctionName} is dropped`));
    await lasting('live');
    await eventually(() => expect(dropped()).toHaveLength(1));
    expect(dropped()).toEqual([expect.stringContaining('failed 1 times')]);
    await lasting('2');
    await eventually(() => expect(dropped()).toHaveLength(2));
    expect(dropped()[1]).toContain('failed 2 times');
    await lambda.deleteAlias({ FunctionName, Name: 'live' });
    await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' });
    const { FunctionEventInvokeConfigs = [] } = await lambda.listFunctionEventInvokeConfigs({ FunctionName });
    expect(FunctionEventInvokeConfigs.map(({ FunctionArn }) => FunctionArn)).toEqual([`${arn()}:2`]);
  });

  it('is no concurrency: they share what their function has reserved', async () => {
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 1 });
    // Not by a request each: the second comes while the first runs, however slow the machine is.
    const call = (qualifier: string) =>
      fixture.engine.engine.functions.invoke({
        region: 'us-east-1',
        functionName: FunctionName,
        qualifier,
        payload: Buffer.from('{}'),
      });
    const [first, second, third] = await Promise.allSettled([call('1'), call('2'), call('live')]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { version: '1' } });
    const refused = { status: 'rejected', reason: { code: 'TooManyRequestsException' } };
    expect([second, third]).toMatchObject([refused, refused]);
    expect(await run('2')).toBe('2');
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
    expect((await refusal(run('live'))).name).toBe('TooManyRequestsException');
  });

  it('is no concurrency: what a change finds running counts on, and what a deleted version runs', async () => {
    const name = `${FunctionName}-busy`;
    // It runs until the engine ends.
    const code = 'exports.handler = async ({ stays }) => stays && new Promise(() => setInterval(() => {}, 1000));';
    await fixture.create(name, code, { Publish: true, Timeout: 900 });
    const call = (payload: object, qualifier?: string) =>
      fixture.engine.engine.functions.invoke({
        region: 'us-east-1',
        functionName: name,
        qualifier,
        payload: Buffer.from(JSON.stringify(payload)),
      });
    const limit = (ReservedConcurrentExecutions: number) =>
      lambda.putFunctionConcurrency({ FunctionName: name, ReservedConcurrentExecutions });
    const refused = { code: 'TooManyRequestsException' };
    await limit(1);
    call({ stays: true }).catch(() => undefined);
    await lambda.updateFunctionConfiguration({ FunctionName: name, MemorySize: 256 });
    await expect(call({})).rejects.toMatchObject(refused);
    await limit(2);
    expect(await call({})).toMatchObject({ version: '$LATEST', functionError: undefined });
    call({ stays: true }, '1').catch(() => undefined);
    await lambda.deleteFunction({ FunctionName: name, Qualifier: '1' });
    await expect(call({})).rejects.toMatchObject(refused);
    await limit(3);
    // Again and again: what has ended does not count.
    for (let round = 0; round < 3; round += 1) {
      await lambda.updateFunctionConfiguration({ FunctionName: name, Timeout: 10 + round });
      expect(await call({})).toMatchObject({ version: '$LATEST', functionError: undefined });
    }
  });
});

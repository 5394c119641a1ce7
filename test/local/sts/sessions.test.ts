import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { type AssumeRoleCommandInput, type Credentials, STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';

/** Sessions of roles and of the owner, by STS. */

const account = '000000000000';
const arnOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const both = ['sts:AssumeRole', 'sts:TagSession'];
const trust = (Principal: unknown, more: object = {}) => ({ Effect: 'Allow', Principal, Action: both, ...more });

let nowMs = Date.now();
let engine: TestEngine;
let iam: IAM;
let sts: STS;
beforeAll(async () => {
  engine = await startEngine({ clock: () => nowMs });
  [iam, sts] = [new IAM(engine.clientConfig), new STS({ ...engine.clientConfig, maxAttempts: 1 })];
  const own = { AWS: account };
  await role('reader', [trust(own)], { Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' });
  await role('first', [trust(own)], { Effect: 'Allow', Action: both, Resource: arnOf('second') });
  await role('second', [trust({ AWS: `arn:aws:iam::${account}:root` })]);
  await role('third', [trust(own)]);
  await role('of first', [trust({ AWS: [arnOf('first')] })]);
  await role('of lambda', [trust({ Service: 'lambda.amazonaws.com' })]);
  await role('external', [trust(own, { Condition: { StringEquals: { 'sts:ExternalId': 'known' } } })]);
  await role('by factor', [trust(own, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })]);
  await role('denied', [trust('*'), { Effect: 'Deny', Principal: own, Action: 'sts:*' }]);
  await role('untagged', [trust(own, { Action: 'sts:AssumeRole' })]);
});
afterAll(() => engine?.stop());

async function role(name: string, trusting: object[], allowed?: object): Promise<void> {
  const RoleName = name.replaceAll(' ', '-');
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: document(...trusting) });
  if (allowed) await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: document(allowed) });
}

const assume = (name: string, more: Partial<AssumeRoleCommandInput> = {}, client = sts) =>
  client.assumeRole({ RoleArn: arnOf(name.replaceAll(' ', '-')), RoleSessionName: 'session', ...more });

const configOf = (given: Credentials | undefined) => ({
  ...engine.clientConfig,
  maxAttempts: 1,
  credentials: {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  },
});

/** What holds after some time, for clients whose clocks went on as the engine's. */
async function later(ms: number, check: (systemClockOffset: number) => Promise<void>): Promise<void> {
  nowMs += ms;
  await check(ms);
  nowMs -= ms;
}

async function sessionOf(name: string, more: Partial<AssumeRoleCommandInput> = {}) {
  return configOf((await assume(name, more)).Credentials);
}

describe('AssumeRole', () => {
  it('gives a session with the rights of the role, for as long as was asked', async () => {
    const { AssumedRoleUser, Credentials: given } = await assume('reader', { DurationSeconds: 900 });
    const { Role } = await iam.getRole({ RoleName: 'reader' });
    expect(AssumedRoleUser).toEqual({
      Arn: `arn:aws:sts::${account}:assumed-role/reader/session`,
      AssumedRoleId: `${Role?.RoleId}:session`,
    });
    expect(given?.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
    expect(given?.Expiration?.getTime()).toBe(nowMs + 900_000);
    const config = configOf(given);
    const [own, tables] = [new STS(config), new DynamoDB(config)];
    expect(await own.getCallerIdentity({})).toMatchObject({
      Account: account,
      Arn: AssumedRoleUser?.Arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
    expect((await tables.listTables({})).TableNames).toEqual([]);
    expect((await refusal(tables.describeLimits({}))).name).toBe('AccessDeniedException');
    expect(await refusal(new IAM(config).listRoles({}))).toMatchObject({ name: 'AccessDenied', status: 403 });
    await later(901_000, async (systemClockOffset) => {
      const expired = new DynamoDB({ ...config, systemClockOffset });
      expect((await refusal(expired.listTables({}))).name).toBe('UnrecognizedClientException');
    });
  });

  it.each([
    ['none', {}],
    ['of lambda', {}],
    ['of first', {}],
    ['denied', {}],
    ['by factor', {}],
    ['external', {}],
    ['external', { ExternalId: 'guessed' }],
    ['untagged', { Tags: [{ Key: 'a', Value: '1' }] }],
  ] as [string, Partial<AssumeRoleCommandInput>][])('is denied: %s %j', async (name, more) => {
    const { status, ...denied } = await refusal(assume(name, more));
    expect(denied.name).toBe('AccessDenied');
    expect(denied.message).toMatch(/^User: arn:aws:iam::000000000000:root is not authorized to perform: sts:\w+ on/);
    expect(status).toBe(403);
  });

  it('takes the external ID that the role asks for', async () => {
    expect((await assume('external', { ExternalId: 'known' })).AssumedRoleUser?.Arn).toContain('/external/');
  });

  it('goes on from a session where its role may and the other one trusts it', async () => {
    const first = new STS(await sessionOf('first'));
    expect((await assume('second', {}, first)).AssumedRoleUser?.Arn).toContain('/second/');
    // Its policy names the second alone, but a role that names the caller needs no more.
    expect((await assume('of first', {}, first)).AssumedRoleUser?.Arn).toContain('/of-first/');
    expect(await refusal(assume('third', {}, first))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/^User: arn:aws:sts::\d+:assumed-role\/first\/session is not authorized/),
    });
    expect((await refusal(assume('second', { DurationSeconds: 3_601 }, first))).message).toContain('role chaining');
    const second = await assume('second', {}, first);
    expect((await refusal(assume('third', {}, new STS(configOf(second.Credentials))))).name).toBe('AccessDenied');
  });

  it('keeps transitive tags', async () => {
    const tag = (Key: string) => ({ Tags: [{ Key, Value: 'v' }] });
    const first = new STS(await sessionOf('first', { ...tag('Kept'), TransitiveTagKeys: ['Kept'] }));
    expect((await assume('second', tag('Other'), first)).AssumedRoleUser).toBeDefined();
    for (const key of ['Kept', 'kept']) {
      expect(await refusal(assume('second', tag(key), first))).toEqual({
        name: 'InvalidParameterValue',
        message:
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        status: 400,
      });
    }
  });

  it.each([
    [{ DurationSeconds: 3_601 }, 'ValidationError', 'exceeds the MaxSessionDuration set for this role'],
    [{ DurationSeconds: 899 }, 'ValidationError', "at 'durationSeconds' failed to satisfy constraint"],
    [{ Policy: '{}' }, 'ValidationError', 'session policies'],
    [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] }, 'ValidationError', 'session policies'],
    [{ SerialNumber: 'arn:aws:iam::0:mfa/x', TokenCode: '123456' }, 'ValidationError', 'multi-factor'],
    [{ SourceIdentity: 'ada' }, 'ValidationError', 'source identities'],
    [{ MinimumSessionTokenSize: 2_048 }, 'ValidationError', 'MinimumSessionTokenSize'],
  ])('refuses %j', async (more, name, message) => {
    expect(await refusal(assume('reader', more))).toMatchObject({ name, message: expect.stringContaining(message) });
  });

  it('gives nothing by a role that was deleted, nor by another that has its name', async () => {
    const trusting = [trust({ AWS: account })];
    const allowed = { Effect: 'Allow', Action: 'dynamodb:ListTables', Resource: '*' };
    await role('again', trusting, allowed);
    const before = await sessionOf('again');
    const refused = {
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    };
    expect((await new DynamoDB(before).listTables({})).TableNames).toEqual([]);
    await iam.deleteRolePolicy({ RoleName: 'again', PolicyName: 'p' });
    await iam.deleteRole({ RoleName: 'again' });
    expect(await refusal(new DynamoDB(before).listTables({}))).toMatchObject(refused);
    await role('again', trusting, allowed);
    expect(await refusal(new DynamoDB(before).listTables({}))).toMatchObject(refused);
    expect((await refusal(new STS(before).getCallerIdentity({}))).status).toBe(403);
    const after = await sessionOf('again');
    expect((await new DynamoDB(after).listTables({})).TableNames).toEqual([]);
    const { Role } = await iam.getRole({ RoleName: 'again' });
    expect((await new STS(after).getCallerIdentity({})).UserId).toBe(`${Role?.RoleId}:session`);
  });

  it('gives nothing to who alters a token', async () => {
    const config = await sessionOf('reader');
    const [payload = '', seal = ''] = config.credentials.sessionToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const { roleArn: _role, ...owner } = claims;
    for (const changed of [{ ...claims, roleArn: arnOf('first') }, owner]) {
      const sessionToken = `${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${seal}`;
      const altered = new STS({ ...config, credentials: { ...config.credentials, sessionToken } });
      expect((await refusal(altered.getCallerIdentity({}))).status).toBe(403);
    }
  });
});

describe('GetSessionToken', () => {
  it("gives the owner's rights for a time, and to nobody else", async () => {
    const { Credentials: given } = await sts.getSessionToken({ DurationSeconds: 7_200 });
    // A root user's session lasts an hour at most.
    expect(given?.Expiration?.getTime()).toBe(nowMs + 3_600_000);
    const config = configOf(given);
    expect((await new STS(config).getCallerIdentity({})).Arn).toBe(`arn:aws:iam::${account}:root`);
    expect((await new IAM(config).listRoles({})).Roles?.length).toBeGreaterThan(5);
    const message = 'Cannot call GetSessionToken with session credentials';
    for (const session of [config, await sessionOf('reader')]) {
      expect(await refusal(new STS(session).getSessionToken({}))).toEqual({
        name: 'AccessDenied',
        message,
        status: 403,
      });
    }
    await later(3_601_000, async (systemClockOffset) => {
      const expired = new STS({ ...config, systemClockOffset });
      expect((await refusal(expired.getCallerIdentity({}))).status).toBe(403);
    });
  });

  it('refuses second factors', async () => {
    const asked = sts.getSessionToken({ SerialNumber: 'arn:aws:iam::0:mfa/x', TokenCode: '123456' });
    expect((await refusal(asked)).message).toContain('multi-factor');
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InvokeCommandInput, Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { refusal } from '../refusal.ts';
import { type LambdaFixture, startLambda, zip } from './function.ts';

/** Published versions: what they keep, how they are named, and how long they are there. */

/** Tells of itself; `what`: of its code. */
const source = (what: string) => `exports.handler = async (event, context) => ({
  what: ${JSON.stringify(what)},
  variable: process.env.VARIABLE,
  version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  context: context.functionVersion,
  arn: context.invokedFunctionArn,
  stream: context.logStreamName,
  key: process.env.AWS_ACCESS_KEY_ID,
});`;
const codeOf = (what: string) => zip({ 'index.js': source(what) });

let fixture: LambdaFixture;
let lambda: Lambda;
beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => fixture?.engine.stop());

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const invoke = async (FunctionName: string, input: Partial<InvokeCommandInput> = {}, by = lambda) => {
  const answer = await by.invoke({ FunctionName, LogType: 'Tail', ...input });
  return {
    executed: answer.ExecutedVersion,
    told: JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as Record<string, string>,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
};
const versionsOf = async (FunctionName: string) =>
  ((await lambda.listVersionsByFunction({ FunctionName })).Versions ?? []).map(({ Version }) => Version);

describe('a published version', () => {
  it('keeps its code and its settings, and runs with them', async () => {
    const FunctionName = 'kept';
    await fixture.create(FunctionName, source('one'), { Environment: { Variables: { VARIABLE: 'a' } } });
    await lambda.publishVersion({ FunctionName });
    await lambda.updateFunctionConfiguration({
      FunctionName,
      Environment: { Variables: { VARIABLE: 'b' } },
      Timeout: 9,
    });
    await lambda.publishVersion({ FunctionName, Description: 'the second' });
    await lambda.updateFunctionCode({ FunctionName, ZipFile: codeOf('three') });

    const expected: [qualifier: string, what: string, variable: string][] = [
      ['1', 'one', 'a'],
      ['2', 'one', 'b'],
      ['$LATEST', 'three', 'b'],
      // Once more, now that the processes are warm.
      ['1', 'one', 'a'],
    ];
    for (const [Qualifier, what, variable] of expected) {
      const { executed, told, log } = await invoke(FunctionName, { Qualifier });
      expect(told).toMatchObject({ what, variable, version: Qualifier, context: Qualifier });
      expect(told.arn).toBe(`${arnOf(FunctionName)}:${Qualifier}`);
      expect(told.stream).toContain(`/[${Qualifier}]`);
      expect(log).toMatch(new RegExp(`^START RequestId: \\S+ Version: ${Qualifier.replace('$', '\\$')}$`, 'm'));
      expect(executed).toBe(Qualifier);
    }
    expect((await invoke(FunctionName)).executed).toBe('$LATEST');
    expect(await lambda.getFunctionConfiguration({ FunctionName, Qualifier: '1' })).toMatchObject({ Timeout: 3 });
    expect(await lambda.getFunctionConfiguration({ FunctionName, Qualifier: '2' })).toMatchObject({
      Timeout: 9,
      Description: 'the second',
    });
  });

  it('is found by its number, in an ARN and after the name', async () => {
    const FunctionName = 'named';
    await fixture.create(FunctionName, source('named'), { Publish: true });
    for (const input of [
      { FunctionName, Qualifier: '1' },
      { FunctionName: `${FunctionName}:1` },
      { FunctionName: `${arnOf(FunctionName)}:1` },
      { FunctionName: `${arnOf(FunctionName)}:1`, Qualifier: '1' },
    ]) {
      expect((await invoke(input.FunctionName, input)).told).toMatchObject({
        version: '1',
        arn: `${arnOf(FunctionName)}:1`,
      });
      const { Configuration } = await lambda.getFunction(input);
      expect(Configuration).toMatchObject({ Version: '1', FunctionArn: `${arnOf(FunctionName)}:1` });
    }
    for (const Qualifier of ['2', '01', '0', '10']) {
      expect(await refusal(lambda.invoke({ FunctionName, Qualifier }))).toEqual({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${arnOf(FunctionName)}:${Qualifier}`,
        status: 404,
      });
    }
  });

  it('is not changed: what changes functions does not find it', async () => {
    const FunctionName = 'fixed';
    await fixture.create(FunctionName, source('fixed'), { Publish: true });
    const named = { FunctionName: `${FunctionName}:1` };
    for (const change of [
      () => lambda.updateFunctionConfiguration({ ...named, Timeout: 5 }),
      () => lambda.updateFunctionCode({ ...named, ZipFile: codeOf('other') }),
      () => lambda.publishVersion(named),
      () => lambda.deleteFunctionConcurrency(named),
    ]) {
      expect((await refusal(change())).name).toBe('ResourceNotFoundException');
    }
    const concurrency = lambda.putFunctionConcurrency({ ...named, ReservedConcurrentExecutions: 1 });
    expect((await refusal(concurrency)).message).toMatch(/Aliases and versions do not support this operation/);
    expect((await refusal(lambda.tagResource({ Resource: `${arnOf(FunctionName)}:1`, Tags: { a: 'b' } }))).name).toBe(
      'InvalidParameterValueException',
    );
  });

  it('has the tags of its function, and none of its reserved concurrency', async () => {
    const FunctionName = 'tagged';
    await fixture.create(FunctionName, source('tagged'), { Publish: true, Tags: { a: 'b' } });
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 2 });
    const { Tags, Concurrency } = await lambda.getFunction({ FunctionName, Qualifier: '1' });
    expect([Tags, Concurrency]).toEqual([{ a: 'b' }, undefined]);
  });
});

describe('publishing', () => {
  it('makes no version where nothing changed since the last one, be it changed back meanwhile', async () => {
    const FunctionName = 'unchanged';
    await fixture.create(FunctionName, source('one'), { Description: 'd' });
    const publish = async (input: object = {}) => (await lambda.publishVersion({ FunctionName, ...input })).Version;
    expect(await publish({ Description: 'of the version' })).toBe('1');
    expect(await publish({ Description: 'another' })).toBe('1');
    await lambda.updateFunctionConfiguration({ FunctionName, Timeout: 8 });
    await lambda.updateFunctionConfiguration({ FunctionName, Timeout: 3 });
    await lambda.tagResource({ Resource: arnOf(FunctionName), Tags: { a: 'b' } });
    expect(await publish()).toBe('1');
    const { Description } = await lambda.getFunctionConfiguration({ FunctionName, Qualifier: '1' });
    expect(Description).toBe('of the version');
  });

  it.each<[what: string, change: (FunctionName: string) => Promise<unknown>]>([
    ['code', (FunctionName) => lambda.updateFunctionCode({ FunctionName, ZipFile: codeOf('two') })],
    ['a description', (FunctionName) => lambda.updateFunctionConfiguration({ FunctionName, Description: 'two' })],
    ['memory', (FunctionName) => lambda.updateFunctionConfiguration({ FunctionName, MemorySize: 256 })],
    ['a handler', (FunctionName) => lambda.updateFunctionConfiguration({ FunctionName, Handler: 'index.other' })],
    [
      'how it logs',
      (FunctionName) => lambda.updateFunctionConfiguration({ FunctionName, LoggingConfig: { LogFormat: 'JSON' } }),
    ],
    [
      'an architecture',
      (FunctionName) =>
        lambda.updateFunctionCode({ FunctionName, ZipFile: zip({ 'a.js': '' }), Architectures: ['arm64'] }),
    ],
  ])('makes one where %s changed', async (what, change) => {
    const FunctionName = `changed-${what.replaceAll(' ', '-')}`;
    await fixture.create(FunctionName, source('one'), { Publish: true });
    await change(FunctionName);
    expect((await lambda.publishVersion({ FunctionName })).Version).toBe('2');
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST', '1', '2']);
  });

  it('with new code answers that version; where the code is the same, the last', async () => {
    const FunctionName = 'with-code';
    await fixture.create(FunctionName, source('one'));
    const two = codeOf('two');
    const update = (input: object) => lambda.updateFunctionCode({ FunctionName, ZipFile: two, ...input });
    expect(await update({ Publish: true, DryRun: true })).toMatchObject({ Version: '$LATEST' });
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST']);
    expect(await update({ Publish: true })).toMatchObject({ Version: '1', FunctionArn: `${arnOf(FunctionName)}:1` });
    expect(await update({ Publish: true })).toMatchObject({ Version: '1' });
    expect((await invoke(FunctionName, { Qualifier: '1' })).told.what).toBe('two');
  });

  it('changes the revision of the function, and each has one of its own that stays', async () => {
    const FunctionName = 'revised';
    await fixture.create(FunctionName, source('one'));
    const revision = async (Qualifier?: string) =>
      (await lambda.getFunctionConfiguration({ FunctionName, ...(Qualifier && { Qualifier }) })).RevisionId;
    const before = await revision();
    const made = await lambda.publishVersion({ FunctionName, RevisionId: before });
    const after = await revision();
    expect(new Set([before, made.RevisionId, after]).size).toBe(3);
    expect(await lambda.publishVersion({ FunctionName })).toMatchObject({ RevisionId: made.RevisionId });
    await lambda.updateFunctionConfiguration({ FunctionName, RevisionId: after, Timeout: 7 });
    expect(await revision('1')).toBe(made.RevisionId);
    expect((await refusal(lambda.publishVersion({ FunctionName, RevisionId: after }))).status).toBe(412);
  });

  it('does not restart the processes that run', async () => {
    const FunctionName = 'warm';
    await fixture.create(FunctionName, source('one'));
    const before = (await invoke(FunctionName)).told.stream;
    await lambda.publishVersion({ FunctionName });
    expect((await invoke(FunctionName)).told.stream).toBe(before);
  });

  it('numbers each version once, of calls that meet, too', async () => {
    const FunctionName = 'numbered';
    await fixture.create(FunctionName, source('one'));
    const publish = async () => (await lambda.publishVersion({ FunctionName })).Version;
    expect(new Set(await Promise.all([publish(), publish(), publish()]))).toEqual(new Set(['1']));
    await lambda.deleteFunction({ FunctionName, Qualifier: '1' });
    // Nothing changed, but the version that was like it is gone.
    expect(await publish()).toBe('2');
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST', '2']);
  });

  it('waits for a change to be through, and its version is pending as long', async () => {
    // It stands, so that no change is through before it is asked for, however slow the machine is.
    const startMs = Date.now();
    let laterMs = 0;
    const slow = await startLambda({ scale: 1, clock: () => startMs + laterMs });
    try {
      const by = new Lambda({ ...slow.engine.clientConfig, maxAttempts: 1 });
      const FunctionName = 'slow';
      const state = async () => (await by.getFunctionConfiguration({ FunctionName, Qualifier: '1' })).State;
      laterMs = 60_000;
      await slow.create(FunctionName, source('one'));
      expect((await refusal(by.publishVersion({ FunctionName }))).message).toMatch(/in the following state: Pending$/);
      laterMs = 120_000;
      const updated = await by.updateFunctionCode({ FunctionName, ZipFile: codeOf('two'), Publish: true });
      expect([updated.State, await state()]).toEqual(['Pending', 'Pending']);
      expect(await refusal(by.publishVersion({ FunctionName }))).toMatchObject({
        name: 'ResourceConflictException',
        message: `The operation cannot be performed at this time. An update is in progress for resource: ${arnOf(FunctionName)}`,
      });
      expect((await refusal(by.invoke({ FunctionName, Qualifier: '1' }))).name).toBe('ResourceConflictException');
      laterMs = 180_000;
      expect(await state()).toBe('Active');
      expect((await invoke(FunctionName, { Qualifier: '1' }, by)).told.what).toBe('two');
    } finally {
      await slow.engine.stop();
    }
  });
});

describe('lists', () => {
  it('go through all versions in pages, the tenth after the ninth', async () => {
    const FunctionName = 'listed';
    await fixture.create(FunctionName, source('one'), { Publish: true });
    for (let n = 2; n <= 11; n++) {
      await lambda.updateFunctionConfiguration({ FunctionName, Description: String(n) });
      await lambda.publishVersion({ FunctionName });
    }
    const all = ['$LATEST', ...Array.from({ length: 11 }, (_, n) => String(n + 1))];
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    for (let pages = 0; pages < 7 && (pages === 0 || Marker); pages++) {
      const page = await lambda.listVersionsByFunction({ FunctionName, MaxItems: 2, ...(Marker && { Marker }) });
      expect(page.Versions?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Versions ?? []).map(({ Version }) => Version));
      Marker = page.NextMarker;
    }
    expect(seen).toEqual(all);
    const { Functions = [] } = await lambda.listFunctions({ FunctionVersion: 'ALL' });
    const arns = Functions.filter((each) => each.FunctionName === FunctionName).map((each) => each.FunctionArn);
    expect(arns).toEqual(all.map((version) => `${arnOf(FunctionName)}:${version}`));
    const { Functions: plain = [] } = await lambda.listFunctions({});
    expect(plain.filter((each) => each.FunctionName === FunctionName)).toMatchObject([
      { FunctionArn: arnOf(FunctionName) },
    ]);
  });
});

describe('deleting', () => {
  it('a version leaves the others; the function takes all with it', async () => {
    const FunctionName = 'deleted';
    await fixture.create(FunctionName, source('one'), { Publish: true });
    await lambda.updateFunctionConfiguration({ FunctionName, Timeout: 5 });
    await lambda.publishVersion({ FunctionName });
    await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '2' });
    const size = async () => (await lambda.getAccountSettings({})).AccountUsage?.TotalCodeSize ?? 0;
    const before = await size();
    await lambda.deleteFunction({ FunctionName: `${FunctionName}:1` });
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST', '2']);
    expect(await size()).toBeLessThan(before);
    await lambda.deleteFunction({ FunctionName });
    await fixture.create(FunctionName, source('new'));
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST']);
    expect((await lambda.listAliases({ FunctionName })).Aliases).toEqual([]);
    expect((await lambda.publishVersion({ FunctionName })).Version).toBe('1');
  });

  it('is refused while an alias leads to it', async () => {
    const FunctionName = 'in-use';
    await fixture.create(FunctionName, source('one'), { Publish: true });
    await lambda.updateFunctionConfiguration({ FunctionName, Timeout: 5 });
    await lambda.publishVersion({ FunctionName });
    const alias = { FunctionName, FunctionVersion: '1' };
    await lambda.createAlias({ ...alias, Name: 'blue' });
    await lambda.createAlias({ ...alias, Name: 'both', RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } } });
    const remove = (Qualifier: string) => lambda.deleteFunction({ FunctionName, Qualifier });
    expect(await refusal(remove('1'))).toEqual({
      name: 'ResourceConflictException',
      message: 'Unable to delete version because the following aliases reference it: [blue, both]',
      status: 409,
    });
    expect((await refusal(remove('2'))).message).toMatch(/\[both\]$/);
    await lambda.deleteAlias({ FunctionName, Name: 'both' });
    await remove('2');
    expect((await refusal(remove('blue'))).message).toBe('Deletion of aliases is not currently supported.');
    expect(await versionsOf(FunctionName)).toEqual(['$LATEST', '1']);
  });
});

it('versions and aliases outlive the engine, with the code that only they have', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'dynops-versions-'));
  const FunctionName = 'lasting';
  const first = await startLambda({ dataDir });
  let next: TestEngine | undefined;
  try {
    const before = new Lambda(first.engine.clientConfig);
    await first.create(FunctionName, source('one'), { Publish: true });
    await before.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' });
    await before.updateFunctionCode({ FunctionName, ZipFile: codeOf('two') });
    await first.engine.stop();

    next = await startEngine({ dataDir, log: () => undefined });
    await next.engine.code.removeUnused();
    const after = new Lambda({ ...next.clientConfig, maxAttempts: 1 });
    expect((await invoke(FunctionName, { Qualifier: 'live' }, after)).told.what).toBe('one');
    await after.deleteAlias({ FunctionName, Name: 'live' });
    await after.deleteFunction({ FunctionName, Qualifier: '1' });
    await next.engine.code.removeUnused();
    expect(await readdir(join(dataDir, 'code'))).toHaveLength(1);
    await after.publishVersion({ FunctionName });
    expect((await after.listVersionsByFunction({ FunctionName })).Versions?.map(({ Version }) => Version)).toEqual([
      '$LATEST',
      '2',
    ]);
  } finally {
    await next?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

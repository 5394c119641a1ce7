import { createHash } from 'node:crypto';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda, zip } from './function.ts';

let fixture: LambdaFixture;
let lambda: Lambda;
const code = zip({ 'index.js': 'exports.handler = async () => 1;' });

beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
  await make('demo');
});

afterAll(() => fixture.engine.stop());

const make = (FunctionName: string, more: object = {}) =>
  lambda.createFunction({
    FunctionName,
    Role: fixture.roleArn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: code },
    ...more,
  });

describe('a function', () => {
  it('is described with Lambda’s defaults', async () => {
    const { Configuration, Code, Tags } = await lambda.getFunction({ FunctionName: 'demo' });
    expect(Configuration).toMatchObject({
      FunctionName: 'demo',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:demo',
      MemorySize: 128,
      Timeout: 3,
      Architectures: ['x86_64'],
      PackageType: 'Zip',
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      TracingConfig: { Mode: 'PassThrough' },
      EphemeralStorage: { Size: 512 },
      CodeSize: code.length,
      CodeSha256: createHash('sha256').update(code).digest('base64'),
      RevisionId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(Code?.RepositoryType).toBe('S3');
    expect(Tags ?? {}).toEqual({});
  });

  it.each([
    'demo',
    'arn:aws:lambda:us-east-1:000000000000:function:demo',
    '000000000000:function:demo',
    'demo:$LATEST',
  ])('is found as %s', async (FunctionName) => {
    const { FunctionName: found } = await lambda.getFunctionConfiguration({ FunctionName });
    expect(found).toBe('demo');
  });

  it('takes a new revision with each change, and refuses a change of an old one', async () => {
    const before = await lambda.getFunctionConfiguration({ FunctionName: 'demo' });
    const after = await lambda.updateFunctionConfiguration({ FunctionName: 'demo', MemorySize: 256, Description: 'x' });
    expect(after).toMatchObject({ MemorySize: 256, Description: 'x', Timeout: 3 });
    expect(after.RevisionId).not.toBe(before.RevisionId);
    const { RevisionId } = before;
    await expect(
      lambda.updateFunctionConfiguration({ FunctionName: 'demo', MemorySize: 512, RevisionId }),
    ).rejects.toMatchObject({ name: 'PreconditionFailedException' });
    await expect(lambda.getFunctionConfiguration({ FunctionName: 'demo' })).resolves.toMatchObject({ MemorySize: 256 });
  });

  it('runs new code at once', async () => {
    await make('fresh');
    await fixture.invoke('fresh');
    const ZipFile = zip({ 'index.js': 'exports.handler = async () => 2;' });
    const updated = await lambda.updateFunctionCode({ FunctionName: 'fresh', ZipFile, Architectures: ['arm64'] });
    expect(updated).toMatchObject({ Architectures: ['arm64'], CodeSize: ZipFile.length });
    expect((await fixture.invoke('fresh')).payload).toBe(2);
  });

  it('is gone with its permissions when it is deleted', async () => {
    await make('doomed');
    const invoke = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
    await lambda.addPermission({ FunctionName: 'doomed', StatementId: 'one', ...invoke });
    await lambda.deleteFunction({ FunctionName: 'doomed' });
    await expect(lambda.getFunction({ FunctionName: 'doomed' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:doomed',
    });
    await make('doomed');
    await expect(lambda.getPolicy({ FunctionName: 'doomed' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a name that is taken', { FunctionName: 'demo' }, 'ResourceConflictException', 'Function already exist: demo'],
    [
      'a role that does not exist',
      { Role: 'arn:aws:iam::000000000000:role/nobody' },
      'InvalidParameterValueException',
      'The role defined for the function cannot be assumed by Lambda.',
    ],
    ['too little memory', { MemorySize: 64 }, 'ValidationException', /memorySize/i],
    ['too long a time', { Timeout: 901 }, 'ValidationException', /timeout/i],
    [
      'a runtime that there is not',
      { Runtime: 'cobol1.x' },
      /ValidationException|InvalidParameterValueException/,
      /Node\.js only/,
    ],
    ['a name with a slash', { FunctionName: 'a/b' }, 'ValidationException', /functionName/i],
    ['an empty archive', { Code: { ZipFile: new Uint8Array() } }, 'InvalidParameterValueException', /./],
    ['what is no archive', { Code: { ZipFile: Buffer.from('no zip') } }, 'InvalidParameterValueException', /zip/i],
    [
      'an archive that leaves its folder',
      { Code: { ZipFile: zip({ '../escaped.js': 'x' }) } },
      'InvalidParameterValueException',
      /./,
    ],
    ['no runtime', { Runtime: undefined }, 'InvalidParameterValueException', /Runtime and Handler are mandatory/],
    ['two architectures', { Architectures: ['arm64', 'x86_64'] }, 'ValidationException', /architectures/i],
  ])('%s', async (_what, wrong, name, message) => {
    await expect(make('refused', wrong)).rejects.toMatchObject({
      name: typeof name === 'string' ? name : expect.stringMatching(name),
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    await expect(lambda.getFunction({ FunctionName: 'refused' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('permissions', () => {
  const invoke = { FunctionName: 'demo', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };

  it('become statements, each once', async () => {
    const SourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/thing';
    const added = await lambda.addPermission({ ...invoke, StatementId: 'one', SourceArn });
    expect(JSON.parse(added.Statement ?? '')).toEqual({
      Sid: 'one',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: 'arn:aws:lambda:us-east-1:000000000000:function:demo',
      Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
    });
    await expect(lambda.addPermission({ ...invoke, StatementId: 'one' })).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (one) provided already exists. Please provide a new statement id, or remove the existing statement.',
    });
    const { Policy = '{}' } = await lambda.getPolicy({ FunctionName: 'demo' });
    expect(JSON.parse(Policy).Statement).toHaveLength(1);
    await lambda.removePermission({ FunctionName: 'demo', StatementId: 'one' });
    await expect(lambda.getPolicy({ FunctionName: 'demo' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(lambda.removePermission({ FunctionName: 'demo', StatementId: 'one' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('lists and tags', () => {
  it('functions come in pages that together are all', async () => {
    await Promise.all(Array.from({ length: 6 }, (_one, index) => make(`page-${index}`)));
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await lambda.listFunctions({ MaxItems: 2, ...(Marker && { Marker }) });
      expect(page.Functions?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Functions ?? []).map(({ FunctionName = '' }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['demo', 'page-0', 'page-5']));
  });

  it('tags can be read, added and taken away by ARN', async () => {
    const Resource = 'arn:aws:lambda:us-east-1:000000000000:function:demo';
    await lambda.tagResource({ Resource, Tags: { one: '1', two: '2' } });
    await lambda.untagResource({ Resource, TagKeys: ['one'] });
    await expect(lambda.listTags({ Resource })).resolves.toMatchObject({ Tags: { two: '2' } });
  });
});

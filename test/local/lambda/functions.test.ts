import { createHash } from 'node:crypto';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type LambdaFixture, startLambda, zip } from './function.ts';

const source = (text: string) => `exports.handler = async () => '${text}';`;
let fixture: LambdaFixture;
let lambda: Lambda;
let arnOf: (name: string) => string;

beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
  arnOf = (name) => `arn:aws:lambda:us-east-1:${fixture.engine.engine.accountId}:function:${name}`;
  await fixture.create('one', source('first'), { Tags: { a: '1' }, Environment: { Variables: { KEY: 'x' } } });
});
afterAll(() => fixture?.engine.stop());

const create = (name: string, input: object = {}) =>
  lambda.createFunction({
    FunctionName: name,
    Role: fixture.roleArn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: zip({ 'index.js': source(name) }) },
    ...input,
  });

describe('creating a function', () => {
  it('answers it as pending, and then as it is', async () => {
    const code = zip({ 'index.js': source('made') });
    const made = await create('made', {
      Code: { ZipFile: code },
      MemorySize: 256,
      Timeout: 7,
      Architectures: ['arm64'],
    });
    const described = {
      FunctionName: 'made',
      FunctionArn: arnOf('made'),
      Role: fixture.roleArn,
      CodeSha256: createHash('sha256').update(code).digest('base64'),
      CodeSize: code.length,
      MemorySize: 256,
      Timeout: 7,
      Architectures: ['arm64'],
      Version: '$LATEST',
      PackageType: 'Zip',
      TracingConfig: { Mode: 'PassThrough' },
    };
    expect(made).toMatchObject({ ...described, State: 'Pending', StateReasonCode: 'Creating' });
    expect(made.LastUpdateStatus).toBeUndefined();
    const { Configuration } = await lambda.getFunction({ FunctionName: 'made' });
    expect(Configuration).toMatchObject({ ...described, State: 'Active', LastUpdateStatus: 'Successful' });
    // A function that has become active is a new revision.
    expect(Configuration?.RevisionId).not.toBe(made.RevisionId);
    const again = await lambda.getFunctionConfiguration({ FunctionName: 'made' });
    expect(again.RevisionId).toBe(Configuration?.RevisionId);
    await lambda.deleteFunction({ FunctionName: 'made' });
  });

  it('refuses a name that is taken', async () => {
    expect(await refusal(create('one'))).toEqual({
      name: 'ResourceConflictException',
      message: 'Function already exist: one',
      status: 409,
    });
  });

  it.each<[string, object, string, RegExp]>([
    [
      'a role that is not there',
      { Role: 'arn:aws:iam::123456789012:role/absent' },
      'InvalidParameterValueException',
      /^The role defined for the function cannot be assumed by Lambda\.$/,
    ],
    [
      'a role that is no ARN',
      { Role: 'role' },
      'ValidationException',
      /^1 validation error detected: Value 'role' at 'role' failed/,
    ],
    [
      'no zip',
      { Code: { ZipFile: Buffer.from('no zip') } },
      'InvalidParameterValueException',
      /^Could not unzip uploaded file\. Please check your file, then try to upload again\.$/,
    ],
    [
      'code in a bucket',
      { Code: { S3Bucket: 'bucket', S3Key: 'k' } },
      'InvalidParameterValueException',
      /does not serve code in buckets \(S3Bucket\)/,
    ],
    [
      'a container image',
      { PackageType: 'Image' },
      'InvalidParameterValueException',
      /does not serve .*\(PackageType Image\)/,
    ],
    [
      'an old runtime',
      { Runtime: 'python3.7' },
      'InvalidParameterValueException',
      /^The runtime parameter of python3\.7 is no longer supported for creating or updating AWS Lambda functions\./,
    ],
    [
      'a runtime that is not served',
      { Runtime: 'ruby3.4' },
      'InvalidParameterValueException',
      /Node\.js and Python only .* not ruby3\.4/,
    ],
    ['too little memory', { MemorySize: 127 }, 'ValidationException', /'memorySize'.* greater than or equal to 128$/],
    ['too much memory', { MemorySize: 10_241 }, 'ValidationException', /'memorySize'.* less than or equal to 10240$/],
    ['too much time', { Timeout: 901 }, 'ValidationException', /'timeout'.* less than or equal to 900$/],
    ['an architecture that is none', { Architectures: ['mips'] }, 'ValidationException', /\[x86_64, arm64\]/],
    [
      'reserved variables',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      /reserved keys.*AWS_REGION/,
    ],
    [
      'a large environment',
      { Environment: { Variables: { KEY: 'x'.repeat(4_096) } } },
      'InvalidParameterValueException',
      /4KB/,
    ],
    [
      '51 tags',
      { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])) },
      'InvalidParameterValueException',
      /tags exceeds resource tag limit/,
    ],
    [
      'layers',
      { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1'] },
      'InvalidParameterValueException',
      /does not serve layers/,
    ],
    [
      'a network',
      { VpcConfig: { SubnetIds: ['subnet-1'] } },
      'InvalidParameterValueException',
      /does not serve networks/,
    ],
    [
      'a dead-letter queue',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:q' } },
      'InvalidParameterValueException',
      /does not serve dead-letter queues/,
    ],
    [
      'a level of text logs',
      { LoggingConfig: { LogFormat: 'Text', SystemLogLevel: 'WARN' } },
      'InvalidParameterValueException',
      /^LogLevel is not supported when LogFormat is set to "Text"/,
    ],
    [
      'a level that is none',
      { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'LOUD' } },
      'ValidationException',
      /'LOUD' at 'loggingConfig\.applicationLogLevel'.*\[TRACE, DEBUG, INFO, WARN, ERROR, FATAL\]$/,
    ],
  ])('refuses %s', async (_name, input, name, message) => {
    expect(await refusal(create('refused', input))).toEqual({
      name,
      message: expect.stringMatching(message),
      status: 400,
    });
    expect((await refusal(lambda.getFunction({ FunctionName: 'refused' }))).name).toBe('ResourceNotFoundException');
  });

  it('refuses names that are none', async () => {
    for (const name of ['a b', 'x'.repeat(141), 'a/b', 'ä']) {
      expect([name, (await refusal(create(name))).name]).toEqual([name, 'ValidationException']);
    }
    expect((await refusal(create('x'.repeat(65)))).name).toBe('InvalidParameterValueException');
  });
});

const made: string[] = [];
/** Removed at the end of what makes them. */
const createMore = (name: string, input: object = {}) => {
  made.push(name);
  return create(name, input);
};
const removeMade = async () => {
  for (const FunctionName of made.splice(0)) await lambda.deleteFunction({ FunctionName }).catch(() => undefined);
};

describe('the environment of a function', () => {
  afterAll(removeMade);

  const environmentOf = async (FunctionName: string) =>
    (await lambda.getFunctionConfiguration({ FunctionName })).Environment;

  it('is told as it was given, an empty one too', async () => {
    const given = [{ Variables: {} }, { Variables: { EMPTY: '' } }, { Variables: { Ä_NO: 'x' } }, undefined];
    const told: unknown[] = [];
    for (const [index, Environment] of given.entries()) {
      const answer = await createMore(`environment-${index}`, { ...(Environment && { Environment }) }).catch(
        ({ name }: Error) => ({ Environment: name }),
      );
      told.push(answer.Environment);
      if (index !== 2) expect(await environmentOf(`environment-${index}`)).toEqual(answer.Environment);
    }
    expect(told).toEqual([{ Variables: {} }, { Variables: { EMPTY: '' } }, 'ValidationException', undefined]);
  });

  it('is kept by an update that does not name it, and replaced as a whole by one that does', async () => {
    const FunctionName = 'environment-kept';
    await createMore(FunctionName, { Environment: { Variables: { AA: '1', BB: '2' } } });
    await lambda.updateFunctionConfiguration({ FunctionName, Description: 'd' });
    expect(await environmentOf(FunctionName)).toEqual({ Variables: { AA: '1', BB: '2' } });
    await lambda.updateFunctionConfiguration({ FunctionName, Environment: { Variables: { BB: '3' } } });
    expect(await environmentOf(FunctionName)).toEqual({ Variables: { BB: '3' } });
  });

  const jsonOf = (bytes: number) => ({ KEY: 'x'.repeat(bytes - JSON.stringify({ KEY: '' }).length) });
  it.each<[string, Record<string, string>, boolean]>([
    ['4,096 bytes', jsonOf(4_096), true],
    ['one more', jsonOf(4_097), false],
    ['letters of two bytes', { KEY: 'ä'.repeat(2_100) }, false],
    ['many short ones', Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`NAME_${at}`, '1'])), false],
    ['as many as fit', Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`NAME_${at}`, '1'])), true],
  ])('holds 4 KB: %s', async (what, Variables, taken) => {
    const name = `environment-${what.replaceAll(/\W/g, '-')}`;
    if (taken) expect((await createMore(name, { Environment: { Variables } })).Environment).toEqual({ Variables });
    else
      expect((await refusal(createMore(name, { Environment: { Variables } }))).message).toMatch(
        /exceeded the 4KB limit/,
      );
  });

  it.each([
    ['AWS_SECRET_ACCESS_KEY', 'x'],
    ['LAMBDA_TASK_ROOT', '/'],
    ['AWS_ACCESS_KEY_ID', 'mine'],
  ])('leaves %s to Lambda', async (name, value) => {
    const refused = await refusal(createMore('reserved', { Environment: { Variables: { FREE: 'x', [name]: value } } }));
    expect(refused).toMatchObject({ name: 'InvalidParameterValueException', status: 400 });
    expect(refused.message).toMatch(new RegExp(`reserved keys.*: ${name}$`));
  });
});

it.each([
  ['that has no variables', {}],
  ['with settings of its own', { MemorySize: 1024, Environment: { Variables: { AA: 'b' } } }],
  ['of another runtime', { Runtime: 'python3.12', Handler: 'index.handler' }],
])('a function %s is a new revision once it is active, and stays that', async (what, input) => {
  const FunctionName = `revision-${what.replaceAll(' ', '-')}`;
  const first = await createMore(FunctionName, input);
  const [one, two] = [
    await lambda.getFunctionConfiguration({ FunctionName }),
    (await lambda.getFunction({ FunctionName })).Configuration,
  ];
  expect([first.State, one.State]).toEqual(['Pending', 'Active']);
  expect([one.RevisionId === first.RevisionId, one.RevisionId === two?.RevisionId]).toEqual([false, true]);
  expect((await lambda.listFunctions({})).Functions?.find((each) => each.FunctionName === FunctionName)).toMatchObject({
    RevisionId: one.RevisionId,
  });
  await lambda.updateFunctionConfiguration({ FunctionName, RevisionId: one.RevisionId, Timeout: 9 });
  const stale = lambda.updateFunctionConfiguration({ FunctionName, RevisionId: first.RevisionId, Timeout: 8 });
  expect((await refusal(stale)).status).toBe(412);
  await removeMade();
});

it.each([
  ['a version by its number', { FunctionName: 'one', Qualifier: '12' }],
  ['a version in the ARN', { FunctionName: 'ARN:9' }],
  ['a version after the name', { FunctionName: 'one:3' }],
])('deleting what there is not leaves the function: %s', async (_what, input) => {
  await lambda.deleteFunction({ ...input, FunctionName: input.FunctionName.replace('ARN', arnOf('one')) });
  expect((await lambda.getFunction({ FunctionName: 'one' })).Configuration?.FunctionName).toBe('one');
});

describe('naming a function', () => {
  it('works by name, by ARN, and by part of it', async () => {
    const account = fixture.engine.engine.accountId;
    for (const name of ['one', arnOf('one'), `${arnOf('one')}:$LATEST`, `${account}:function:one`, `${account}:one`]) {
      const { FunctionName } = await lambda.getFunctionConfiguration({ FunctionName: name });
      expect([name, FunctionName]).toEqual([name, 'one']);
    }
  });

  it('tells the version in the ARN to those who named it', async () => {
    const versioned = `${arnOf('one')}:$LATEST`;
    // As recorded in LocalStack's test_lambda_api (2025-11) and test_lambda_common (2023).
    const named = [{ FunctionName: 'one', Qualifier: '$LATEST' }, { FunctionName: versioned }];
    for (const input of named) {
      const { Configuration } = await lambda.getFunction(input);
      expect(Configuration?.FunctionArn).toBe(versioned);
      expect((await lambda.getFunctionConfiguration(input)).FunctionArn).toBe(versioned);
    }
    await fixture.create('told', 'exports.handler = async (_, context) => context.invokedFunctionArn;');
    const invoked = async (input: object) =>
      JSON.parse(Buffer.from((await lambda.invoke({ FunctionName: 'told', ...input })).Payload ?? []).toString());
    expect(await invoked({})).toBe(arnOf('told'));
    expect(await invoked({ Qualifier: '$LATEST' })).toBe(`${arnOf('told')}:$LATEST`);
    await lambda.deleteFunction({ FunctionName: 'told' });
  });

  it('finds nothing under another version, account or region', async () => {
    const missing = (message: string) => ({ name: 'ResourceNotFoundException', message, status: 404 });
    const get = (FunctionName: string, Qualifier?: string) =>
      refusal(lambda.getFunction({ FunctionName, ...(Qualifier && { Qualifier }) }));
    expect(await get('absent')).toEqual(missing(`Function not found: ${arnOf('absent')}`));
    expect(await get('one', '1')).toEqual(missing(`Function not found: ${arnOf('one')}:1`));
    expect(await get(`${arnOf('one')}:live`)).toEqual(missing(`Function not found: ${arnOf('one')}:live`));
    expect(await get(arnOf('one').replace('us-east-1', 'eu-west-1'))).toEqual(
      missing("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
    );
    expect((await get(arnOf('one').replace(/:\d{12}:/, ':999999999999:'))).name).toBe('AccessDeniedException');
    const elsewhere = new Lambda({ ...fixture.engine.clientConfig, region: 'eu-west-1', maxAttempts: 1 });
    expect((await refusal(elsewhere.getFunction({ FunctionName: 'one' }))).name).toBe('ResourceNotFoundException');
    expect((await elsewhere.listFunctions({})).Functions).toEqual([]);
    expect((await refusal(lambda.invoke({ FunctionName: 'one', Qualifier: 'live' }))).name).toBe(
      'ResourceNotFoundException',
    );
  });

  it('never deletes the function where a version is meant', async () => {
    const remove = (Qualifier: string) => refusal(lambda.deleteFunction({ FunctionName: 'one', Qualifier }));
    // A version that there is none of is gone already, an alias is not to be deleted like this.
    await lambda.deleteFunction({ FunctionName: 'one', Qualifier: '1' });
    expect((await remove('live')).message).toBe('Deletion of aliases is not currently supported.');
    expect(await remove('$LATEST')).toMatchObject({
      name: 'InvalidParameterValueException',
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
    expect((await lambda.getFunction({ FunctionName: 'one' })).Configuration?.FunctionName).toBe('one');
  });
});

describe('updating a function', () => {
  it('changes what is given and nothing else, with a new revision each time', async () => {
    const before = await lambda.getFunctionConfiguration({ FunctionName: 'one' });
    const answer = await lambda.updateFunctionConfiguration({ FunctionName: 'one', MemorySize: 512, Description: 'd' });
    expect(answer).toMatchObject({ MemorySize: 512, LastUpdateStatus: 'InProgress' });
    const after = await lambda.getFunctionConfiguration({ FunctionName: 'one' });
    expect(after).toMatchObject({
      MemorySize: 512,
      Description: 'd',
      Timeout: before.Timeout,
      Environment: { Variables: { KEY: 'x' } },
      CodeSha256: before.CodeSha256,
      LastUpdateStatus: 'Successful',
    });
    expect(after.RevisionId).not.toBe(before.RevisionId);
    await lambda.updateFunctionConfiguration({ FunctionName: 'one', Environment: { Variables: {} } });
    expect((await lambda.getFunctionConfiguration({ FunctionName: 'one' })).Environment).toBeUndefined();
  });

  it('runs the new code from the next invocation on', async () => {
    expect((await fixture.invoke('one')).payload).toBe('first');
    const code = zip({ 'index.js': source('second') });
    const dry = await lambda.updateFunctionCode({ FunctionName: 'one', ZipFile: code, DryRun: true });
    expect((await fixture.invoke('one')).payload).toBe('first');
    const { CodeSha256 } = await lambda.updateFunctionCode({ FunctionName: 'one', ZipFile: code });
    expect(CodeSha256).toBe(dry.CodeSha256);
    expect(CodeSha256).toBe(createHash('sha256').update(code).digest('base64'));
    expect((await fixture.invoke('one')).payload).toBe('second');
  });

  it('refuses a revision that is not the last, and what creating would refuse', async () => {
    const stale = { FunctionName: 'one', RevisionId: '00000000-0000-0000-0000-000000000000' };
    const ZipFile = zip({ 'index.js': source('third') });
    const precondition = { name: 'PreconditionFailedException', status: 412 };
    expect(await refusal(lambda.updateFunctionConfiguration({ ...stale, Timeout: 4 }))).toMatchObject(precondition);
    expect(await refusal(lambda.updateFunctionCode({ ...stale, ZipFile }))).toMatchObject(precondition);
    const bad = { FunctionName: 'one', ZipFile: Buffer.from('x') };
    expect((await refusal(lambda.updateFunctionCode(bad))).message).toMatch(/^Could not unzip/);
    const role = { FunctionName: 'one', Role: 'arn:aws:iam::123456789012:role/absent' };
    expect((await refusal(lambda.updateFunctionConfiguration(role))).message).toMatch(/cannot be assumed/);
    const layers = { FunctionName: 'one', Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1'] };
    expect((await refusal(lambda.updateFunctionConfiguration(layers))).message).toMatch(/does not serve layers/);
    expect((await fixture.invoke('one')).payload).toBe('second');
  });
});

describe('listing, tagging, deleting', () => {
  it('pages through all functions, once each', async () => {
    for (const name of ['page-a', 'page-b', 'page-c', 'page-d']) await create(name);
    const seen: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await lambda.listFunctions({ MaxItems: 2, ...(Marker && { Marker }) });
      expect(page.Functions?.length).toBeLessThanOrEqual(2);
      seen.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker);
    expect(seen.sort()).toEqual(['one', 'page-a', 'page-b', 'page-c', 'page-d']);
    expect((await lambda.listFunctions({ MaxItems: 10_000 })).NextMarker).toBeUndefined();
    expect((await refusal(lambda.listFunctions({ Marker: 'x' }))).name).toBe('InvalidParameterValueException');
    expect((await refusal(lambda.listFunctions({ MaxItems: 0 }))).name).toBe('ValidationException');
    for (const name of ['page-a', 'page-b', 'page-c', 'page-d']) await lambda.deleteFunction({ FunctionName: name });
    expect((await lambda.listFunctions({})).Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['one']);
  });

  it('adds, changes and removes tags', async () => {
    const Resource = arnOf('one');
    await lambda.tagResource({ Resource, Tags: { a: '2', b: '3' } });
    expect((await lambda.listTags({ Resource })).Tags).toEqual({ a: '2', b: '3' });
    await lambda.untagResource({ Resource, TagKeys: ['a', 'absent'] });
    expect((await lambda.getFunction({ FunctionName: 'one' })).Tags).toEqual({ b: '3' });
    expect((await refusal(lambda.listTags({ Resource: arnOf('absent') }))).name).toBe('ResourceNotFoundException');
  });

  it('forgets a deleted function, its policy and tags', async () => {
    await create('brief', { Tags: { a: '1' } });
    await lambda.addPermission({ FunctionName: 'brief', StatementId: 's', Action: 'lambda:*', Principal: '*' });
    await lambda.deleteFunction({ FunctionName: 'brief' });
    expect((await refusal(lambda.deleteFunction({ FunctionName: 'brief' }))).status).toBe(404);
    expect((await refusal(lambda.invoke({ FunctionName: 'brief' }))).name).toBe('ResourceNotFoundException');
    await create('brief');
    expect((await lambda.getFunction({ FunctionName: 'brief' })).Tags).toBeUndefined();
    expect((await refusal(lambda.getPolicy({ FunctionName: 'brief' }))).name).toBe('ResourceNotFoundException');
  });
});

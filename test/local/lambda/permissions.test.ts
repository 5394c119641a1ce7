import { type AddPermissionCommandInput, Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
let lambda: Lambda;
const FunctionName = 'one';
const ownIam = 'arn:aws:iam::000000000000';
const base = {
  FunctionName,
  StatementId: 'gateway',
  Action: 'lambda:InvokeFunction',
  Principal: 'apigateway.amazonaws.com',
};

beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
  await fixture.create(FunctionName, 'exports.handler = async () => 1;');
});
afterAll(() => fixture?.engine.stop());

const policy = async () => JSON.parse((await lambda.getPolicy({ FunctionName })).Policy ?? '');
const add = (input: Partial<AddPermissionCommandInput>) => lambda.addPermission({ ...base, ...input });
const remove = (StatementId: string) => lambda.removePermission({ FunctionName, StatementId });

describe("a function's policy", () => {
  it('is made of the statements that were added', async () => {
    expect(await refusal(lambda.getPolicy({ FunctionName }))).toEqual({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      status: 404,
    });
    const { accountId } = fixture.engine.engine;
    const SourceArn = `arn:aws:execute-api:us-east-1:${accountId}:abc/*/POST/x`;
    const { Statement } = await add({ SourceArn, SourceAccount: accountId });
    const expected = {
      Sid: 'gateway',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: `arn:aws:lambda:us-east-1:${accountId}:function:one`,
      Condition: { StringEquals: { 'AWS:SourceAccount': accountId }, ArnLike: { 'AWS:SourceArn': SourceArn } },
    };
    expect(JSON.parse(Statement ?? '')).toEqual(expected);
    await add({ StatementId: 'account', Principal: '123456789012' });
    await add({ StatementId: 'theirs', Principal: 'arn:aws:iam::123456789012:role/absent-here' });
    await add({ StatementId: 'ours', Principal: fixture.roleArn });
    await add({ StatementId: 'organization', Principal: '*', PrincipalOrgID: 'o-1234567890' });
    expect(await policy()).toEqual({
      Version: '2012-10-17',
      Id: 'default',
      Statement: [
        expected,
        expect.objectContaining({ Sid: 'account', Principal: { AWS: 'arn:aws:iam::123456789012:root' } }),
        expect.objectContaining({
          Sid: 'theirs',
          Principal: { AWS: 'arn:aws:iam::123456789012:role/absent-here' },
        }),
        expect.objectContaining({ Sid: 'ours', Principal: { AWS: fixture.roleArn } }),
        expect.objectContaining({
          Sid: 'organization',
          Principal: '*',
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } },
        }),
      ],
    });
    for (const id of ['gateway', 'account', 'theirs', 'ours', 'organization']) await remove(id);
    expect((await refusal(lambda.getPolicy({ FunctionName }))).name).toBe('ResourceNotFoundException');
  });

  it('refuses a statement that is there already, or one that is not', async () => {
    await add({});
    expect(await refusal(add({ Principal: 's3.amazonaws.com' }))).toEqual({
      name: 'ResourceConflictException',
      message:
        'The statement id (gateway) provided already exists. Please provide a new statement id, or remove the existing statement.',
      status: 409,
    });
    const missing = (message: string) => ({ name: 'ResourceNotFoundException', message, status: 404 });
    expect(await refusal(remove('other'))).toEqual(missing('Statement other is not found in resource policy.'));
    await remove('gateway');
    expect(await refusal(remove('gateway'))).toEqual(missing('No policy is associated with the given resource.'));
  });

  it.each<[string, Partial<AddPermissionCommandInput>, string]>([
    ['a principal that is none', { Principal: 'nobody' }, 'InvalidParameterValueException'],
    ['a service of others', { Principal: 'service.example.com' }, 'InvalidParameterValueException'],
    ['a name like a service', { Principal: 'notamazonaws.com' }, 'InvalidParameterValueException'],
    ['a role that is not there', { Principal: `${ownIam}:role/absent` }, 'InvalidParameterValueException'],
    ['a user, of whom there are none', { Principal: `${ownIam}:user/ada` }, 'InvalidParameterValueException'],
    ['an action of another service', { Action: 's3:GetObject' }, 'ValidationException'],
    ['an action that Lambda has not', { Action: 'lambda:Zz' }, 'InvalidParameterValueException'],
    ['an operation that is no action', { Action: 'lambda:Invoke' }, 'InvalidParameterValueException'],
    ['an id that is none', { StatementId: 'a b' }, 'ValidationException'],
    ['a version that is not there', { Qualifier: 'live' }, 'ResourceNotFoundException'],
    ['a revision that is not the last', { RevisionId: 'x' }, 'PreconditionFailedException'],
    ['a function that is not there', { FunctionName: 'absent' }, 'ResourceNotFoundException'],
  ])('refuses %s', async (_name, input, name) => {
    expect((await refusal(add(input))).name).toBe(name);
    expect((await refusal(lambda.getPolicy({ FunctionName }))).name).toBe('ResourceNotFoundException');
  });

  it.each(['*', 'lambda:*', 'lambda:invokefunction', 'lambda:InvokeFunctionUrl', 'lambda:ListTags'])(
    'takes the action %s',
    async (Action) => {
      await add({ Action });
      expect((await policy()).Statement).toMatchObject([{ Action }]);
      await remove('gateway');
    },
  );

  it('changes its revision with each statement, and takes the last one only', async () => {
    await add({});
    const { RevisionId = '' } = await lambda.getPolicy({ FunctionName });
    await add({ StatementId: 'two', RevisionId });
    expect((await refusal(add({ StatementId: 'three', RevisionId }))).status).toBe(412);
    const stale = lambda.removePermission({ FunctionName, StatementId: 'two', RevisionId });
    expect((await refusal(stale)).name).toBe('PreconditionFailedException');
    await remove('two');
    await remove('gateway');
  });

  it('has a bound, of its own for each version', async () => {
    const full = 'full';
    await fixture.create(full, 'exports.handler = async () => 1;', { Publish: true });
    const statement = (n: number, Qualifier?: string) =>
      add({
        FunctionName: full,
        StatementId: String(n + 10),
        SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${'x'.repeat(1_000)}`,
        ...(Qualifier && { Qualifier }),
      });
    const sizes: number[] = [];
    const put = async () => {
      await statement(sizes.length);
      sizes.push((await lambda.getPolicy({ FunctionName: full })).Policy?.length ?? 0);
    };
    await put();
    await put();
    const [one = 0, two = 0] = sizes;
    const grown = two - one;
    while (sizes.length < 50 && (sizes.at(-1) ?? 0) + grown <= 20_480) await put();
    const size = sizes.at(-1) ?? 0;
    expect(await refusal(statement(sizes.length))).toEqual({
      name: 'PolicyLengthExceededException',
      message: `The final policy size (${size + grown}) is bigger than the limit (20480).`,
      status: 400,
    });
    expect((await lambda.getPolicy({ FunctionName: full })).Policy).toHaveLength(size);
    await statement(sizes.length, '1');
  });

  it('keeps every statement of calls that meet', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
    await Promise.all(ids.map((StatementId) => add({ StatementId })));
    const kept = (await policy()).Statement.map(({ Sid }: { Sid: string }) => Sid);
    expect(kept.sort()).toEqual([...ids].sort());
    await Promise.all(ids.map(remove));
  });
});

describe('reserved concurrency', () => {
  it('is set, told and taken away', async () => {
    const get = async () => (await lambda.getFunctionConcurrency({ FunctionName })).ReservedConcurrentExecutions;
    expect(await get()).toBeUndefined();
    const set = await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 5 });
    expect([set.ReservedConcurrentExecutions, await get()]).toEqual([5, 5]);
    const { Concurrency } = await lambda.getFunction({ FunctionName });
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 5 });
    const { AccountLimit } = await lambda.getAccountSettings({});
    expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 995 });
    await lambda.deleteFunctionConcurrency({ FunctionName });
    expect(await get()).toBeUndefined();
  });

  it('of 0 stops the function; more than the account can spare is refused', async () => {
    await lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
    expect(await refusal(lambda.invoke({ FunctionName }))).toEqual({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      status: 429,
    });
    await lambda.deleteFunctionConcurrency({ FunctionName });
    expect((await fixture.invoke(FunctionName)).payload).toBe(1);
    const much = lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 901 });
    expect(await refusal(much)).toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining("decreases account's UnreservedConcurrentExecution below its minimum value"),
    });
  });
});

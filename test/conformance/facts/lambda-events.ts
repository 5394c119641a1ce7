import { zipSync } from 'fflate';
import type { Answer, Fact, Scenario } from './fact.ts';

/** How asynchronous invocations are tried, of functions without versions: TestLambdaEventInvokeConfig; of others: lambda-versions.json. */

const FunctionName = 'event-invoke';
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const make = {
  operation: 'CreateFunction',
  input: {
    FunctionName,
    Role: 'arn:aws:iam::000000000000:role/conformance',
    Runtime: 'python3.12',
    Handler: 'handler.handler',
    Code: { ZipFile: zipSync({ 'handler.py': Buffer.from('') }) },
  },
};
const config = (members: object = {}) => ({
  DestinationConfig: { OnFailure: {}, OnSuccess: {} },
  FunctionArn: `${arnOf(FunctionName)}:$LATEST`,
  LastModified: '<date>',
  ...members,
});
const done = (members: Record<string, unknown>, status = 200): Answer => ({ status, members });
const refused = (message: string): Answer => ({ status: 400, code: 'InvalidParameterValueException', message });
const notFound = (message: string): Answer => ({ status: 404, code: 'ResourceNotFoundException', message });
const noFunction = notFound("The function doesn't exist.");
const noConfig = (name: string) => notFound(`The function ${arnOf(name)} doesn't have an EventInvokeConfig`);
const mismatch = refused('The derived qualifier from the function name does not match the specified qualifier.');

type Verb = 'Put' | 'Update' | 'Get' | 'Delete';
const call = (verb: Verb, answer: Answer, input: object = {}): Fact => ({
  operation: `${verb}FunctionEventInvokeConfig`,
  input: { FunctionName, ...input },
  answer,
});
const list = (answer: Answer, name = FunctionName): Fact => ({
  operation: 'ListFunctionEventInvokeConfigs',
  input: { FunctionName: name },
  answer,
});
const tries = (MaximumRetryAttempts: number) => ({ MaximumRetryAttempts });
const age = (MaximumEventAgeInSeconds: number) => ({ MaximumEventAgeInSeconds });
const both = { ...tries(1), ...age(60) };

export const lambdaEvents: Scenario[] = [
  {
    recorded: 'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_lifecycle',
    date: '2025-11-25',
    before: [make],
    facts: [
      call('Put', done(config(tries(0))), tries(0)),
      call('Put', done(config(age(60))), age(60)),
      call('Update', done(config(age(60))), age(60)),
      call('Update', done(config(both)), tries(1)),
      call('Get', done(config(both))),
      call('Get', done(config(both)), { Qualifier: '$LATEST' }),
      list(done({ FunctionEventInvokeConfigs: [config(both)] })),
      call('Get', noConfig(`${FunctionName}:1`), { Qualifier: '1' }),
    ],
  },
  {
    recorded: 'TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions',
    date: '2025-11-25',
    facts: [
      call('Put', noFunction, { FunctionName: 'absent', ...tries(1) }),
      call('Put', noFunction, { FunctionName: arnOf('absent'), ...tries(1) }),
      call('Put', refused('You must specify at least one of error handling or destination setting.'), {
        FunctionName: 'absent',
      }),
      call('Put', done(config()), { DestinationConfig: { OnSuccess: {} } }),
      call('Put', done(config()), { DestinationConfig: { OnFailure: {} } }),
      call('Put', done(config(tries(1))), tries(1)),
      call('Put', done(config(tries(1))), { Qualifier: '$LATEST', ...tries(1) }),
      call('Put', noFunction, { Qualifier: 'aliasabsent', ...tries(1) }),
      call('Put', mismatch, { FunctionName: `${arnOf(FunctionName)}:one`, Qualifier: 'another', ...tries(1) }),
      call('Put', mismatch, { FunctionName: `${FunctionName}:one`, Qualifier: 'another', ...tries(1) }),
      call('Put', done(config(tries(1))), {
        FunctionName: `${FunctionName}:$LATEST`,
        Qualifier: '$LATEST',
        ...tries(1),
      }),
      call('Put', mismatch, { FunctionName: `${FunctionName}:1`, Qualifier: '$LATEST', ...tries(1) }),
      call('Put', mismatch, { FunctionName: `${FunctionName}:$LATEST`, Qualifier: '1', ...tries(1) }),
      call('Put', mismatch, { FunctionName: `${FunctionName}:1`, Qualifier: 'one', ...tries(1) }),
      call('Put', done(config({ ...tries(2), ...age(21600) })), { ...tries(2), ...age(21600) }),
      call('Put', done(config({ ...tries(2), ...age(60) })), { ...tries(2), ...age(60) }),
      call('Put', done(config(tries(0))), tries(0)),
      call('Put', done(config(tries(0))), tries(0)),
      call('Get', done(config(tries(0)))),
      call('Put', done(config({ ...tries(2), ...age(60) })), { ...tries(2), ...age(60) }),
      call('Update', done(config({ ...tries(0), ...age(60) })), tries(0)),
      call('Update', done(config({ ...tries(0), ...age(60) })), tries(0)),
      call('Delete', done({}, 204), { Qualifier: '$LATEST' }),
      list(done({ FunctionEventInvokeConfigs: [] })),
      call('Delete', noConfig(`${FunctionName}:$LATEST`)),
      call('Delete', noConfig('absent:$LATEST'), { FunctionName: 'absent' }),
      list(noFunction, 'absent'),
      call('Get', noConfig('absent:$LATEST'), { FunctionName: 'absent' }),
      call('Get', noConfig(`${FunctionName}:absent`), { Qualifier: 'absent' }),
      call('Update', noFunction, { FunctionName: 'absent', ...tries(0) }),
      call('Get', noConfig(`${FunctionName}:one`), { FunctionName: `${arnOf(FunctionName)}:one` }),
      call('Update', noConfig(`${FunctionName}:one`), { FunctionName: `${arnOf(FunctionName)}:one`, ...tries(0) }),
      call('Update', noConfig(`${FunctionName}:$LATEST`), tries(0)),
    ],
  },
];

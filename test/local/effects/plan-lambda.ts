import { service } from '../../../src/local/lambda/service.ts';
import { zip } from '../lambda/function.ts';
import { absent, type Plan } from './plan.ts';
import { each, ifThere, itemsOf } from './reading.ts';

const codeOf = (answer: string) => zip({ 'index.js': `exports.handler = async (event, context) => (${answer});` });
const code = codeOf('[event, context.clientContext, context.invokedFunctionArn]');
/** Made once: a zip has the time in it. */
const codes = [codeOf('1'), codeOf('2')];

/** `roles`: two that Lambda may assume. */
export const lambdaPlan = (roles: [string, string]): Plan => ({
  service,
  async scene(run) {
    const base = { Role: roles[0], Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: code } };
    await run('CreateFunction', { ...base, FunctionName: 'here', Tags: { a: 'b', c: 'd' } });
    await run('CreateFunction', { ...base, FunctionName: 'other', Description: 'o' });
    for (const [MaximumRetryAttempts, FunctionName] of ['here', 'other'].entries()) {
      await run('PutFunctionEventInvokeConfig', { FunctionName, MaximumRetryAttempts });
    }
    const permission = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
    for (const StatementId of ['here', 'other']) {
      await run('AddPermission', { ...permission, StatementId, FunctionName: 'here' });
    }
    await run('PutFunctionConcurrency', { FunctionName: 'here', ReservedConcurrentExecutions: 5 });
    const { Configuration } = await run('GetFunction', { FunctionName: 'here' });
    const { FunctionArn: arn, RevisionId: revision } = Configuration as Record<string, string>;
    const { RevisionId: policyRevision } = await run('GetPolicy', { FunctionName: 'here' });
    const { NextMarker } = await run('ListFunctions', { MaxItems: 1 });
    return { arn, otherArn: arn?.replace('here', 'other'), revision, policyRevision, marker: NextMarker };
  },
  async picture(run) {
    const all = itemsOf(await run('ListFunctions'), 'Functions');
    return each(all, async ({ FunctionName }) => [
      await run('GetFunction', { FunctionName }),
      await ifThere(run('GetPolicy', { FunctionName })),
      await ifThere(run('GetFunctionEventInvokeConfig', { FunctionName })),
    ]);
  },
  values: ({ arn, otherArn, revision, policyRevision, marker }) => ({
    FunctionName: ['here', 'other'],
    Resource: [arn, otherArn],
    Qualifier: ['$LATEST', '7'],
    KMSKeyArn: ['arn:aws:kms:us-east-1:000000000000:key/k'],
    'AddPermission.Qualifier': ['7', 'alias'],
    'RemovePermission.Qualifier': ['7', 'alias'],
    'CreateFunction.FunctionName': ['new', 'newer'],
    Role: roles,
    Runtime: ['nodejs22.x', 'nodejs24.x', 'python3.13', 'java21'],
    Handler: ['index.handler', 'index.other'],
    ZipFile: codes,
    Timeout: [3, 4],
    MemorySize: [128, 256],
    'EphemeralStorage.Size': [512, 1024],
    'Environment.Variables': [{ A: 'x' }, { A: 'y' }, { B: 'x' }],
    'LoggingConfig.LogGroup': ['/a', '/b'],
    RevisionId: [revision, 'other'],
    'AddPermission.RevisionId': [policyRevision, 'other'],
    'RemovePermission.RevisionId': [policyRevision, 'other'],
    'UpdateFunctionConfiguration.DeadLetterConfig.TargetArn': [`arn:aws:sqs:us-east-1:000000000000:q`],
    'CreateFunction.DeadLetterConfig.TargetArn': [`arn:aws:sqs:us-east-1:000000000000:q`],
    Marker: [absent, 'none of ours'],
    'ListFunctions.Marker': [absent, marker],
    MaxItems: [1, 2],
    Payload: [Buffer.from('1'), Buffer.from('2')],
    ClientContext: [Buffer.from('{"a":1}').toString('base64'), Buffer.from('{"a":2}').toString('base64')],
    TagKeys: [['a'], ['c'], ['a', 'c']],
    StatementId: ['here', 'other'],
    'AddPermission.StatementId': ['new', 'newer'],
    Action: ['lambda:InvokeFunction', 'lambda:GetFunction'],
    Principal: ['apigateway.amazonaws.com', 's3.amazonaws.com', '*', '123456789012'],
    SourceArn: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
    SourceAccount: ['123456789012', '123456789013'],
    PrincipalOrgID: ['o-aaaaaaaaaa', 'o-bbbbbbbbbb'],
    EventSourceArn: ['arn:aws:sqs:us-east-1:000000000000:q', 'arn:aws:sqs:us-east-1:000000000000:r'],
    Arn: ['arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-0123456789abcdef0'],
    LocalMountPath: ['/mnt/a'],
    CapacityProviderArn: ['arn:aws:lambda:us-east-1:000000000000:capacity-provider:p'],
    ReservedConcurrentExecutions: [0, 1, 7],
  }),
  bases: ({ arn }) => ({
    CreateFunction: { Handler: 'index.handler', Runtime: 'nodejs22.x', Code: { ZipFile: code } },
    'CreateFunction.LoggingConfig': { LoggingConfig: { LogFormat: 'JSON' } },
    'CreateFunction.LoggingConfig.LogFormat': { LoggingConfig: {} },
    'UpdateFunctionConfiguration.LoggingConfig': { LoggingConfig: { LogFormat: 'JSON' } },
    'UpdateFunctionConfiguration.LoggingConfig.LogFormat': { LoggingConfig: {} },
    PutFunctionEventInvokeConfig: { MaximumRetryAttempts: 2 },
    UpdateFunctionEventInvokeConfig: { MaximumRetryAttempts: 2 },
    UpdateFunctionConfiguration: { Description: 'changed' },
    UpdateFunctionCode: { ZipFile: codes[0] },
    TagResource: { Resource: arn, Tags: { z: 'z' } },
  }),
});

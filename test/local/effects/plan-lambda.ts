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
    for (const Description of ['one', 'two']) {
      await run('UpdateFunctionConfiguration', { FunctionName: 'here', Description });
      await run('PublishVersion', { FunctionName: 'here' });
    }
    await run('UpdateFunctionConfiguration', { FunctionName: 'here', Description: 'not published' });
    for (const [Name, FunctionVersion] of [
      ['blue', '$LATEST'],
      ['live', '1'],
    ]) {
      await run('CreateAlias', { FunctionName: 'here', Name, FunctionVersion });
      await run('AddPermission', { ...permission, StatementId: 'here', FunctionName: 'here', Qualifier: Name });
      await run('PutFunctionEventInvokeConfig', { FunctionName: 'here', Qualifier: Name, MaximumRetryAttempts: 2 });
    }
    const { Configuration } = await run('GetFunction', { FunctionName: 'here' });
    const { FunctionArn: arn, RevisionId: revision, CodeSha256: hash } = Configuration as Record<string, string>;
    const { RevisionId: policyRevision } = await run('GetPolicy', { FunctionName: 'here' });
    const { RevisionId: aliasRevision } = await run('GetAlias', { FunctionName: 'here', Name: 'live' });
    const marker = async (list: string, input: object) => (await run(list, { ...input, MaxItems: 1 })).NextMarker;
    return {
      arn,
      otherArn: arn?.replace('here', 'other'),
      hash,
      revision,
      aliasRevision,
      policyRevision,
      marker: await marker('ListFunctions', {}),
      versionMarker: await marker('ListVersionsByFunction', { FunctionName: 'here' }),
      aliasMarker: await marker('ListAliases', { FunctionName: 'here' }),
      eventMarker: await marker('ListFunctionEventInvokeConfigs', { FunctionName: 'here' }),
    };
  },
  async picture(run) {
    const all = itemsOf(await run('ListFunctions', { FunctionVersion: 'ALL' }), 'Functions');
    return each(all, async ({ FunctionName, Version }) => {
      const aliases = itemsOf(await run('ListAliases', { FunctionName }), 'Aliases');
      const qualifiers = [Version, ...(Version === '$LATEST' ? aliases.map(({ Name }) => Name) : [])];
      return [
        aliases,
        await each(qualifiers, async (Qualifier) => [
          await run('GetFunction', { FunctionName, Qualifier }),
          await ifThere(run('GetPolicy', { FunctionName, Qualifier })),
          await ifThere(run('GetFunctionEventInvokeConfig', { FunctionName, Qualifier })),
        ]),
        await run('GetFunctionConcurrency', { FunctionName }),
      ];
    });
  },
  values: ({ arn, otherArn, hash, revision, aliasRevision, policyRevision, marker, ...names }) => ({
    FunctionName: ['here', 'other'],
    Resource: [arn, otherArn],
    Qualifier: ['$LATEST', 'live', '2'],
    FunctionVersion: ['1', '2', '$LATEST'],
    'ListFunctions.FunctionVersion': [absent, 'ALL'],
    Name: ['live', 'blue'],
    'CreateAlias.Name': ['new', 'newer'],
    AdditionalVersionWeights: [{ 2: 0.5 }, { 2: 0.25 }, {}],
    CodeSha256: [hash, 'other'],
    KMSKeyArn: ['arn:aws:kms:us-east-1:000000000000:key/k'],
    'AddPermission.Qualifier': ['live', '2', absent],
    'RemovePermission.Qualifier': ['live', 'blue', absent],
    'DeleteFunction.Qualifier': ['2', '7', absent],
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
    'UpdateAlias.RevisionId': [aliasRevision, 'other'],
    'UpdateFunctionConfiguration.DeadLetterConfig.TargetArn': [`arn:aws:sqs:us-east-1:000000000000:q`],
    'CreateFunction.DeadLetterConfig.TargetArn': [`arn:aws:sqs:us-east-1:000000000000:q`],
    Marker: [absent, 'none of ours'],
    'ListFunctions.Marker': [absent, marker],
    'ListVersionsByFunction.Marker': [absent, names.versionMarker],
    'ListAliases.Marker': [absent, names.aliasMarker],
    'ListFunctionEventInvokeConfigs.Marker': [absent, names.eventMarker],
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

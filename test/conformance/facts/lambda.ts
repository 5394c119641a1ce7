import { zipSync } from 'fflate';
import type { Answer, Fact, Scenario, Unserved } from './fact.ts';

const zip = zipSync({ 'index.js': Buffer.from('exports.handler = async () => ({})') });
const role = 'arn:aws:iam::000000000000:role/conformance';
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const create = (FunctionName: string, more: object = {}) => ({
  operation: 'CreateFunction',
  input: {
    FunctionName,
    Role: role,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: zip },
    ...more,
  },
});

const refused = (message: string): Answer => ({ status: 400, code: 'InvalidParameterValueException', message });
const notFound = (message: string): Answer => ({ status: 404, code: 'ResourceNotFoundException', message });
const invalid = (...message: string[]): Answer => ({ status: 400, code: 'ValidationException', message });
const pattern = (value: string, at: string, expression: string) =>
  `Value '${value}' at '${at}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${expression}`;
const mismatch = refused('The derived qualifier from the function name does not match the specified qualifier.');

/** A new function's configuration; `more`: its state. */
const configuration = (name: string, more: object) => ({
  Architectures: ['x86_64'],
  CodeSha256: '<hash>',
  CodeSize: zip.length,
  Description: '',
  Environment: { Variables: {} },
  EphemeralStorage: { Size: 512 },
  FunctionArn: arnOf(name),
  FunctionName: name,
  Handler: 'index.handler',
  LastModified: '<date>',
  LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
  MemorySize: 256,
  PackageType: 'Zip',
  RevisionId: '<id>',
  Role: role,
  Runtime: 'nodejs22.x',
  RuntimeVersionConfig: { RuntimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:<runtime>' },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  Timeout: 30,
  TracingConfig: { Mode: 'PassThrough' },
  Version: '$LATEST',
  ...more,
});
const pending = { State: 'Pending', StateReason: 'The function is being created.', StateReasonCode: 'Creating' };
const settled = { State: 'Active', LastUpdateStatus: 'Successful' };
const updating = {
  State: 'Active',
  LastUpdateStatus: 'InProgress',
  LastUpdateStatusReason: 'The function is being created.',
  LastUpdateStatusReasonCode: 'Creating',
};
const lifecycle = { MemorySize: 256, Timeout: 30, Environment: { Variables: {} } };
const deprecated = (runtime: string): Fact => ({
  ...create('deprecated', { Runtime: runtime }),
  answer: refused(
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
  ),
});
const allow = (FunctionName: string, more: object = {}) => ({
  operation: 'AddPermission',
  input: {
    FunctionName,
    StatementId: 's3',
    Action: 'lambda:InvokeFunction',
    Principal: 's3.amazonaws.com',
    ...more,
  },
});
const resourcePattern =
  'arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)';

export const lambda: Scenario[] = [
  {
    recorded: 'TestLambdaFunction::test_function_lifecycle',
    date: '2025-11-25',
    facts: [
      { ...create('lifecycle', lifecycle), answer: { status: 201, members: configuration('lifecycle', pending) } },
      {
        operation: 'GetFunction',
        input: { FunctionName: 'lifecycle' },
        answer: {
          status: 200,
          members: {
            Code: { Location: '<url>', RepositoryType: 'S3' },
            Configuration: configuration('lifecycle', settled),
          },
        },
      },
      {
        operation: 'UpdateFunctionConfiguration',
        input: {
          FunctionName: 'lifecycle',
          Description: 'Changed-Description',
          Environment: { Variables: { ENV_A: 'a' } },
        },
        answer: {
          status: 200,
          members: configuration('lifecycle', {
            ...updating,
            Description: 'Changed-Description',
            Environment: { Variables: { ENV_A: 'a' } },
          }),
        },
      },
      {
        operation: 'DeleteFunction',
        input: { FunctionName: 'lifecycle' },
        answer: { status: 204, members: { StatusCode: 204 } },
      },
      {
        operation: 'DeleteFunction',
        input: { FunctionName: 'lifecycle' },
        answer: notFound('Function not found: arn:aws:lambda:us-east-1:<account>:function:lifecycle'),
      },
    ],
  },
  ...['DeleteFunction', 'GetFunction', 'GetFunctionConfiguration'].map(
    (operation): Scenario => ({
      recorded: `TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[${operation}]`,
      date: '2025-11-25',
      facts: [
        { operation, input: { FunctionName: `${arnOf('some')}:$LATEST`, Qualifier: 'other' }, answer: mismatch },
        {
          operation,
          input: { FunctionName: `${arnOf('some')}:$LATEST`, Qualifier: '$LATEST' },
          answer:
            operation === 'DeleteFunction'
              ? refused('$LATEST version cannot be deleted without deleting the function.')
              : notFound(`Function not found: ${arnOf('some')}:$LATEST`),
        },
      ],
    }),
  ),
  ...['GetFunction', 'GetFunctionConfiguration', 'GetFunctionConcurrency', 'GetFunctionCodeSigningConfig'].map(
    (operation): Scenario => ({
      recorded: `TestLambdaFunction::test_ops_on_nonexisting_fn[${operation}], test_get_function_wrong_region`,
      date: '2025-11-25',
      facts: [
        { operation, input: { FunctionName: 'none' }, answer: notFound(`Function not found: ${arnOf('none')}`) },
        {
          operation,
          input: { FunctionName: arnOf('none').replace('us-east-1', 'eu-west-1') },
          answer: notFound("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
        },
      ],
    }),
  ),
  {
    recorded: 'TestLambdaFunction::test_ops_on_nonexisting_version, test_delete_on_nonexisting_version',
    date: '2025-11-25',
    before: [create('versioned')],
    facts: [
      ...['GetFunction', 'GetFunctionConfiguration'].map((operation) => ({
        operation,
        input: { FunctionName: 'versioned', Qualifier: '1221' },
        answer: notFound(`Function not found: ${arnOf('versioned')}:1221`),
      })),
      {
        operation: 'DeleteFunction',
        input: { FunctionName: 'none', Qualifier: '1221' },
        answer: notFound(`Function not found: ${arnOf('none')}`),
      },
    ],
  },
  {
    recorded: 'TestLambdaFunction::test_create_lambda_exceptions',
    date: '2026-01-12',
    facts: [
      {
        ...create('excepted', { Role: 'r1' }),
        answer: invalid(pattern('r1', 'role', 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+')),
      },
      {
        ...create('excepted', { Architectures: ['x86_64', 'arm64'] }),
        answer: invalid(
          "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
        ),
      },
      {
        ...create('excepted', { Architectures: ['X86_64'] }),
        answer: invalid(
          "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
        ),
      },
      {
        ...create('excepted', { Runtime: 'non-existent-runtime' }),
        answer: refused(
          "Value non-existent-runtime at 'runtime' failed to satisfy constraint: <enum set> or be a valid ARN",
        ),
      },
      {
        ...create('excepted', { Code: { ZipFile: Buffer.from('this is not a zip file, just a random string') } }),
        answer: refused('Could not unzip uploaded file. Please check your file, then try to upload again.'),
      },
    ],
  },
  {
    recorded: 'TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled',
    date: '2026-01-12',
    facts: ['java8', 'go1.x', 'provided', 'ruby2.7', 'nodejs14.x', 'python3.7', 'dotnetcore3.1', 'nodejs12.x'].map(
      deprecated,
    ),
  },
  {
    recorded: 'TestLambdaPermissions::test_permission_exceptions',
    date: '2025-11-25',
    before: [create('permitted')],
    facts: [
      {
        operation: 'RemovePermission',
        input: { FunctionName: 'permitted', StatementId: 's3' },
        answer: notFound('No policy is associated with the given resource.'),
      },
      {
        ...allow('permitted', { StatementId: 'example.com' }),
        answer: invalid(pattern('example.com', 'statementId', '([a-zA-Z0-9-_]+)')),
      },
      { ...allow(`${arnOf('permitted')}:alias-not-42`, { Qualifier: '42' }), answer: mismatch },
      {
        ...allow('permitted', { Qualifier: '$LATEST' }),
        answer: refused('We currently do not support adding policies for $LATEST.'),
      },
      {
        ...allow('permitted', { StatementId: 'odd', Principal: 'invalid.nonaws.com' }),
        answer: refused('The provided principal was invalid. Please check the principal and try again.'),
      },
      {
        operation: 'GetPolicy',
        input: { FunctionName: 'none' },
        answer: notFound('The resource you requested does not exist.'),
      },
      {
        operation: 'GetPolicy',
        input: { FunctionName: 'permitted', Qualifier: '42' },
        answer: notFound('The resource you requested does not exist.'),
      },
      { ...allow('none'), answer: notFound(`Function not found: ${arnOf('none')}`) },
      {
        ...allow('permitted', { Qualifier: 'alias-doesnotexist' }),
        answer: notFound(`Cannot find alias arn: ${arnOf('permitted')}:alias-doesnotexist`),
      },
      { ...allow('permitted', { Qualifier: '42' }), answer: notFound(`Function not found: ${arnOf('permitted')}:42`) },
      {
        ...allow('permitted', { Qualifier: 'invalid-qualifier-with-?-char' }),
        answer: invalid(
          pattern('invalid-qualifier-with-?-char', 'qualifier', '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+'),
        ),
      },
      {
        ...allow('permitted', { Qualifier: 'valid-with-$-but-doesnotexist' }),
        answer: notFound(`Function not found: ${arnOf('permitted')}:valid-with-$-but-doesnotexist`),
      },
      { ...allow('permitted'), answer: { status: 201, members: { Statement: '<statement>' } } },
      {
        ...allow('permitted'),
        answer: {
          status: 409,
          code: 'ResourceConflictException',
          message:
            'The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.',
        },
      },
      {
        operation: 'RemovePermission',
        input: { FunctionName: 'none', StatementId: 's3' },
        answer: notFound(`No policy found for: ${arnOf('none')}`),
      },
      {
        operation: 'RemovePermission',
        input: { FunctionName: 'permitted', StatementId: 's3', Qualifier: 'alias-doesnotexist' },
        answer: notFound(`Cannot find alias arn: ${arnOf('permitted')}:alias-doesnotexist`),
      },
    ],
  },
  {
    recorded: 'TestLambdaTag::test_tag_exceptions[lambda_function]',
    date: '2025-11-25',
    before: [create('tagged')],
    facts: [
      ...[
        { operation: 'TagResource', input: { Resource: arnOf('none'), Tags: { a: 'b' } } },
        { operation: 'UntagResource', input: { Resource: arnOf('none'), TagKeys: ['a'] } },
        { operation: 'ListTags', input: { Resource: arnOf('none') } },
      ].map((call) => ({ ...call, answer: notFound(`Function not found: ${arnOf('none')}`) })),
      {
        operation: 'TagResource',
        input: { Resource: `${arnOf('tagged')}:alias`, Tags: { a: 'b' } },
        answer: refused('Tags on function aliases and versions are not supported. Please specify a function ARN.'),
      },
      {
        operation: 'TagResource',
        input: { Resource: arnOf('tagged').replace(':function:', ':foobar:'), Tags: { a: 'b' } },
        answer: invalid(pattern(arnOf('tagged').replace(':function:', ':foobar:'), 'resource', resourcePattern)),
      },
    ],
  },
  {
    recorded: 'TestLambdaRevisions::test_function_revisions_basic',
    date: '2025-11-25',
    before: [create('revised')],
    facts: [
      {
        operation: 'UpdateFunctionConfiguration',
        input: { FunctionName: 'revised', RevisionId: '00000000-0000-0000-0000-000000000000' },
        answer: {
          status: 412,
          code: 'PreconditionFailedException',
          message:
            'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        },
      },
    ],
  },
];

export const lambdaUnserved: Unserved[] = [
  ...(
    [
      ['TestLambdaVersions, of a revision that is not the last', 3, 'a recording of 2022, without members of today'],
      ['TestLambdaEventInvokeConfig, of destinations', 5, 'these are not served'],
      ['TestLambdaUrl', 56, 'function URLs are not served'],
      ['TestCodeSigningConfig', 24, 'code signing is not served'],
      ['TestLambdaEventSourceMappings', 34, 'event source mappings are not served, but for an empty list'],
      ['TestLambdaProvisionedConcurrency', 32, 'provisioned concurrency is not served'],
      ['TestLambdaLayer', 69, 'layers are not served'],
      ['TestLambdaImages', 32, 'container images are not served'],
      ['TestLambdaSnapStart', 41, 'SnapStart is not served'],
      ['TestLambdaRecursion', 4, 'recursion settings are not served'],
      ['TestJavaRuntimes, TestGoProvidedRuntimes', 33, 'only Node.js and Python run here'],
      ['TestLambdaTag, of event source mappings', 31, 'event source mappings are not served'],
      ['TestLambdaPermissions, of versions', 9, 'recordings of 2022; those of 2025 are called'],
      ['TestLambdaFunction, of VPCs', 10, 'functions inside of a VPC are not served'],
      ['TestLambdaFunction, of S3', 8, 'code in buckets is not served'],
      ['TestLambdaFunction::test_list_functions', 2, 'the account has further functions'],
      ['TestLambdaSizeLimits, of archives', 5, 'it takes requests of 50 to 250 MB: test/local/lambda has smaller ones'],
      ['TestLambdaAccountSettings', 1, 'the recording has the names of members alone'],
      ['TestNodeJSRuntimes', 10, 'what functions answer is compared in test/local/lambda/runtime'],
    ] as const
  ).map(([recorded, answers, why]) => ({ recorded, answers, why })),
];

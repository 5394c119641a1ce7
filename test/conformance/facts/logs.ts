import type { Answer, Scenario } from './fact.ts';

const invalid = (message: string): Answer => ({ status: 400, code: 'InvalidParameterException', message });
const noGroup: Answer = {
  status: 400,
  code: 'ResourceNotFoundException',
  message: 'The specified log group does not exist.',
};
const noStream: Answer = { ...noGroup, message: 'The specified log stream does not exist.' };
const group = (logGroupName: string, more: object = {}) => ({
  operation: 'CreateLogGroup',
  input: { logGroupName, ...more },
});
const stream = (logGroupName: string, logStreamName: string) => ({
  operation: 'CreateLogStream',
  input: { logGroupName, logStreamName },
});
const arnOf = (name: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
const described = (name: string, more: object = {}) => ({
  arn: `${arnOf(name)}:*`,
  creationTime: '<time>',
  logGroupArn: arnOf(name),
  logGroupClass: 'STANDARD',
  logGroupName: name,
  metricFilterCount: 0,
  ...more,
});
const streamOf = (groupName: string, name: string) => ({
  arn: `${arnOf(groupName)}:log-stream:${name}`,
  creationTime: '<time>',
  logStreamName: name,
  storedBytes: 0,
});
const tags = (name: string, expected: Record<string, string>) => [
  {
    operation: 'ListTagsLogGroup',
    input: { logGroupName: name },
    answer: { status: 200, members: { tags: expected } },
  },
  {
    operation: 'ListTagsForResource',
    input: { resourceArn: arnOf(name) },
    answer: { status: 200, members: { tags: expected } },
  },
];

export const logs: Scenario[] = [
  {
    recorded: 'TestLogsGroups::test_create_log_group_duplicate_error, test_create_log_group_invalid_name_length',
    date: '2026-02-03',
    before: [group('twice')],
    facts: [
      {
        ...group('twice'),
        answer: {
          status: 400,
          code: 'ResourceAlreadyExistsException',
          message: 'The specified log group already exists',
        },
      },
      {
        ...group('a'.repeat(513)),
        answer: invalid('Invalid LogGroup or LogStream, both must have length less than or equal to 512.'),
      },
    ],
  },
  {
    recorded: 'TestLogsGroups::test_describe_log_groups_with_prefix, _with_pattern, _prefix_and_pattern_error',
    date: '2026-02-03',
    before: [group('/searched/one')],
    facts: [
      {
        operation: 'DescribeLogGroups',
        input: { logGroupNamePrefix: '/searched/' },
        answer: {
          status: 200,
          members: { logGroups: [described('/searched/one', { deletionProtectionEnabled: false, storedBytes: 0 })] },
        },
      },
      {
        operation: 'DescribeLogGroups',
        input: { logGroupNamePattern: 'arched/o' },
        answer: { status: 200, members: { logGroups: [described('/searched/one')], nextToken: '<token>' } },
      },
      {
        operation: 'DescribeLogGroups',
        input: { logGroupNamePattern: 'no-such-group' },
        answer: { status: 200, members: { logGroups: [] } },
      },
      {
        operation: 'DescribeLogGroups',
        input: { logGroupNamePrefix: 'a', logGroupNamePattern: 'a' },
        answer: invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.'),
      },
    ],
  },
  {
    recorded: 'TestLogsGroupsTags::test_tag_resource_api',
    date: '2026-02-03',
    before: [group('tagged', { tags: { env: 'testing' } })],
    facts: [
      ...tags('tagged', { env: 'testing' }),
      {
        operation: 'TagLogGroup',
        input: { logGroupName: 'tagged', tags: { b: '2' } },
        answer: { status: 200, members: {} },
      },
      ...tags('tagged', { env: 'testing', b: '2' }),
      {
        operation: 'UntagLogGroup',
        input: { logGroupName: 'tagged', tags: ['env'] },
        answer: { status: 200, members: {} },
      },
      ...tags('tagged', { b: '2' }),
    ],
  },
  {
    recorded: 'TestLogsStreams',
    date: '2026-02-03',
    before: [group('streamed'), stream('streamed', 'one')],
    facts: [
      ...[
        { logGroupName: 'streamed' },
        { logGroupIdentifier: 'streamed' },
        { logGroupIdentifier: arnOf('streamed') },
      ].map((input) => ({
        operation: 'DescribeLogStreams',
        input,
        answer: { status: 200, members: { logStreams: [streamOf('streamed', 'one')] } },
      })),
      {
        operation: 'DescribeLogStreams',
        input: { logGroupName: 'streamed', logStreamNamePrefix: 'on' },
        answer: { status: 200, members: { logStreams: [streamOf('streamed', 'one')] } },
      },
      {
        ...stream('streamed', 'one'),
        answer: {
          status: 400,
          code: 'ResourceAlreadyExistsException',
          message: 'The specified log stream already exists',
        },
      },
      {
        operation: 'DescribeLogStreams',
        input: { logGroupName: 'streamed', logGroupIdentifier: 'streamed' },
        answer: {
          status: 400,
          code: 'ValidationException',
          message: 'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
        },
      },
    ],
  },
  {
    recorded: 'TestLogsEvents, TestLogsEventsErrors',
    date: '2026-02-03',
    before: [group('written'), stream('written', 'one')],
    facts: [
      {
        operation: 'PutLogEvents',
        input: { logGroupName: 'written', logStreamName: 'none', logEvents: [{ timestamp: 1, message: 'm' }] },
        answer: noStream,
      },
      {
        operation: 'PutLogEvents',
        input: {
          logGroupName: 'written',
          logStreamName: 'one',
          logEvents: [
            { timestamp: 2, message: 'm' },
            { timestamp: 1, message: 'm' },
          ],
        },
        answer: invalid('Log events in a single PutLogEvents request must be in chronological order.'),
      },
      {
        operation: 'PutLogEvents',
        input: { logGroupName: 'written', logStreamName: 'one', logEvents: [{ timestamp: 1, message: 'm' }] },
        answer: {
          status: 200,
          members: { nextSequenceToken: '<token>', rejectedLogEventsInfo: { tooOldLogEventEndIndex: '<index>' } },
        },
      },
      {
        operation: 'GetLogEvents',
        input: { logGroupName: 'written', logStreamName: 'one', nextToken: 'invalid' },
        answer: invalid('The specified nextToken is invalid.'),
      },
      {
        operation: 'GetLogEvents',
        input: { logGroupName: 'written', logStreamName: 'one', limit: 10_001 },
        answer: invalid(
          "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
        ),
      },
      { operation: 'GetLogEvents', input: { logGroupName: 'none', logStreamName: 'one' }, answer: noGroup },
      { operation: 'GetLogEvents', input: { logGroupName: 'written', logStreamName: 'none' }, answer: noStream },
    ],
  },
];

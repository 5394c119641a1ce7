import { service as logs } from '../../../src/local/logs/service.ts';
import type { Names } from '../every-input.ts';
import { absent, type Plan } from './plan.ts';
import { each, itemsOf, now } from './reading.ts';

export const logsPlan: Plan = {
  service: logs,
  async scene(run) {
    const names = { logGroupName: '/here/a', logStreamName: 'here' };
    await run('CreateLogGroup', { logGroupName: '/here/a', tags: { a: 'b', c: 'd' } });
    await run('CreateLogGroup', { logGroupName: '/other/a', tags: { a: 'b', e: 'f' } });
    await run('CreateLogGroup', { logGroupName: '/rare', logGroupClass: 'INFREQUENT_ACCESS' });
    await run('CreateLogGroup', { logGroupName: '/delivery', logGroupClass: 'DELIVERY' });
    for (const logStreamName of ['here', 'other', 'last']) {
      await run('CreateLogStream', { ...names, logStreamName });
    }
    const put = (logStreamName: string, messages: string[], at = 0) =>
      run('PutLogEvents', {
        ...names,
        logStreamName,
        logEvents: messages.map((message, index) => ({ timestamp: now - 1000 + at + index, message })),
      });
    await put('here', ['one', 'two', 'three'], 100);
    await put('other', ['four', 'five'], 10);
    await run('PutRetentionPolicy', { ...names, retentionInDays: 14 });
    const events = { ...names, limit: 1 };
    return {
      ...names,
      tokens: {
        FilterLogEvents: (await run('FilterLogEvents', events)).nextToken,
        GetLogEvents: (await run('GetLogEvents', { ...events, startFromHead: true })).nextForwardToken,
        DescribeLogGroups: (await run('DescribeLogGroups', { limit: 1 })).nextToken,
        DescribeLogStreams: (await run('DescribeLogStreams', events)).nextToken,
      },
    };
  },
  async picture(run) {
    const groups = itemsOf(await run('DescribeLogGroups'), 'logGroups');
    return each(groups, async (group) => {
      const { logGroupName } = group;
      const streams = itemsOf(await run('DescribeLogStreams', { logGroupName }), 'logStreams');
      return [
        group,
        await run('ListTagsLogGroup', { logGroupName }),
        await each(streams, async (stream) => [
          stream,
          await run('GetLogEvents', { logGroupName, logStreamName: stream.logStreamName }),
        ]),
      ];
    });
  },
  values: ({ tokens }) => {
    const arn = (name: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
    return {
      logGroupName: ['/here/a', '/other/a'],
      logGroupIdentifier: ['/here/a', '/other/a'],
      'CreateLogGroup.logGroupName': ['/new', '/newer'],
      'CreateLogStream.logStreamName': ['new', 'newer'],
      'DescribeLogGroups.logGroupIdentifiers': [['/here/a'], ['/other/a'], ['/here/a', '/other/a']],
      logGroupNamePrefix: ['/here', '/other'],
      logGroupNamePattern: ['here', 'other'],
      logStreamNames: [['here'], ['other'], ['here', 'other']],
      logStreamNamePrefix: ['he', 'ot'],
      logStreamName: ['here', 'other'],
      'logEvents.timestamp': [now - 5, now - 4],
      startTime: [now - 900, now - 899],
      endTime: [now - 899, now - 898],
      filterPattern: ['one', 'two'],
      resourceArn: [arn('/here/a'), arn('/other/a')],
      retentionInDays: [7, 30],
      tagKeys: [['a'], ['c'], ['a', 'c']],
      'UntagLogGroup.tags': [['a'], ['c'], ['a', 'c']],
      nextToken: [absent],
      ...Object.fromEntries(
        Object.entries((tokens ?? {}) as Names).map(([operation, token]) => [
          `${operation}.nextToken`,
          [absent, token],
        ]),
      ),
    };
  },
  bases: () => ({
    DescribeLogStreams: { logGroupName: '/here/a' },
    CreateLogGroup: { logGroupName: '/new' },
    UntagLogGroup: { tags: ['a'] },
    CreateLogStream: { logStreamName: 'new' },
    FilterLogEvents: { logGroupName: '/here/a' },
    'FilterLogEvents.logGroupIdentifier': { logGroupName: undefined },
    'GetLogEvents.logGroupIdentifier': { logGroupName: undefined },
    'DescribeLogStreams.logGroupIdentifier': { logGroupName: undefined },
    'GetLogEvents.startFromHead': { limit: 1 },
    GetLogEvents: { logGroupName: '/here/a', logStreamName: 'here' },
    PutLogEvents: { logEvents: [{ timestamp: now - 10, message: 'm' }] },
  }),
};

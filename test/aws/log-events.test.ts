import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logEvents } from '../../src/aws/log-events.ts';
import { mockClient } from '../mock-client.ts';
import { mockAws } from './mocks.ts';

const logs = mockClient(CloudWatchLogsClient);
afterEach(() => logs.reset());

describe('log events', () => {
  it('page by page, with whole milliseconds', async () => {
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({
        events: [{ eventId: '1', timestamp: 5, logStreamName: 's', message: 'one\n' }],
        nextToken: 'next',
      })
      .resolvesOnce({ events: [{ eventId: '2', timestamp: 6, logStreamName: 's', message: 'two\nlines\n\n' }] });
    const lines = [];
    for await (const page of logEvents(await mockAws(), { group: 'g', fromMs: 1.7, untilMs: 9.2, pattern: 'ERROR' }))
      lines.push(...page);
    expect(lines).toEqual([
      { id: '1', atMs: 5, stream: 's', text: 'one' },
      { id: '2', atMs: 6, stream: 's', text: 'two\nlines' },
    ]);
    expect(logs.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input)).toEqual([
      { logGroupName: 'g', startTime: 1, endTime: 10, filterPattern: 'ERROR' },
      { logGroupName: 'g', startTime: 1, endTime: 10, filterPattern: 'ERROR', nextToken: 'next' },
    ]);
  });

  // Each of the line breaks was once tried as the first of the last ones, which took minutes.
  it('a message of line breaks alone is read in time', async () => {
    const message = `${'\n'.repeat(300_000)}x\r\n`;
    logs.on(FilterLogEventsCommand).resolves({ events: [{ eventId: '1', timestamp: 5, logStreamName: 's', message }] });
    for await (const page of logEvents(await mockAws(), { group: 'g', fromMs: 0 }))
      expect(page[0]?.text === message.slice(0, -2)).toBe(true);
  }, 10_000);

  it('a group that is not there has none, and that is told', async () => {
    logs
      .on(FilterLogEventsCommand)
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'The specified log group does not exist.' }));
    const pages = [];
    const onMissing = vi.fn();
    for await (const page of logEvents(await mockAws(), { group: 'g', fromMs: 0, onMissing })) pages.push(page);
    expect(pages).toEqual([[]]);
    expect(onMissing.mock.lastCall).toMatchObject([{ code: 'ResourceNotFoundException' }]);
  });

  it('an empty page is not the last one', async () => {
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [], nextToken: 'next' })
      .resolvesOnce({ events: [{ eventId: '1', timestamp: 5, logStreamName: 's', message: 'one' }] });
    const pages = [];
    for await (const page of logEvents(await mockAws(), { group: 'g', fromMs: 0 })) pages.push(page.length);
    expect(pages).toEqual([0, 1]);
  });
});

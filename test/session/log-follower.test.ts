import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, expect, it } from 'vitest';
import { createLogFollower } from '../../src/session/log-follower.ts';
import { inputs, mockAws } from '../aws/mocks.ts';
import { mockClient } from '../mock-client.ts';

const logs = mockClient(CloudWatchLogsClient);
afterEach(() => logs.reset());

it.each([0, 120_000])('each event comes once where this machine’s clock is ahead by %d ms', async (aheadMs) => {
  const aws = await mockAws();
  const events: { eventId: string; timestamp: number; message: string }[] = [];
  logs.on(FilterLogEventsCommand).callsFake(({ startTime }) => ({
    events: events.filter(({ timestamp }) => timestamp >= startTime),
  }));
  const follower = createLogFollower(aws, { group: 'g', fromMs: aws.clock() - 600_000 });
  const shown: string[] = [];
  for (let at = 0; at < 90; at += 1) {
    events.push({ eventId: String(at), timestamp: aws.clock() - aheadMs, message: String(at) });
    shown.push(...(await follower.next()).map(({ text }) => text));
    await aws.pause(1_000);
  }
  expect(shown).toEqual(Array.from({ length: 90 }, (_, at) => String(at)));
  // What was shown long ago is not asked for again.
  expect(inputs(logs, 'FilterLogEvents').at(-1)).toMatchObject({ startTime: aws.clock() - aheadMs - 32_000 });
});

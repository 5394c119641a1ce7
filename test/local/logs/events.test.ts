import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delays } from '../../../src/local/simulation/aws-like.ts';
import { startEngine, type TestEngine } from '../../start-engine.ts';

describe('CloudWatch Logs events', () => {
  let engine: TestEngine;
  let client: CloudWatchLogs;
  beforeAll(async () => {
    engine = await startEngine();
    client = new CloudWatchLogs({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await engine.stop();
  });

  const now = Date.now();
  const append = (group: string, stream: string, messages: [agoMs: number, message: string][]) =>
    engine.engine.logs.append(
      'us-east-1',
      group,
      stream,
      messages.map(([agoMs, message]) => ({ timestamp: now - agoMs, message })),
    );

  it('makes group and stream when the engine itself appends, as Lambda does', async () => {
    append('/made', '2026/11/23/[$LATEST]abc', [
      [10, 'START'],
      [5, 'END'],
    ]);
    const { events } = await client.filterLogEvents({ logGroupName: '/made' });
    expect(events?.map(({ message, logStreamName }) => [message, logStreamName])).toEqual([
      ['START', '2026/11/23/[$LATEST]abc'],
      ['END', '2026/11/23/[$LATEST]abc'],
    ]);
    expect(events?.[0]).toMatchObject({
      timestamp: now - 10,
      ingestionTime: expect.any(Number),
      eventId: expect.any(String),
    });
  });

  it('leaves out what is older than asked for, and not what was dated ahead of its arrival', async () => {
    const find = async (startTime: number) => {
      const { events } = await client.filterLogEvents({ logGroupName: '/ahead', startTime });
      return events?.map(({ message }) => message);
    };
    append('/ahead', 's', [[60_000, 'old']]);
    expect(await find(now + 30_000)).toEqual([]);
    append('/ahead', 's', [[-60_000, 'ahead']]);
    expect(await find(now + 30_000)).toEqual(['ahead']);
    append('/ahead', 's', [[5, 'new']]);
    expect(await find(now - 60_000)).toEqual(['old', 'new', 'ahead']);
  });

  it('reads a stream from both ends, page by page, and goes on where new events arrive', async () => {
    const from = { logGroupName: '/paged', logStreamName: 's' };
    for (let number = 0; number < 10; number += 1) append('/paged', 's', [[100 - number, `m${number}`]]);
    append('/paged', 'other', [[1, 'not mine']]);
    const messages = (page: { events?: { message?: string | undefined }[] | undefined }) =>
      page.events?.map(({ message }) => message);

    const latest = await client.getLogEvents({ ...from, limit: 3 });
    expect(messages(latest)).toEqual(['m7', 'm8', 'm9']);
    const before = await client.getLogEvents({ ...from, limit: 3, nextToken: latest.nextBackwardToken });
    expect(messages(before)).toEqual(['m4', 'm5', 'm6']);

    let page = await client.getLogEvents({ ...from, limit: 4, startFromHead: true });
    const seen = [...(messages(page) ?? [])];
    for (;;) {
      const next = await client.getLogEvents({ ...from, limit: 4, nextToken: page.nextForwardToken });
      if (next.nextForwardToken === page.nextForwardToken) break;
      seen.push(...(messages(next) ?? []));
      page = next;
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, number) => `m${number}`));
    append('/paged', 's', [[0, 'm10']]);
    expect(messages(await client.getLogEvents({ ...from, nextToken: page.nextForwardToken }))).toEqual(['m10']);
    await expect(client.getLogEvents({ ...from, nextToken: 'made up' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('filters by pattern, time, streams and prefix, all streams in the order of time', async () => {
    append('/filtered', 'web-1', [
      [4_000, 'START 1'],
      [1_000, 'ERROR in 1'],
    ]);
    append('/filtered', 'web-2', [
      [3_000, 'START 2'],
      [2_000, '{"level":"ERROR"}'],
    ]);
    append('/filtered', 'job', [[2_500, 'ERROR in job']]);
    const filter = async (more: object) =>
      (await client.filterLogEvents({ logGroupName: '/filtered', ...more })).events?.map(({ message }) => message);
    expect(await filter({})).toEqual(['START 1', 'START 2', 'ERROR in job', '{"level":"ERROR"}', 'ERROR in 1']);
    expect(await filter({ filterPattern: 'ERROR -job' })).toEqual(['{"level":"ERROR"}', 'ERROR in 1']);
    expect(await filter({ filterPattern: '{ $.level = "ERROR" }' })).toEqual(['{"level":"ERROR"}']);
    expect(await filter({ startTime: now - 3_000, endTime: now - 2_000 })).toEqual([
      'START 2',
      'ERROR in job',
      '{"level":"ERROR"}',
    ]);
    expect(await filter({ logStreamNames: ['job'] })).toEqual(['ERROR in job']);
    expect(await filter({ logStreamNamePrefix: 'web-', filterPattern: 'START' })).toEqual(['START 1', 'START 2']);
    expect(
      await filter({
        logGroupName: undefined,
        logGroupIdentifier: 'arn:aws:logs:us-east-1:000000000000:log-group:/filtered',
        limit: 1,
      }),
    ).toHaveLength(1);
    await expect(filter({ logStreamNames: ['none'] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(filter({ filterPattern: '{ $.level' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('gives every event once through pages of limited size', async () => {
    for (let number = 0; number < 50; number += 1) {
      append('/pages', `s${number % 7}`, [
        [200 - number, `e${number} ${'x'.repeat(60_000)}`],
        [199 - number, `f${number}`],
      ]);
    }
    const seen: (string | undefined)[] = [];
    let pages = 0;
    let nextToken: string | undefined;
    do {
      const page = await client.filterLogEvents({ logGroupName: '/pages', ...(nextToken && { nextToken }) });
      seen.push(...(page.events ?? []).map(({ eventId }) => eventId));
      nextToken = page.nextToken;
      pages += 1;
    } while (nextToken);
    // 3 MB, a megabyte a page.
    expect(pages).toBeGreaterThanOrEqual(3);
    expect(seen).toHaveLength(100);
    expect(new Set(seen).size).toBe(100);
  });

  it('takes events by PutLogEvents, and says which it does not take', async () => {
    const to = { logGroupName: '/put', logStreamName: 's' };
    await client.createLogGroup({ logGroupName: '/put' });
    await expect(client.putLogEvents({ ...to, logEvents: [{ timestamp: now, message: 'x' }] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
    await client.createLogStream(to);
    const day = 24 * 60 * 60 * 1000;
    const put = await client.putLogEvents({
      ...to,
      logEvents: [
        { timestamp: now - 15 * day, message: 'too old' },
        { timestamp: now, message: 'taken' },
        { timestamp: now + day, message: 'too new' },
      ],
    });
    expect(put.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
    expect((await client.getLogEvents(to)).events?.map(({ message }) => message)).toEqual(['taken']);
    const disordered = [
      { timestamp: now, message: 'b' },
      { timestamp: now - 1, message: 'a' },
    ];
    await expect(client.putLogEvents({ ...to, logEvents: disordered })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    });
    const apart = (ms: number) => [
      { timestamp: now - ms, message: 'first' },
      { timestamp: now, message: 'last' },
    ];
    await client.putLogEvents({ ...to, logEvents: apart(day) });
    await expect(client.putLogEvents({ ...to, logEvents: apart(day + 1) })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    });
    // Each counts 26 bytes more than its message.
    const large = (bytes: number) => [{ timestamp: now, message: 'é'.repeat((bytes - 26) / 2) }];
    await client.putLogEvents({ ...to, logEvents: large(1_048_576) });
    await expect(client.putLogEvents({ ...to, logEvents: large(1_048_578) })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Upload too large: 1048578 bytes exceeds limit of 1048576',
    });
  });

  it('hides what the retention no longer keeps', async () => {
    const day = 24 * 60 * 60 * 1000;
    append('/kept', 's', [
      [2 * day, 'old'],
      [10, 'new'],
    ]);
    await client.putRetentionPolicy({ logGroupName: '/kept', retentionInDays: 1 });
    const { events } = await client.filterLogEvents({ logGroupName: '/kept' });
    expect(events?.map(({ message }) => message)).toEqual(['new']);
  });

  it('shows events only after a while in the aws-like simulation', async () => {
    let clockMs = Date.now();
    const scale = 0.01;
    const slow = await startEngine({ scale, clock: () => clockMs });
    const logs = new CloudWatchLogs({ ...slow.clientConfig, maxAttempts: 1 });
    slow.engine.logs.append('us-east-1', '/slow', 's', [{ timestamp: clockMs, message: 'late' }]);
    const count = async () => (await logs.filterLogEvents({ logGroupName: '/slow' })).events?.length;
    expect(await count()).toBe(0);
    clockMs += delays['logs.visible'].ms * scale;
    expect(await count()).toBe(1);
    logs.destroy();
    await slow.stop();
  });
});

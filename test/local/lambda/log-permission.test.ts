import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture?.engine.stop());

async function messagesOf(name: string): Promise<string[]> {
  const logGroupName = `/aws/lambda/${name}`;
  const logs = new CloudWatchLogs(fixture.engine.clientConfig);
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: logGroupName });
  if (logGroups.length === 0) return [];
  const { events = [] } = await logs.filterLogEvents({ logGroupName });
  return events.map(({ message = '' }) => message);
}

const allow = (Action: string[]) =>
  new IAM(fixture.engine.clientConfig).putRolePolicy({
    RoleName: 'role',
    PolicyName: 'logs',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
  });

it.each([
  ['none', [], false],
  ['streams', ['logs:CreateLogGroup', 'logs:CreateLogStream'], false],
  ['events-without-a-group', ['logs:PutLogEvents'], false],
  ['all', ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], true],
])('a function whose role has these rights on logs: %s', async (name, actions, logs) => {
  if (actions.length > 0) await allow(actions);
  await fixture.create(name, 'exports.handler = async () => console.log("words");');
  const { error, log } = await fixture.invoke(name);
  expect(error).toBeUndefined();
  // The answer to the caller tells the end of the log all the same.
  expect(log).toContain('words');
  const wanted = logs ? expect.arrayContaining([expect.stringContaining('words')]) : [];
  await expect.poll(() => messagesOf(name)).toEqual(wanted);
});

import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf } from '../../../src/local/execute-api/access-log.ts';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

const arnOf = (group: string) => `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
const mock = {
  verb: 'GET',
  integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode":200}' } },
} as const;
const failing = { verb: 'GET', integration: { type: 'MOCK', requestTemplates: { 'application/json': '{}' } } } as const;

let fixture: GatewayFixture;
let logs: CloudWatchLogs;
beforeAll(async () => {
  fixture = await startGateway();
  logs = new CloudWatchLogs(fixture.engine.clientConfig);
});
afterAll(() => fixture?.engine.stop());

const patch = ({ restApiId }: TestApi, ...operations: ['add' | 'replace' | 'remove', string, string?][]) =>
  fixture.gateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: operations.map(([op, path, value]) => ({ op, path: `/accessLogSettings${path}`, value })),
  });

async function logTo(api: TestApi, group: string, format: string): Promise<void> {
  await logs.createLogGroup({ logGroupName: group });
  await patch(api, ['replace', '/destinationArn', arnOf(group)], ['replace', '/format', format]);
}

async function linesOf(logGroupName: string): Promise<string[]> {
  const { events = [] } = await logs.filterLogEvents({ logGroupName });
  return events.map(({ message = '' }) => message);
}

describe('the access log of a stage', () => {
  it('tells of every answer, with what came of the function or of what API Gateway refused', async () => {
    const api = await fixture.makeApi({
      '/things': { integration: { type: 'AWS_PROXY' } },
      '/plain': {},
      '/mock': mock,
      '/bad': failing,
    });
    const format = [
      ...[
        '$context.httpMethod',
        '$context.resourcePath',
        '$context.path',
        '$context.status',
        '$context.responseLength',
      ],
      ...['$context.integrationStatus', '$context.integration.status', '$context.error.responseType'],
      ...[
        `${'$'}{context.error.message}`,
        '$context.identity.userAgent',
        '$context.identity.caller',
        '$context.requestId',
      ],
    ].join(' ');
    await logTo(api, '/apis/one', `${format}\n`);
    const ask = async (path: string, method: string, body?: string) => {
      const headers = { 'user-agent': 'tester' };
      const answer = await api.call(path, { method, headers, ...(body !== undefined && { body }) });
      return answer.headers['x-amzn-requestid'];
    };
    const ids = [
      await ask('/things', 'POST', '{"answer":{"statusCode":418,"body":"short"}}'),
      await ask('/plain', 'POST', '{"answer":"kept"}'),
      await ask('/mock', 'GET'),
      await ask('/bad', 'GET'),
      await ask('/absent', 'GET'),
    ];
    expect(await linesOf('/apis/one')).toEqual([
      `POST /things /prod/things 418 5 200 418 - - tester - ${ids[0]}`,
      `POST /plain /prod/plain 200 6 200 200 - - tester - ${ids[1]}`,
      `GET /mock /prod/mock 200 0 - - - - tester - ${ids[2]}`,
      `GET /bad /prod/bad 500 35 - - API_CONFIGURATION_ERROR Internal server error tester - ${ids[3]}`,
      `GET - /prod/absent 403 42 - - MISSING_AUTHENTICATION_TOKEN Missing Authentication Token tester - ${ids[4]}`,
    ]);
    const { logStreams = [] } = await logs.describeLogStreams({ logGroupName: '/apis/one' });
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('has the times of the request and of the function, and the length of what was sent', async () => {
    const api = await fixture.makeApi({ '/things': { integration: { type: 'AWS_PROXY' } } });
    const { restApiId } = api;
    await fixture.gateway.updateRestApi({
      restApiId,
      patchOperations: [{ op: 'replace', path: '/minimumCompressionSize', value: '0' }],
    });
    await api.deploy();
    const format =
      '$context.responseLatency $context.integrationLatency $context.integration.latency $context.responseLength $context.extendedRequestId';
    await logTo(api, '/apis/two', format);
    const body = JSON.stringify({ sleepMs: 40, answer: { statusCode: 200, body: 'x'.repeat(5_000) } });
    await api.call('/things', { body, headers: { 'accept-encoding': 'gzip' } });
    const [line = ''] = await linesOf('/apis/two');
    const [all, integration, same, length] = line.split(' ').map(Number);
    expect(same).toBe(integration);
    expect(integration).toBeGreaterThanOrEqual(39);
    expect(all).toBeGreaterThanOrEqual(integration ?? Number.NaN);
    expect(length).toBeLessThan(200);
  });

  it('is written with the rights of the role that the account has for it, and where it has none with all', async () => {
    const { gateway, iam } = fixture;
    const api = await fixture.makeApi({ '/mock': mock });
    await patch(api, ['add', '/destinationArn', `${arnOf('made-by-it')}:*`], ['add', '/format', '$context.requestId']);
    await api.call('/mock', { method: 'GET' });
    expect(await linesOf('made-by-it')).toHaveLength(1);

    const Principal = { Service: 'apigateway.amazonaws.com' };
    const Statement = [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }];
    const { Role } = await iam.createRole({
      RoleName: 'gateway-logs',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    const setRole = (op: 'replace' | 'remove') =>
      gateway.updateAccount({ patchOperations: [{ op, path: '/cloudwatchRoleArn', value: Role?.Arn }] });
    await setRole('replace');
    // Another record of the stage, so that its permission is looked up anew.
    await patch(api, ['replace', '/format', '$context.requestId $context.status']);
    await api.call('/mock', { method: 'GET' });
    expect(await linesOf('made-by-it')).toHaveLength(1);
    await setRole('remove');
  });

  it('ends with the settings, and is kept on disk with the stage', async () => {
    const api = await fixture.makeApi({ '/mock': mock });
    await logTo(api, '/apis/three', '$context.requestId');
    const { restApiId } = api;
    const stage = () => fixture.gateway.getStage({ restApiId, stageName: 'prod' });
    expect((await stage()).accessLogSettings).toEqual({
      destinationArn: arnOf('/apis/three'),
      format: '$context.requestId',
    });
    expect((await patch(api, ['remove', ''])).accessLogSettings).toBeUndefined();
    await api.call('/mock', { method: 'GET' });
    expect(await linesOf('/apis/three')).toEqual([]);
  });

  it.each([
    [
      '/format',
      'a\n$context.requestId',
      "Access Log format must be single line, new line character is allowed only at end of the format: 'a\n$context.requestId'",
    ],
    [
      '/format',
      '$context.status',
      "Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.status'",
    ],
    [
      '/format',
      '$context.requestIdentity',
      "Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.requestIdentity'",
    ],
    [
      '/destinationArn',
      'arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x',
      'This endpoint does not serve access logs anywhere but in a log group of this account and region (arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x).',
    ],
    [
      '/destinationArn',
      arnOf('g').replace('us-east-1', 'eu-west-1'),
      'This endpoint does not serve access logs anywhere but in a log group of this account and region (arn:aws:logs:eu-west-1:000000000000:log-group:g).',
    ],
  ])('refuses %s %j and changes nothing', async (path, value, message) => {
    const api = await fixture.makeApi({ '/mock': mock });
    expect(await refusal(patch(api, ['replace', path, value]))).toMatchObject({ name: 'BadRequestException', message });
    const stage = await fixture.gateway.getStage({ restApiId: api.restApiId, stageName: 'prod' });
    expect(stage.accessLogSettings).toBeUndefined();
  });
});

it('fills in variables alone, each as far as it goes', () => {
  const context = { status: 200, authorizer: { claims: { sub: 'me', 'cognito:username': 'ada' } }, a: { b: null } };
  const filled: [string, string][] = [
    ['{"s":$context.status,"u":"$context.authorizer.claims.cognito:username"}', '{"s":200,"u":"ada"}'],
    ['$context.authorizer.claims.sub:$context.status', 'me:200'],
    [`${'$'}{context.status}0 $context.a.b $context.a $context.none.at.all`, '2000 - - -'],
    ['$input.body $contextual $ context.status $context.', '$input.body $contextual $ context.status $context.'],
  ];
  for (const [format, line] of filled) expect(lineOf(format, context)).toBe(line);
});

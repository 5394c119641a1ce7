import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fallBackToS3, startFront } from '../endpoint-front.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { type Installation, install, type Report } from './dynops.ts';
import { noTerminal, onTerminal } from './terminal.ts';

let engine: TestEngine;
let dynops: Installation;
/** An endpoint that serves no APIs. */
let lesser: Awaited<ReturnType<typeof startFront>>;
/** What it was asked for, and has not. */
const strayed: string[] = [];
/** One behind which something else answers in the API's place, once it is up. */
let replaced: typeof lesser;
let instead: [status: number, type: string, body: string] | undefined;
let env: Record<string, string>;

beforeAll(async () => {
  engine = await startEngine();
  dynops = await install();
  lesser = await startFront(engine, (...asked) => {
    const answer = fallBackToS3(...asked);
    if (answer === 'answered') strayed.push(asked[0].url ?? '');
    return answer;
  });
  replaced = await startFront(engine, (incoming, outgoing) => {
    if (!instead || !incoming.url?.startsWith('/_aws/execute-api/')) return undefined;
    const [status, type, body] = instead;
    outgoing.writeHead(status, { 'content-type': type }).end(body);
    return 'answered';
  });
  const { accessKeyId, secretAccessKey } = engine.credentials;
  env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
});
afterAll(async () => {
  await Promise.all([lesser.stop(), replaced.stop()]);
  await dynops.remove();
  await engine.stop();
});

it('on an endpoint that serves no APIs everything is made, and what would call the API says why it cannot', async () => {
  const at = ['--endpoint-url', lesser.endpoint, '--stack', 'lesser'];
  const up = await dynops.run(['up', ...at], { env });
  expect(up).toMatchObject({ status: 0, stderr: expect.stringContaining('serves no APIs') });
  expect(up.stdout + up.stderr).not.toContain('<');
  expect(await dynops.json<Report>(['status', ...at], { env })).toMatchObject({ inSync: true, apiUrl: null });
  const [stage, list] = await Promise.all([
    dynops.run(['stage', 'show', ...at], { env }),
    dynops.run(['list', ...at], { env }),
  ]);
  expect(stage).toMatchObject({ status: 0, stderr: expect.stringContaining('serves no APIs') });
  expect(list).toMatchObject({ status: 0, stdout: expect.stringContaining('not served') });
  const traced = await dynops.run(['trace', 'on', ...at], { env });
  expect(traced).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Call the function with `dynops function test'),
  });
  const calling = [
    ['call', 'ping'],
    ['request', 'GET', '/x'],
    ['load', '--users', '1', '--duration', '1s'],
    ['export', 'curl'],
  ];
  const ended = await Promise.all(
    calling.map(async (words) => {
      const { status, stdout } = await dynops.run([...words, ...at, '--json'], { env });
      return { words, status, error: JSON.parse(stdout).error };
    }),
  );
  for (const { words, status, error } of ended) {
    expect({ words, status, error }).toMatchObject({ status: 1, error: { code: 'ApiNotServed' } });
    expect(error.message).toContain(lesser.endpoint);
    expect(error.hint).toContain('function test');
  }
  // What only the user pool is needed for works, and asks for no address.
  strayed.length = 0;
  const { token } = await dynops.json<{ token: string }>(['token', ...at], { env });
  expect(await dynops.run(['user', 'list', ...at], { env })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('testuser  CONFIRMED'),
  });
  expect(await dynops.run(['authorizer', 'test', '--token', '-', ...at], { env, stdin: token })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('"cognito:username": "testuser"'),
  });
  expect(strayed).toEqual([]);
  const pages = await dynops.run(['token', '--hosted-ui', '--no-browser', ...at, '--json'], { env });
  expect({ status: pages.status, ...JSON.parse(pages.stdout).error }).toMatchObject({
    status: 1,
    code: 'NoDomain',
    message: expect.stringContaining('serves no pages'),
    hint: expect.stringContaining('--hosted-ui'),
  });
  // A step says of an address only what comes of it.
  const role = await dynops.run(['role', 'show', ...at], { env });
  expect(role).toMatchObject({ status: 0, stderr: '' });
  const domain = await dynops.run(['domain', 'show', ...at], { env });
  expect(domain).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/^[^\n]* serves no sign-in pages[^\n]*\n$/),
  });
  expect(await dynops.run(['down', '--yes', ...at], { env })).toMatchObject({ status: 0 });
});

it('a token can be had before there is an API, and before that it is said what is missing', async () => {
  const at = ['--endpoint-url', engine.endpoint, '--stack', 'early'];
  const refusal = async (words: string[]) => {
    const { status, stdout } = await dynops.run([...words, ...at, '--json'], { env });
    return { status, ...JSON.parse(stdout).error };
  };
  expect(await refusal(['token'])).toMatchObject({ status: 1, message: expect.stringContaining('does not exist') });
  await dynops.json(['pool', 'create', ...at], { env });
  expect(await refusal(['token'])).toMatchObject({ status: 1, hint: expect.stringContaining('user create') });
  for (const step of ['client', 'user']) await dynops.json([step, 'create', ...at], { env });
  expect(await dynops.json<{ token: string }>(['token', ...at], { env })).toMatchObject({ token: expect.any(String) });
  expect(await refusal(['token', '--hosted-ui', '--no-browser'])).toMatchObject({ status: 1, code: 'NoDomain' });
  expect(await refusal(['call', 'ping'])).toMatchObject({
    status: 1,
    message: expect.stringContaining('has no deployed API yet'),
  });
  // What is kept does not hide what is made after it.
  await dynops.json(['up', ...at], { env });
  expect(await dynops.run(['call', 'ping', ...at], { env })).toMatchObject({ status: 0 });
  await dynops.json(['down', '--yes', ...at], { env });
});

describe('what answers in the place of an API', () => {
  const at = () => ['--endpoint-url', replaced.endpoint, '--stack', 'replaced'];
  beforeAll(() => dynops.json(['up', ...at()], { env }));
  afterEach(() => {
    instead = undefined;
  });

  it.skipIf(noTerminal !== '')(`a page is said to a person, and not shown${noTerminal}`, async () => {
    instead = [502, 'text/html', '<html><h1>Bad Gateway</h1></html>'];
    const { raw } = await onTerminal(dynops, ['call', 'ping', ...at()], { columns: 120, env });
    expect(raw).toContain('The API answered 502: Bad Gateway');
    expect(raw).not.toContain('<h1>');
    // A program gets the body as it came.
    const piped = await dynops.run(['call', 'ping', ...at()], { env });
    expect(piped).toMatchObject({ status: 1, stdout: '<html><h1>Bad Gateway</h1></html>\n' });
  });

  const denied = (action: string, resource: string, why: string) =>
    `User: anonymous is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  it.each([
    [429, 'Too Many Requests', 1, /limits of the account/, /Wait/],
    [403, denied('execute-api:Invoke', 'arn:x', 'with an explicit deny'), 4, /explicit deny/, /resource policy/],
    [
      500,
      denied('dynamodb:PutItem', 'arn:x:table/y', 'because no permissions boundary allows it'),
      1,
      /dynamodb:PutItem/,
      /permissions boundary of the function's role/,
    ],
  ])('a %i that %j is explained', async (status, message, exitStatus, said, hint) => {
    instead = [status, 'application/json', JSON.stringify({ message })];
    const ended = await dynops.run(['call', 'ping', '--json', ...at()], { env });
    const { error } = JSON.parse(ended.stdout);
    expect(ended.status).toBe(exitStatus);
    expect(error).toMatchObject({ message: expect.stringMatching(said), hint: expect.stringMatching(hint) });
  });
});

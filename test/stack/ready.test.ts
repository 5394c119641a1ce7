import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { untilApiAnswers } from '../../src/stack/ready.ts';
import { mockAws } from '../aws/mocks.ts';

const api = { id: 'abc', stage: 'prod' };

type Answer = [status: number, body: string, headers: Record<string, string>];

/** The API of a server that gives each answer in turn, and the last one from then on. */
async function wait(kind: 'local' | 'endpoint', answers: Answer[], limitMs: number) {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const isApi = url.startsWith('/_aws/');
    if (isApi) asked.push(url);
    const [status, body, headers] = answers[Math.min(asked.length, answers.length) - 1] ?? [404, 'not here'];
    response.writeHead(isApi ? status : 404, headers).end(isApi ? body : '<html>no such page</html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reasons: string[] = [];
  const onWait = (reason: string) => reasons.push(reason);
  try {
    const aws = await mockAws({ target: { kind, endpoint } });
    const answer = await untilApiAnswers(aws, { api, path: '/items', method: 'POST', limitMs, onWait });
    return { answer, reasons, asked };
  } finally {
    server.close();
  }
}

const busy: Answer = [429, '{"message":"Too Many Requests"}', {}];

it('waits for 401, and tells what came instead when that does not come', async () => {
  const { answer, reasons } = await wait('local', [busy], 1_000);
  expect(answer).toMatchObject({ settled: false, said: '429 Too Many Requests' });
  expect(reasons[0]).toContain('429');
  const ready = await wait('local', [...Array(10).fill(busy), [401, '{}', {}]], 60_000);
  expect(ready.answer).toMatchObject({ settled: true, served: 'closed' });
  expect(ready.asked).toHaveLength(11);
});

it.each([
  ['a page', [500, '<html><script>x</script></html>', { 'content-type': 'text/html' }], '500 (text/html)'],
  ['nothing known', [404, 'no', { 'content-type': 'text/plain' }], '404 (text/plain)'],
  [
    'S3',
    [404, '<?xml version="1.0"?><Error/>', { 'x-amzn-requestid': 'r1', 'content-type': 'application/xml' }],
    '404 (application/xml)',
  ],
] as const)(
  'an endpoint where an API should be and %s is has none; the embedded engine is waited for',
  async (_what, [status, body, headers], said) => {
    const answers: Answer[] = [[status, body, headers]];
    expect((await wait('endpoint', answers, 60_000)).answer).toMatchObject({ settled: true, served: 'absent', said });
    expect((await wait('local', answers, 5_000)).answer).toMatchObject({ settled: false, said });
  },
);

it('an endpoint that carries the request out is open once it did so for a while: a new deployment may take a moment', async () => {
  const pong: Answer = [200, '"pong"', {}];
  expect((await wait('endpoint', [pong, [401, '{}', {}]], 60_000)).answer).toMatchObject({ served: 'closed' });
  const open = await wait('endpoint', [pong], 60_000);
  expect(open.answer).toMatchObject({ settled: true, served: 'open' });
  // Each of these runs the function.
  expect(open.asked).toHaveLength(2);
  expect((await wait('local', [pong], 5_000)).answer).toMatchObject({ settled: false });
});

it.each([
  ['a new stage', [403, '{"message":"Forbidden"}', {}]],
  ['a gateway that fails', [500, '{"message":"Internal server error"}', {}]],
  ['a gateway that says little', [404, 'no', { 'x-amzn-requestid': 'r1' }]],
] as const)('%s is waited for on an endpoint too', async (_what, [status, body, headers]) => {
  expect((await wait('endpoint', [[status, body, headers]], 9_000)).answer).toMatchObject({
    settled: false,
    served: 'unready',
  });
});

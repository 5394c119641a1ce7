import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadModel, runLoad } from '../../../src/measure/load/generator.ts';
import { profileOf } from '../../../src/measure/load/profile.ts';
import { compileScenario } from '../../../src/measure/load/scenario.ts';

/** Makes things with an id, every fifth without; what asks for one that was not made before is counted. */
const made = new Set<string>();
const seen = { requests: [] as string[], unknown: 0 };
const server = createServer((request, response) => {
  const { method = '', url = '' } = request;
  seen.requests.push(`${method} ${url.replace(/\d+$/, 'N')}`);
  request.resume();
  if (method === 'POST') {
    const id = String(made.size + 1);
    made.add(id);
    response.end(made.size % 5 === 0 ? '{}' : `{"thing":{"id":${id}}}`);
    return;
  }
  if (!made.has(url.split('/').at(-1) ?? '')) seen.unknown += 1;
  // A HEAD's answer has the length of a body that does not come.
  response.setHeader('Content-Length', 1_000);
  response.end(method === 'HEAD' ? undefined : 'x'.repeat(1_000));
});
let url: URL;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`);
});
afterAll(() => server.close());

test.each<[string, LoadModel]>([
  ['closed', { kind: 'closed', users: 4 }],
  ['open', { kind: 'open', ratePerSecond: 400, maxConnections: 20 }],
])('%s model: what one request was answered is in the next ones of its own pass', async (_model, model) => {
  seen.requests = [];
  const run = await runLoad({
    url,
    model,
    profile: profileOf('fixed'),
    durationMs: 2_000,
    scenario: compileScenario([
      { name: 'make', target: '/things', body: '{}', capture: { id: '/thing/id' } },
      { name: 'head', method: 'HEAD', target: '/things/{{id}}' },
      { name: 'read', method: 'GET', target: '/things/{{id}}' },
    ]),
    token: () => 'token',
    userAgent: 'test',
    requestTimeoutMs: 5_000,
    signal: new AbortController().signal,
    onInterval: () => undefined,
  });
  expect(seen.unknown).toBe(0);
  expect(new Set(seen.requests)).toEqual(new Set(['POST /prod/things', 'HEAD /prod/things/N', 'GET /prod/things/N']));
  expect(run.requests).toBe(seen.requests.length);
  const [make, head, read] = run.byRequest.map(({ requests }) => requests);
  expect(read).toBeGreaterThan(20);
  // A fifth of the passes ends with the first request, which failed; at most the last pass of each user is cut short.
  const missing = run.failures.find(({ kind }) => kind === 'no /thing/id in the answer')?.count ?? 0;
  expect(run.failed).toBe(missing);
  expect(missing / (make ?? 0)).toBeCloseTo(0.2, 1);
  expect((make ?? 0) - missing - (head ?? 0)).toBeLessThanOrEqual(20);
  expect((head ?? 0) - (read ?? 0)).toBeLessThanOrEqual(20);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, findBaseUrl } from '../../src/aws/api-address.ts';
import { mockAws } from './mocks.ts';

const api = { id: 'abc', stage: 'prod' };
const seen: { host: string; url: string }[] = [];
/** What answers where; what is not listed is a page. */
let served: [address: RegExp, status: number, body: string][] = [];
const server = createServer(({ url = '', headers: { host = '' } }, response) => {
  seen.push({ host, url });
  const [, status, body] = served.find(([address]) => address.test(`${host}${url}`)) ?? [null, 404, '<html>no</html>'];
  response.writeHead(status).end(body);
});
let port: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const at = (kind: 'local' | 'endpoint', host: string) =>
  mockAws({ target: { kind, endpoint: `http://${host}:${port}` } });

it('AWS and the embedded engine serve an API at one place, and are not asked', async () => {
  seen.length = 0;
  expect(await findBaseUrl(await mockAws(), api)).toBe('https://abc.execute-api.eu-central-1.amazonaws.com/prod');
  const local = await at('local', '127.0.0.1');
  expect(await findBaseUrl(local, api)).toBe(`http://127.0.0.1:${port}/_aws/execute-api/abc/prod`);
  expect(seen).toEqual([]);
});

it.each([
  ['127.0.0.1', /^[^/]+\/_aws\/execute-api\/abc\/prod\//, '127.0.0.1:PORT/_aws/execute-api/abc/prod'],
  ['127.0.0.1', /^[^/]+\/restapis\/abc\/prod\/_user_request_\//, '127.0.0.1:PORT/restapis/abc/prod/_user_request_'],
  ['localhost', /^abc\.execute-api\.localhost:\d+\/prod\//, 'abc.execute-api.localhost:PORT/prod'],
])('an endpoint at %s is found to serve it at %s', async (host, address, found) => {
  served = [[address, 403, '{"message":"Missing Authentication Token"}']];
  expect(await findBaseUrl(await at('endpoint', host), api)).toBe(`http://${found.replace('PORT', String(port))}`);
});

it('the form that tells most is taken: one that refuses a request without a token before one that knows nothing', async () => {
  served = [
    [/\/_aws\/execute-api/, 404, '{"message":"Not Found"}'],
    [/_user_request_/, 401, '{"message":"Unauthorized"}'],
  ];
  const answer = await askApi(await at('endpoint', '127.0.0.1'), api, { method: 'POST', path: '/items', body: '{}' });
  expect(answer).toEqual({
    baseUrl: `http://127.0.0.1:${port}/restapis/abc/prod/_user_request_`,
    served: 'closed',
    said: '401 Unauthorized',
  });
});

it('who has too much to do at the one form is asked again before another is taken', async () => {
  const right = /^[^/]+\/_aws\/execute-api/;
  const other: (typeof served)[number] = [/_user_request_/, 403, '{"message":"Missing Authentication Token"}'];
  served = [[right, 503, '<html>busy</html>'], other];
  const aws = await at('endpoint', '127.0.0.1');
  const pause = async () => {
    served = [[right, 401, '{"message":"Unauthorized"}'], other];
  };
  const found = await findBaseUrl({ ...aws, pause }, api);
  expect(found).toBe(`http://127.0.0.1:${port}/_aws/execute-api/abc/prod`);
});

it('nowhere is null; nobody there is no proof of that', async () => {
  served = [];
  expect(await findBaseUrl(await at('endpoint', '127.0.0.1'), api)).toBeNull();
  const gone = await mockAws({ target: { kind: 'endpoint', endpoint: 'http://127.0.0.1:1' } });
  expect(await findBaseUrl(gone, api)).toBe('http://127.0.0.1:1/_aws/execute-api/abc/prod');
});

const json = { method: 'POST', path: '/items', body: '{}' };

it.each<[what: string, status: number, body: string, served: string]>([
  ['a list', 200, '[]', 'open'],
  ['a text', 200, 'pong', 'open'],
  ['nothing, with success', 204, '', 'open'],
  ['something made', 201, '{"id":"1"}', 'open'],
  ['a refused token', 401, '{"message":"Unauthorized"}', 'closed'],
  ['a page that asks to sign in', 401, '<html>no</html>', 'closed'],
  ['a stage that is not there yet', 403, '{"message":"Forbidden"}', 'unready'],
  ['a gateway without its function', 502, '{"message":"Internal server error"}', 'unready'],
  ['a bucket that there is not', 404, '<?xml version="1.0"?><Error><Code>NoSuchBucket</Code></Error>', 'absent'],
  ['a page of everything else', 200, '<!doctype html><title>Console</title>', 'absent'],
  ['a method that nothing has here', 405, '', 'absent'],
  ['a path that nothing has here', 501, 'Not Implemented', 'absent'],
])('%s, in the place of an API, is %i %j: %s', async (_what, status, body, expected) => {
  served = [[/^[^/]+\/_aws\/execute-api\/abc\/prod\//, status, body]];
  const answer = await askApi(await at('endpoint', '127.0.0.1'), api, json);
  expect(answer.served).toBe(expected);
  expect(answer.said).not.toContain('<');
});

it('one that refuses a request is taken before one that carries it out, whichever is asked first', async () => {
  const open: (typeof served)[number] = [/\/_aws\/execute-api/, 200, '"pong"'];
  const closed: (typeof served)[number] = [/_user_request_/, 401, '{}'];
  for (const both of [
    [open, closed],
    [closed, open],
  ]) {
    served = both;
    const answer = await askApi(await at('endpoint', '127.0.0.1'), api, json);
    expect([answer.served, answer.baseUrl.endsWith('/_user_request_')]).toEqual(['closed', true]);
  }
});

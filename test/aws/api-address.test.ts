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

it('nowhere is null; nobody there is no proof of that', async () => {
  served = [];
  expect(await findBaseUrl(await at('endpoint', '127.0.0.1'), api)).toBeNull();
  const gone = await mockAws({ target: { kind: 'endpoint', endpoint: 'http://127.0.0.1:1' } });
  expect(await findBaseUrl(gone, api)).toBe('http://127.0.0.1:1/_aws/execute-api/abc/prod');
});

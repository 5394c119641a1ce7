import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findDomainUrl } from '../../src/aws/sign-in-address.ts';
import { mockAws } from './mocks.ts';

type Answer = [address: RegExp, status: number, headers: Record<string, string>];

const html = { 'content-type': 'text/html; charset=utf-8' };
const xml = { 'content-type': 'application/xml' };
const seen: string[] = [];
let served: Answer[] = [];
const server = createServer(({ url = '' }, response) => {
  seen.push(url);
  const [, status, headers] = served.find(([address]) => address.test(url)) ?? [null, 404, xml];
  response.writeHead(status, headers).end();
});
let endpoint: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const find = async (kind: 'local' | 'endpoint') =>
  findDomainUrl(await mockAws({ target: { kind, endpoint } }), 'demo', 'client_id=c');

it('the embedded engine serves the pages at one place, and is not asked', async () => {
  seen.length = 0;
  expect(await find('local')).toBe(`${endpoint}/_aws/cognito-domain/demo`);
  expect(seen).toEqual([]);
});

it.each<[what: string, found: string, answer: Answer]>([
  ['a page', '/_aws/cognito-domain/demo', [/^\/_aws\/cognito-domain\/demo\/login\?client_id=c$/, 200, html]],
  ['a page for all domains', '/_aws/cognito-idp', [/^\/_aws\/cognito-idp\/login\?client_id=c$/, 200, html]],
  ['a page of the root', '', [/^\/login\?client_id=c$/, 200, html]],
  ['the way to a page', '/_aws/cognito-idp', [/^\/_aws\/cognito-idp\//, 302, { location: '/elsewhere' }]],
  ['a page that says what is wrong', '', [/^\/login/, 400, html]],
])('an endpoint with %s serves them at %j', async (_what, found, answer) => {
  served = [answer];
  expect(await find('endpoint')).toBe(`${endpoint}${found}`);
});

it.each<[what: string, served: Answer[]]>([
  ['a bucket that is not there', []],
  ['a page that says so', [[/./, 404, html]]],
  ['a list of a bucket', [[/./, 200, xml]]],
  ['a page about a failure', [[/./, 500, html]]],
])('%s is none', async (_what, answers) => {
  served = answers;
  expect(await find('endpoint')).toBeNull();
});

it('who has too much to do has not said that there is none', async () => {
  served = [[/./, 503, html]];
  const aws = await mockAws({ target: { kind: 'endpoint', endpoint } });
  const pause = async () => {
    served = [[/^\/_aws\/cognito-idp\//, 200, html]];
  };
  expect(await findDomainUrl({ ...aws, pause }, 'demo', 'client_id=c')).toBe(`${endpoint}/_aws/cognito-idp`);
});

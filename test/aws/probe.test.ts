import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { probe } from '../../src/aws/probe.ts';
import { mockAws } from './mocks.ts';

let answers: number[] = [];
const server = createServer((_request, response) => void response.writeHead(answers.shift() ?? 500).end('<p>'));
let url: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

it.each<[given: number[], status: number, left: number]>([
  [[200, 404], 200, 1],
  [[429, 503, 401, 200], 401, 1],
  // A function that fails, or takes too long, is an answer.
  [[502, 200], 502, 1],
  [[504, 200], 504, 1],
  [[503, 503, 503, 503, 429, 200], 429, 1],
])('of the answers %j it takes %i', async (given, status, left) => {
  answers = [...given];
  const aws = await mockAws();
  await expect(probe(aws, { method: 'GET', url })).resolves.toMatchObject({ status });
  expect(answers).toHaveLength(left);
  expect(aws.pauses).toHaveLength(given.length - left - 1);
});

it('nobody there is told', async () => {
  await expect(probe(await mockAws(), { method: 'GET', url: 'http://127.0.0.1:1/' })).rejects.toThrow('ECONNREFUSED');
});

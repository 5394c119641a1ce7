import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { untilApiAnswers } from '../../src/stack/ready.ts';
import { mockAws } from '../aws/mocks.ts';

it('waits for 401, and tells what came instead when that does not come', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked > 10 ? 401 : 429).end('{"message":"Too Many Requests"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const reasons: string[] = [];
  const wait = { url, onWait: (reason: string) => reasons.push(reason) };
  try {
    const instead = await untilApiAnswers(await mockAws(), { ...wait, limitMs: 1_000 });
    expect(instead).toBe('429 {"message":"Too Many Requests"}');
    expect(reasons[0]).toContain('429');
    expect(await untilApiAnswers(await mockAws(), { ...wait, limitMs: 60_000 })).toBeUndefined();
    expect(asked).toBe(11);
  } finally {
    server.close();
  }
});

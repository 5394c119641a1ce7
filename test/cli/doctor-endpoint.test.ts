import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientConfig, type Installation, install } from './dynops.ts';
import { refusing } from './failing.ts';

interface Report {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; hint?: string }[];
}

let dynops: Installation;
const refusals: Awaited<ReturnType<typeof refusing>>[] = [];
beforeAll(async () => {
  dynops = await install();
});
afterAll(async () => {
  for (const each of refusals) each.close();
  await dynops.remove();
});

async function doctor(url: string, env: Record<string, string>) {
  const { status, stdout } = await dynops.run(['doctor', '--json', '--endpoint-url', url], { env });
  const report = JSON.parse(stdout) as Report;
  return { status, report, found: report.checks.find(({ name }) => name === 'permissions') };
}

describe('doctor at an endpoint, where the caller is known', () => {
  // Who asks is answered; whatever else is asked is refused.
  it.each([
    ['AccessDeniedException', /AccessDenied|No\./, 'export iam-policy'],
    ['ValidationException', /ValidationException|No\./, undefined],
    ['UnrecognizedClientException', /credentials|No\./i, undefined],
  ])('and everything else is refused with %s: 3', async (name, detail, hint) => {
    const endpoint = await refusing(name);
    refusals.push(endpoint);
    const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const { status, report, found } = await doctor(endpoint.url, keys);
    expect([status, report.ok]).toEqual([3, false]);
    expect(report.checks.find((check) => check.name === 'credentials')?.ok).toBe(true);
    expect(found).toMatchObject({ ok: false, detail: expect.stringMatching(detail) });
    if (hint !== undefined) expect(found?.hint).toContain(hint);
  });

  it('and the stack can be read: 0', async () => {
    const { endpoint, credentials } = await clientConfig(dynops);
    const keys = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    const { status, found } = await doctor(endpoint, keys);
    expect(status).toBe(0);
    expect(found).toMatchObject({ ok: true, detail: 'the stack can be read' });
  });
});

it('doctor measures the clock when the endpoint answered, however long other checks take', async () => {
  const slowMs = 6_000;
  const server = createServer((request, response) => {
    const refuse = () => response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"__type":"Denied"}');
    if (request.method === 'GET') response.end();
    else setTimeout(refuse, slowMs);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { report } = await doctor(url, { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' });
    const clock = report.checks.find(({ name }) => name === 'clock');
    expect(clock).toMatchObject({ ok: true, detail: expect.stringContaining('ahead of 127.0.0.1') });
    const [, amount, unit] = /^([\d.]+) (ms|s)/.exec(clock?.detail ?? '') ?? [];
    // The header tells whole seconds.
    expect(Number(amount) * (unit === 's' ? 1_000 : 1)).toBeLessThan(slowMs);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

it('doctor asks an endpoint that cannot be reached once, and blames nothing else', async () => {
  let connections = 0;
  const server = createServer().on('connection', (socket) => {
    connections += 1;
    socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, report } = await doctor(url, { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' });
    expect(status).toBe(3);
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({ name: 'network', detail: expect.stringContaining('cannot be reached') }),
      expect.objectContaining({ name: 'credentials', skipped: true }),
      expect.objectContaining({ name: 'permissions', skipped: true }),
      expect.objectContaining({ name: 'clock', skipped: true }),
    ]);
    expect(connections).toBe(1);
  } finally {
    server.close();
  }
});

import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectProxy, startProxy } from '../endpoint/connect-proxy.ts';
import { missingOpenssl, type PrivateAuthority, privateAuthority } from '../endpoint/private-authority.ts';
import { signHeaders } from '../local/sign.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { type Installation, install } from './dynops.ts';

/*
 * The whole way into "AWS" behind a proxy: the engine stands for AWS, under AWS's own names and with a certificate of a
 * private authority, and nothing leads there but a proxy's CONNECT.
 */

/** Takes what was sent to an address of AWS's, and asks the engine the same, signed for its address. */
function frontOf({ endpoint, credentials }: TestEngine, authority: PrivateAuthority): Server {
  return createSecureServer({ key: authority.key, cert: authority.cert }, async (asked, response) => {
    const body = await buffer(asked);
    const { host = '', authorization = '', ...headers } = asked.headers as Record<string, string>;
    const [path = '/', query = ''] = (asked.url ?? '/').split('?');
    const [, apiId] = /^([^.]+)\.execute-api\./.exec(host) ?? [];
    const [, prefix] = /^([^.]+)\.auth\./.exec(host) ?? [];
    const place = apiId ? `/_aws/execute-api/${apiId}` : prefix ? `/_aws/cognito-domain/${prefix}` : '';
    const [, region, service] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(authorization) ?? [];
    const kept = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !/^(connection|x-amz-date)$/.test(name)),
    );
    const method = asked.method ?? 'POST';
    const signed = service
      ? signHeaders({ endpoint, credentials, service, region, method, path, query, headers: kept, body })
      : { ...kept, host: new URL(endpoint).host, ...(authorization && { authorization }) };
    request(`${endpoint}${place}${asked.url}`, { method, headers: signed }, (answer) => {
      // Answers name the engine's own addresses, as AWS's name AWS's.
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end(body);
  }) as unknown as Server;
}

describe.skipIf(missingOpenssl)(`AWS behind a proxy${missingOpenssl ? ` (skipped: ${missingOpenssl})` : ''}`, () => {
  let dynops: Installation;
  let engine: TestEngine;
  let authority: PrivateAuthority;
  let server: Server;
  let proxy: ConnectProxy;
  const env = (more: Record<string, string> = {}) => ({
    AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
    HTTPS_PROXY: proxy.url,
    AWS_CA_BUNDLE: authority.file,
    ...more,
  });

  beforeAll(async () => {
    [dynops, engine] = await Promise.all([install(), startEngine()]);
    authority = privateAuthority(
      'iam.amazonaws.com',
      '*.us-east-1.amazonaws.com',
      '*.ddb.us-east-1.amazonaws.com',
      '*.execute-api.us-east-1.amazonaws.com',
      '*.auth.us-east-1.amazoncognito.com',
    );
    server = frontOf(engine, authority);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await startProxy({ securePort: (server.address() as AddressInfo).port });
  });

  afterAll(async () => {
    proxy?.close();
    server?.close();
    authority?.remove();
    await Promise.all([dynops?.remove(), engine?.stop()]);
  });

  it('is brought up, called, loaded and taken down, and doctor says how it is reached', async () => {
    const up = await dynops.run(['up', '--aws', '--json'], { env: env() });
    expect([up.status, up.stderr]).toEqual([0, expect.stringContaining('in AWS, account')]);
    const { apiUrl } = JSON.parse(up.stdout);
    const { host } = new URL(apiUrl);
    expect(new Set(proxy.asked)).toEqual(
      new Set([
        ...['sts', 'lambda', 'dynamodb', 'apigateway', 'cognito-idp', 'logs'].map(
          (service) => `CONNECT ${service}.us-east-1.amazonaws.com:443`,
        ),
        'CONNECT iam.amazonaws.com:443',
        `CONNECT ${host}:443`,
      ]),
    );

    const called = await dynops.run(['call', 'ping', '--aws'], { env: env() });
    expect([called.status, called.stdout.trim()]).toEqual([0, '"pong"']);
    // The authority by Node's own variable.
    const { AWS_CA_BUNDLE: _, ...byNode } = env({ NODE_EXTRA_CA_CERTS: authority.file });
    expect((await dynops.run(['call', 'ping', '--aws'], { env: byNode })).status).toBe(0);

    const before = proxy.asked.length;
    const load = await dynops.run(['load', '--aws', '--yes', '--users', '2', '--duration', '1s', '--json'], {
      env: env(),
    });
    expect(load.status).toBe(0);
    expect(JSON.parse(load.stdout)).toMatchObject({ failed: 0, connections: { opened: 2 } });
    expect(proxy.asked.slice(before).filter((asked) => asked === `CONNECT ${host}:443`).length).toBeGreaterThanOrEqual(
      3,
    );

    const doctor = await dynops.run(['doctor', '--aws'], { env: env() });
    expect([doctor.status, doctor.stdout]).toEqual([
      0,
      expect.stringContaining(
        `sts.us-east-1.amazonaws.com answers through the proxy ${proxy.url} (HTTPS_PROXY); AWS_CA_BUNDLE is trusted too`,
      ),
    ]);

    const down = await dynops.run(['down', '--aws', '--yes'], { env: env() });
    expect([down.status, down.status === 0 ? '' : down.stderr]).toEqual([0, '']);
  });

  it('is reached by nobody who does not trust the authority, and the words say why', async () => {
    const { AWS_CA_BUNDLE: _, ...untrusting } = env();
    const { status, stdout } = await dynops.run(['status', '--aws', '--json'], { env: untrusting });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      message: expect.stringContaining(`through the proxy ${proxy.url} (HTTPS_PROXY)`),
      hint: expect.stringContaining('AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS'),
    });
  });

  it('a proxy that fails is named by what fails behind it, and by doctor, which blames no clock', async () => {
    const by = env({ HTTPS_PROXY: 'http://ada:secret@127.0.0.1:9' });
    const [status, doctor] = await Promise.all(
      [
        ['status', '--aws'],
        ['doctor', '--aws', '--json'],
      ].map((words) => dynops.run(words, { env: by })),
    );
    expect([status?.status, status?.stderr]).toEqual([
      1,
      expect.stringContaining('The proxy http://127.0.0.1:9 (HTTPS_PROXY) cannot be reached'),
    ]);
    const { checks } = JSON.parse(doctor?.stdout ?? '{}');
    expect(checks.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([
      expect.objectContaining({ name: 'network', hint: expect.stringContaining('NO_PROXY') }),
      expect.objectContaining({ name: 'credentials', skipped: true }),
      expect.objectContaining({ name: 'permissions', skipped: true }),
      expect.objectContaining({ name: 'clock', skipped: true }),
    ]);
    for (const { ok, hint } of checks) if (ok) expect(hint).toBeUndefined();
    expect(`${status?.stderr}${doctor?.stdout}`).not.toContain('secret');
  });

  it('the engine on this machine needs none', async () => {
    const asked = proxy.asked.length;
    const plain = createServer((_request, response) => response.writeHead(500).end());
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    try {
      const url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
      const { status } = await dynops.run(['status'], { env: { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url } });
      expect([status, proxy.asked.length]).toEqual([0, asked]);
    } finally {
      plain.close();
    }
  });
});

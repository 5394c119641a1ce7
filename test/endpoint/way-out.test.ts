import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../src/aws/aws.ts';
import { send } from '../../src/endpoint/http.ts';
import { proxyFor } from '../../src/endpoint/proxy.ts';
import { authorities, openTunnel } from '../../src/endpoint/way-out.ts';
import { runLoad } from '../../src/measure/load/generator.ts';
import { profileOf } from '../../src/measure/load/profile.ts';
import { compileScenario } from '../../src/measure/load/scenario.ts';
import { type ConnectProxy, startProxy } from './connect-proxy.ts';
import { missingOpenssl, type PrivateAuthority, privateAuthority } from './private-authority.ts';

const sts = (action: string, inner: string) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inner}</${action}Result></${action}Response>`;
const answers: Record<string, string> = {
  GetCallerIdentity: sts(
    'GetCallerIdentity',
    '<Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>A</UserId><Account>123456789012</Account>',
  ),
  AssumeRole: sts(
    'AssumeRole',
    '<Credentials><AccessKeyId>ASIA2</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>',
  ),
};

describe.skipIf(missingOpenssl)(`the way out${missingOpenssl ? ` (skipped: ${missingOpenssl})` : ''}`, () => {
  let authority: PrivateAuthority;
  let server: Server;
  let proxy: ConnectProxy;
  const securePort = () => (server.address() as AddressInfo).port;
  const env = (more: Record<string, string> = {}) => ({
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    AWS_CA_BUNDLE: authority.file,
    ...more,
  });
  const get = (url: string, by: Record<string, string>) => send({ method: 'GET', url, timeoutMs: 5_000, env: by });

  beforeAll(async () => {
    authority = privateAuthority('*.us-east-1.amazonaws.com', 'api.example', 'localhost');
    server = createServer({ key: authority.key, cert: authority.cert }, async (request, response) => {
      const body = await text(request);
      const action = /Action=(\w+)/.exec(body)?.[1] ?? '';
      response.end(answers[action] ?? JSON.stringify({ host: request.headers.host, body }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await startProxy({ securePort: securePort() });
  });

  afterAll(() => {
    proxy?.close();
    server?.close();
    server?.closeAllConnections();
    authority?.remove();
  });

  it('leads a request through CONNECT to a server that a private authority vouches for', async () => {
    const { status, body } = await get('https://api.example/prod', env());
    expect([status, JSON.parse(body.toString())]).toEqual([200, { host: 'api.example', body: '' }]);
    expect(proxy.asked).toContain('CONNECT api.example:443');
  });

  it('asks the proxy for the whole address where there is no TLS', async () => {
    const by = env({ HTTP_PROXY: proxy.url.replace('//', '//ada:p%40ss@') });
    const { body } = await get('http://engine.example:4566/path?a=1', by);
    expect(proxy.asked.at(-1)).toBe('GET http://engine.example:4566/path?a=1');
    expect(body.toString()).toBe(`engine.example:4566 by Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  it('speaks TLS to a proxy of https, for an address without TLS too', async () => {
    const { key, cert } = authority;
    const secure = await startProxy({ securePort: securePort() }, { tls: { key, cert } });
    try {
      const by = env({ HTTP_PROXY: secure.url, HTTPS_PROXY: secure.url });
      expect((await get('http://engine.example/path', by)).body.toString()).toBe('engine.example by anybody');
      expect((await get('https://api.example/prod', by)).status).toBe(200);
      expect(secure.asked).toEqual(['GET http://engine.example/path', 'CONNECT api.example:443']);
      const unknown = get('http://engine.example/path', { HTTP_PROXY: secure.url });
      await expect(unknown).rejects.toMatchObject({
        code: 'ProxyFailed',
        message: expect.stringContaining(`${secure.url} (HTTP_PROXY) cannot be reached: unable to verify`),
      });
    } finally {
      secure.close();
    }
  });

  it.each([
    ['ada:100%', 'ada:100%'],
    ['a%zzda:%e2%82%ac%', 'a%zzda:€%'],
    ['ä:%%41', 'ä:%A'],
  ])('takes a percent sign in %s that begins no escape as it is', async (given, sent) => {
    const { body } = await get('http://engine.example/', env({ HTTP_PROXY: proxy.url.replace('//', `//${given}@`) }));
    expect(body.toString()).toBe(`engine.example by Basic ${Buffer.from(sent).toString('base64')}`);
  });

  it('takes any success of CONNECT for one', async () => {
    const other = await startProxy({ securePort: securePort() }, { answer: 201 });
    try {
      expect((await get('https://api.example/', env({ HTTPS_PROXY: other.url }))).status).toBe(200);
    } finally {
      other.close();
    }
  });

  it.each(['send', 'the SDK'])('says by %s what a proxy refuses where there is no TLS', async (by) => {
    const strict = await startProxy({ securePort: securePort() }, { password: 'ada:secret' });
    const ask = (variables: Record<string, string>) =>
      by === 'send'
        ? get('http://engine.example:4566/', variables)
        : connect({
            target: {
              kind: 'endpoint',
              endpoint: 'http://engine.example:4566',
              region: 'us-east-1',
              profile: undefined,
              credentials: { accessKeyId: 'AKIA1', secretAccessKey: 's' },
            },
            env: variables,
            signal: new AbortController().signal,
          });
    try {
      await expect(ask({ HTTP_PROXY: strict.url })).rejects.toMatchObject({
        code: 'ProxyPasswordNeeded',
        message: `The proxy ${strict.url} (HTTP_PROXY) refused a connection to engine.example:4566: 407 Refused.`,
      });
      await expect(ask({ HTTP_PROXY: 'http://127.0.0.1:9' })).rejects.toMatchObject({
        code: 'ProxyFailed',
        message: 'The proxy http://127.0.0.1:9 (HTTP_PROXY) cannot be reached: connect ECONNREFUSED 127.0.0.1:9.',
      });
    } finally {
      strict.close();
    }
  });

  it('is straight for loopback', async () => {
    const before = proxy.asked.length;
    const { status } = await get(`https://localhost:${securePort()}/`, env());
    expect([status, proxy.asked.length]).toEqual([200, before]);
  });

  it('is closed to a server that nobody known vouches for, and names the proxy in between', async () => {
    const failed = get('https://api.example/', { HTTPS_PROXY: proxy.url });
    await expect(failed).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      proxy: `${proxy.url} (HTTPS_PROXY)`,
    });
  });

  it.each([
    ['refuses', { answer: 403 }, {}, 'refused a connection to api.example:443: 403 Refused.', 'ProxyFailed'],
    [
      'wants a password',
      { password: 'ada:secret' },
      {},
      'refused a connection to api.example:443: 407 Refused.',
      'ProxyPasswordNeeded',
    ],
  ])('of a proxy that %s it says so', async (_case, how, more, said, code) => {
    const strict = await startProxy({ securePort: securePort() }, how);
    try {
      const failed = get('https://api.example/', env({ HTTPS_PROXY: strict.url, ...more }));
      const message = `The proxy ${strict.url} (HTTPS_PROXY) ${said}`;
      await expect(failed).rejects.toMatchObject({ code, message });
      const known = env({ HTTPS_PROXY: strict.url.replace('//', '//ada:secret@') });
      if ('password' in how) expect((await get('https://api.example/', known)).status).toBe(200);
    } finally {
      strict.close();
    }
  });

  it('of a proxy that is not there it says so, without its password', async () => {
    const failed = get('https://api.example/', env({ HTTPS_PROXY: 'http://ada:secret@127.0.0.1:9' }));
    await expect(failed).rejects.toMatchObject({
      code: 'ProxyFailed',
      message: 'The proxy http://127.0.0.1:9 (HTTPS_PROXY) cannot be reached: connect ECONNREFUSED 127.0.0.1:9.',
    });
  });

  it('names the variable of an authority that cannot be read', () => {
    expect(() => authorities({ AWS_CA_BUNDLE: '/nowhere.pem' })).toThrow(
      'AWS_CA_BUNDLE: /nowhere.pem cannot be read: no such file or directory.',
    );
  });

  describe('of the SDK', () => {
    let folder: string;
    const signal = new AbortController().signal;
    const target = { kind: 'aws', endpoint: undefined, region: 'us-east-1', credentials: undefined } as const;

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dynops-profiles-'));
      const role = 'arn:aws:iam::123456789012:role/operator';
      writeFileSync(
        join(folder, 'config'),
        `[profile base]\naws_access_key_id=AKIA1\naws_secret_access_key=s\n[profile role]\nrole_arn=${role}\nsource_profile=base\nregion=us-east-1\n`,
      );
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('is the same, for the role that a profile assumes too', async () => {
      vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
      vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
      proxy.asked.length = 0;
      const by = env({
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      });
      try {
        const aws = await connect({ target: { ...target, profile: 'role' }, env: by, signal });
        expect(aws.accountId).toBe('123456789012');
        // The role's session, then the caller's identity; both by the agent that keeps its connections.
        expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT sts.us-east-1.amazonaws.com:443']));
        expect(proxy.asked.length).toBeGreaterThan(0);
      } finally {
        vi.unstubAllEnvs();
      }
    });

    it('says which proxy is in the way, at once', async () => {
      const by = { HTTPS_PROXY: 'http://127.0.0.1:9' };
      const credentials = { accessKeyId: 'AKIA1', secretAccessKey: 's' };
      const failed = connect({ target: { ...target, profile: undefined, credentials }, env: by, signal });
      await expect(failed).rejects.toMatchObject({ code: 'ProxyFailed' });
    });

    it('says that nobody known vouches for the server', async () => {
      const credentials = { accessKeyId: 'AKIA1', secretAccessKey: 's' };
      const by = { HTTPS_PROXY: proxy.url };
      const failed = connect({ target: { ...target, profile: undefined, credentials }, env: by, signal });
      await expect(failed).rejects.toMatchObject({
        message: expect.stringContaining(`through the proxy ${proxy.url} (HTTPS_PROXY): `),
        facts: { problem: 'untrusted-server' },
      });
    });
  });

  it('of a load is the same, one tunnel for each user', async () => {
    proxy.asked.length = 0;
    const url = new URL('https://api.example/prod/DynamoDBManager');
    const found = proxyFor(url, env());
    if (found === undefined) throw new Error('no proxy applies');
    const ca = authorities(env());
    const run = await runLoad({
      url,
      way: { ca, tunnel: () => openTunnel(found, { host: 'api.example', port: 443, ca }) },
      model: { kind: 'closed', users: 3 },
      profile: profileOf('fixed'),
      durationMs: 2_000,
      scenario: compileScenario([{ name: 'ping', weight: undefined, body: '{"operation":"ping"}' }]),
      token: () => undefined,
      userAgent: 'test',
      requestTimeoutMs: 5_000,
      signal: new AbortController().signal,
      onInterval: () => undefined,
    });
    expect(run.failures).toEqual([]);
    expect(run.requests).toBeGreaterThanOrEqual(3);
    expect(proxy.asked).toEqual(Array.from({ length: 3 }, () => 'CONNECT api.example:443'));
  });
});

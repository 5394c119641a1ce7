import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadRun } from '../../../src/measure/load/generator.ts';

const installed = spawnSync('openssl', ['version']).status === 0;
const sender = new URL('send-load.ts', import.meta.url).pathname;
const longBody = JSON.stringify({ said: 'x'.repeat(200_000) });

describe.skipIf(!installed)(`a load over TLS${installed ? '' : ' (skipped: needs openssl)'}`, () => {
  let folder: string;
  let server: Server;
  let requests = 0;
  let connections = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dynops-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    // Whole, in two pieces, and longer than one read.
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      request.resume().on('end', () => {
        requests += 1;
        if (requests % 10 === 1) response.end(longBody);
        else if (requests % 10 === 2) {
          response.write('{"error');
          setTimeout(() => response.end('Message":"it broke"}'), 5);
        } else response.end('{}');
      });
    });
    server.on('secureConnection', () => {
      connections += 1;
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function send(host: string, trusted: boolean): Promise<LoadRun> {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    // Node reads further authorities once, when it starts.
    const env = { ...process.env, ...(trusted ? { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') } : {}) };
    const words = ['--import', 'tsx', sender, `https://${host}:${port}/`];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { env });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  it.each(['localhost', '127.0.0.1'])(
    'to %s: every response is read, over one connection for each user',
    async (host) => {
      [requests, connections] = [0, 0];
      const run = await send(host, true);
      expect(run.requests).toBe(requests);
      // Enough for each kind of answer to have come more than once.
      expect(requests).toBeGreaterThan(20);
      expect(connections).toBe(4);
      expect(run.failures).toEqual([
        {
          kind: 'function error (HTTP 200)',
          count: Math.floor((requests + 8) / 10),
          sample: '{"errorMessage":"it broke"}',
        },
      ]);
      expect(run.bytesReceived).toBeGreaterThan(Math.floor(requests / 10) * longBody.length);
    },
  );

  it('to a server whose certificate nobody vouches for: nothing is sent', async () => {
    requests = 0;
    const run = await send('localhost', false);
    expect(run.failures.map(({ kind }) => kind)).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT']);
    expect(requests).toBe(0);
  });
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/aws/aws.ts';
import { send } from '../../src/endpoint/http.ts';
import { connectionReason } from '../../src/endpoint/on-the-way.ts';

// Says something of its own to whoever comes.
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.end('SSH-2.0-OpenSSH_9.6\r\n');
});
const at = (scheme: string) => `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
});

it.each([
  ['http', 'what answers there does not speak HTTP'],
  ['https', 'what answers there does not speak TLS'],
])('an answer to %s in another protocol is told as such', async (scheme, reason) => {
  const error: Error = await send({ method: 'GET', url: at(scheme), timeoutMs: 5_000, env: {} }).then(
    () => {
      throw new Error('it was answered');
    },
    (thrown) => thrown,
  );
  expect(connectionReason(error)).toBe(reason);
});

it.each([
  ['http', 'HTTP'],
  ['https', 'TLS'],
])('the SDK over %s too', async (scheme, protocol) => {
  const target = {
    kind: 'endpoint',
    endpoint: at(scheme),
    region: 'us-east-1',
    profile: undefined,
    credentials: { accessKeyId: 'AKIA1', secretAccessKey: 's' },
  } as const;
  await expect(connect({ target, env: {}, signal: new AbortController().signal })).rejects.toMatchObject({
    code: 'UnreadableAnswer',
    message: expect.stringContaining(`STS GetCallerIdentity: what answers there does not speak ${protocol}.`),
  });
});

it.each([
  [
    'write EPROTO 80FC:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/x.c:1590:SSL alert number 70\n',
    'TLS failed: tlsv1 alert protocol version',
  ],
  ['connect ECONNREFUSED 127.0.0.1:9', 'connect ECONNREFUSED 127.0.0.1:9'],
  ['', ''],
])('%j is told as %j', (message, reason) => {
  expect(connectionReason(new Error(message))).toBe(reason);
});

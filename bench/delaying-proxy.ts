import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A loopback proxy that holds each request back as long as the way to a real account takes. */
export async function startDelayingProxy(upstream: string, delayMs: number) {
  const agent = new Agent({ keepAlive: true });
  let calls = 0;
  const server = createServer(async (incoming, outgoing) => {
    calls += 1;
    await sleep(delayMs);
    const { method, headers, url = '/' } = incoming;
    const onward = request(new URL(url, upstream), { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(onward);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

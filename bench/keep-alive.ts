import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Sends prepared requests over kept connections, each waiting for its answer before the next, and measures them.
 * The bytes are ready before the time begins, so that the sender costs the machine as little as it can.
 * Ends after `seconds`, or after `most` requests. Rejects where an answer is no 200.
 */
export async function sendPrepared(
  port: number,
  requests: readonly Buffer[],
  { connections, seconds, most = Number.POSITIVE_INFINITY }: { connections: number; seconds: number; most?: number },
): Promise<Load> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const times: number[] = [];
  let next = 0;
  const take = () => (next < most ? requests[next++ % requests.length] : undefined);
  await Promise.all(Array.from({ length: connections }, () => sendOne(port, { take, until, times })));
  const elapsedMs = performance.now() - startedAt;
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: (times.length / elapsedMs) * 1000, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function sendOne(
  port: number,
  { take, until, times }: { take: () => Buffer | undefined; until: number; times: number[] },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true }, send);
    let sentAt = 0;
    let answer = '';
    function send(): void {
      sentAt = performance.now();
      const request = sentAt < until ? take() : undefined;
      if (!request) {
        socket.destroy();
        resolve();
        return;
      }
      answer = '';
      socket.write(request);
    }
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      answer += chunk;
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(answer.slice(0, end))?.[1]);
      if (answer.length < end + 4 + length) return;
      if (!answer.startsWith('HTTP/1.1 200')) {
        socket.destroy();
        reject(new Error(answer));
        return;
      }
      times.push(performance.now() - sentAt);
      send();
    });
    socket.on('error', reject);
  });
}

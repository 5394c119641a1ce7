import { type Load, sendPrepared } from './keep-alive.ts';

export interface Target {
  url: string;
  /** Sent in turn. */
  requests: readonly { headers: Record<string, string>; body: string }[];
}

/** As many POST requests as so many connections take. Rejects when one of them is refused: a failed run is no figure. */
export function load({ url, requests }: Target, connections: number, seconds: number): Promise<Load> {
  return sendPrepared(portOf(url), bytesOf(url, requests), { connections, seconds });
}

/** The median time of POST requests one after the other on one connection. */
export async function oneByOneMs({ url, requests }: Target, most: number): Promise<number> {
  const sent = await sendPrepared(portOf(url), bytesOf(url, requests), { connections: 1, seconds: 60, most });
  return sent.p50Ms;
}

const portOf = (url: string): number => Number(new URL(url).port);

function bytesOf(url: string, requests: Target['requests']): Buffer[] {
  const { host, pathname } = new URL(url);
  return requests.map(({ headers, body }) => {
    const lines = Object.entries({ ...headers, Host: host, 'Content-Length': String(Buffer.byteLength(body)) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${body}`);
  });
}

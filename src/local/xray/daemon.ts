import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readSegment } from './segments.ts';
import type { Traces } from './traces.ts';

export interface Daemon {
  /** `127.0.0.1:PORT`, for a function's AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Listens as X-Ray's daemon does, on loopback: `{"format":"json","version":1}`, a newline, one document.
 * Anything on this machine can send to it, so only documents for a trace that the engine itself began are taken:
 * its id has 96 random bits, which nobody but the function and its callers are told.
 */
export async function openDaemon(traces: Traces): Promise<Daemon> {
  const socket = createSocket('udp4');
  socket.on('message', (message) => {
    const text = message.toString('utf8');
    const end = text.indexOf('\n');
    if (!/^\s*\{\s*"format"\s*:\s*"json"/.test(text.slice(0, end))) return;
    const { document } = readSegment(text.slice(end + 1));
    if (document) traces.putIfKnown(document);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

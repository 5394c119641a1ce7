import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds a server's connections, so that those of strangers never use up the process's descriptors: where there are too many,
 * the one that has been silent for longest, or has yet to send all of its request, makes room.
 */
export function boundConnections(server: Server, maxConnections: number): void {
  let open = 0;
  /** The longest silent first. */
  const silent = new Set<Socket>();

  server.on('connection', (socket) => {
    open += 1;
    silent.add(socket);
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
    });
    if (open <= maxConnections) return;
    const [longest] = silent;
    longest?.destroy();
  });

  server.on('request', (request, response) => {
    const { socket } = request;
    const arrived = () => silent.delete(socket);
    if (hasBody(request)) request.once('end', arrived);
    else arrived();
    response.once('close', () => {
      silent.delete(socket);
      if (!socket.destroyed) silent.add(socket);
    });
  });

  server.on('clientError', (_error, socket) => {
    // Its other end may be kept open for as long as the client likes.
    const close = () => socket.destroy();
    if (socket.writable) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', close);
    } else close();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const usualDescriptors = 1_024;
const mostConnections = 4_096;

/** Half of what this process may open; the rest is for its databases, logs and functions. */
export function connectionBudget(): number {
  return Math.min(mostConnections, Math.floor(descriptorLimit() / 2));
}

function descriptorLimit(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? usualDescriptors : Number(limit);
  } catch {
    // Not Linux: Node raises the limit as far as it may, and this is little.
    return usualDescriptors;
  }
}

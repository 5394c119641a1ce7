import type { IncomingMessage, ServerResponse } from 'node:http';

/** The client went away before its request had arrived; there is nobody to answer. */
export class RequestAborted extends Error {}

export interface Bodies {
  /** Reads at most `maxBytes` and a little more; what is longer is cut there, for its reader to refuse. Throws RequestAborted. */
  read(request: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<Buffer>;
}

/** Anybody may send so much without a thought of what others send. */
const smallBytes = 64 * 1024;

/**
 * Bodies of requests, before anybody knows whose they are: those over 64 KB take up `mostBytes` together, until they are answered. Where
 * they would take more, the one that has been under way for longest makes room.
 */
export function createBodies(mostBytes: number): Bodies {
  /** In bytes; the oldest first. */
  const held = new Map<IncomingMessage, number>();
  let total = 0;

  function release(request: IncomingMessage): void {
    total -= held.get(request) ?? 0;
    held.delete(request);
  }

  function hold(request: IncomingMessage, bytes: number): void {
    total += bytes - (held.get(request) ?? 0);
    held.set(request, bytes);
    for (const [other] of held) {
      if (total <= mostBytes) return;
      if (other.complete) continue;
      release(other);
      other.destroy();
    }
  }

  return {
    read: (request, response, maxBytes) =>
      new Promise((resolve, reject) => {
        let whole: Buffer = Buffer.of();
        let length = 0;
        request.on('data', (chunk: Buffer) => {
          if (length + chunk.length > whole.length) {
            whole = length === 0 ? chunk : grown(whole, length + chunk.length);
            if (whole.length > smallBytes) {
              if (!held.has(request)) response.once('close', () => release(request));
              hold(request, whole.length);
            }
          }
          if (length > 0) chunk.copy(whole, length);
          length += chunk.length;
          if (length > maxBytes) {
            request.pause();
            resolve(whole.subarray(0, length));
          }
        });
        request.on('end', () => resolve(whole.subarray(0, length)));
        request.on('error', () => reject(new RequestAborted()));
        request.on('close', () => {
          if (!request.complete) reject(new RequestAborted());
        });
      }),
  };
}

/** The content with room for more: pieces that were kept apart would cost a hundred bytes for each byte, sent one by one. */
function grown(content: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * content.length, needed, smallBytes));
  content.copy(larger);
  return larger;
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** The client went away before its request had arrived; there is nobody to answer. */
export class RequestAborted extends Error {}

export interface Bodies {
  /** Reads at most `maxBytes` and a little more; what is longer is cut there, for its reader to refuse. Throws RequestAborted. */
  read(request: IncomingMessage, response: ServerResponse, maxBytes: number): Promise<Buffer>;
}

/** Anybody may send so much without a thought of what others send. */
const smallBytes = 64 * 1024;
/** Pieces are copied together: kept apart they would cost a hundred bytes for each byte, sent one by one. */
const largestBlockBytes = 4 * 1024 * 1024;

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
        const blocks: Buffer[] = [];
        let last: Buffer = Buffer.of();
        let [length, room, capacity] = [0, 0, 0];
        const add = (block: Buffer) => {
          last = block;
          blocks.push(block);
          capacity += block.length;
          if (capacity <= smallBytes) return;
          if (!held.has(request)) response.once('close', () => release(request));
          hold(request, capacity);
        };
        const whole = () => (length === last.length ? last : Buffer.concat(blocks, length));
        request.on('data', (chunk: Buffer) => {
          let taken = 0;
          if (length === 0) {
            // Nearly all bodies come in one piece, which is not copied.
            add(chunk);
            taken = chunk.length;
          }
          while (taken < chunk.length) {
            if (room === 0) {
              room = Math.min(Math.max(length, smallBytes), largestBlockBytes);
              add(Buffer.allocUnsafeSlow(room));
            }
            const copied = chunk.copy(last, last.length - room, taken);
            taken += copied;
            room -= copied;
          }
          length += chunk.length;
          if (length > maxBytes) {
            request.pause();
            resolve(whole());
          }
        });
        request.on('end', () => resolve(whole()));
        request.on('error', () => reject(new RequestAborted()));
        request.on('close', () => {
          if (!request.complete) reject(new RequestAborted());
        });
      }),
  };
}

import { randomFillSync } from 'node:crypto';

/** Random bytes are got in so many at once: asking for them costs far more than taking some. */
const pooledBytes = 4_096;

/** Makes hexadecimal and base64url texts of random bytes from the system's generator. */
export function createRandomText(): { hex(bytes: number): string; base64url(bytes: number): string } {
  const pool = Buffer.alloc(pooledBytes);
  let used = pooledBytes;
  const take = (bytes: number): Buffer => {
    if (used + bytes > pooledBytes) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
  return { hex: (bytes) => take(bytes).toString('hex'), base64url: (bytes) => take(bytes).toString('base64url') };
}

/** What a request is known by: ids of requests, segments and traces; not for keys and passwords. */
export const randomText = createRandomText();

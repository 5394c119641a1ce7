export interface LogEvent {
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

/** Events of a stream that will be written together. */
export interface GatheredEvents {
  add(events: readonly LogEvent[]): void;
  /** Of the earliest and of the latest timestamp. */
  firstMs(): number;
  lastMs(): number;
  /** `[timestamp,message],…` in JSON. */
  json(): Buffer;
}

const firstBlockBytes = 4 * 1024;
const maxBlockBytes = 64 * 1024;
/** The most that a UTF-16 code unit takes in UTF-8. */
const maxBytesPerUnit = 3;

/**
 * Keeps them as bytes, outside of V8's heap. Kept as objects and text, thousands a second would outlive two collections of the young
 * objects, and a full collection would have to find them: half of the time that an invocation took here.
 */
export function gatherEvents(): GatheredEvents {
  const full: Buffer[] = [];
  let block = Buffer.allocUnsafe(firstBlockBytes);
  let used = 0;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = 0;

  function write(text: string): void {
    const most = text.length * maxBytesPerUnit;
    if (used + most > block.length) {
      full.push(block.subarray(0, used));
      block = Buffer.allocUnsafe(Math.max(most, Math.min(maxBlockBytes, 4 * block.length)));
      used = 0;
    }
    used += block.write(text, used);
  }

  return {
    add(events) {
      for (const { timestamp, message } of events) {
        const isFirst = firstMs === Number.POSITIVE_INFINITY;
        firstMs = Math.min(firstMs, timestamp);
        lastMs = Math.max(lastMs, timestamp);
        write(`${isFirst ? '' : ','}[${timestamp},${JSON.stringify(message)}]`);
      }
    },
    firstMs: () => firstMs,
    lastMs: () => lastMs,
    json: () => Buffer.concat([...full, block.subarray(0, used)]),
  };
}

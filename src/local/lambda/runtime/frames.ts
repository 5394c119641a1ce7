/**
 * The pipe between the engine and a function's process. A frame is the length of the rest (4 bytes, big-endian), a kind
 * (one ASCII letter), the length of a header (2 bytes), the header as JSON, and the body, raw.
 */

export interface Frame {
  kind: string;
  header: Record<string, unknown>;
  body: Buffer;
}

const lengthBytes = 4;
const fixedBytes = 3;
const maxHeaderBytes = 65_535;
/** The largest answer Lambda takes, and room for a header. */
export const maxFrameBytes = 6_291_556 + maxHeaderBytes + fixedBytes;

/** Throws RangeError for a header or a frame that is too long. */
export function encodeFrame(kind: string, header: object, body: Uint8Array | string = ''): Buffer {
  const head = JSON.stringify(header);
  const headBytes = Buffer.byteLength(head);
  const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const rest = fixedBytes + headBytes + bodyBytes;
  if (headBytes > maxHeaderBytes || rest > maxFrameBytes) throw new RangeError('the frame is too long');
  const frame = Buffer.allocUnsafe(lengthBytes + rest);
  frame.writeUInt32BE(rest, 0);
  frame.write(kind, lengthBytes, 'latin1');
  frame.writeUInt16BE(headBytes, lengthBytes + 1);
  frame.write(head, lengthBytes + fixedBytes);
  const bodyAt = lengthBytes + fixedBytes + headBytes;
  if (typeof body === 'string') frame.write(body, bodyAt);
  else frame.set(body, bodyAt);
  return frame;
}

/**
 * Takes the pipe's bytes as they come. It holds one frame at most, and none longer than `maxFrameBytes`: after bytes that
 * are no frame, it says so once and takes nothing more.
 */
export function createFrameReader(on: { frame: (frame: Frame) => void; violation: (reason: string) => void }): {
  push(chunk: Buffer): void;
} {
  let chunks: Buffer[] = [];
  let held = 0;
  /** Bytes that make the frame at the head of what is held; its length alone while that is not known. */
  let wanted = lengthBytes;
  let broken = false;

  const fail = (reason: string) => {
    broken = true;
    chunks = [];
    on.violation(reason);
  };

  return {
    push(chunk) {
      if (broken) return;
      chunks.push(chunk);
      held += chunk.length;
      if (held < wanted) return;
      let buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      for (;;) {
        if (buffer.length < lengthBytes) {
          wanted = lengthBytes;
          break;
        }
        const rest = buffer.readUInt32BE(0);
        if (rest < fixedBytes || rest > maxFrameBytes) return fail(`a frame of ${rest} bytes`);
        wanted = lengthBytes + rest;
        if (buffer.length < wanted) break;
        const frame = readFrame(buffer.subarray(lengthBytes, wanted));
        if (!frame) return fail('a frame without a header');
        on.frame(frame);
        if (broken) return;
        buffer = buffer.subarray(wanted);
      }
      chunks = buffer.length > 0 ? [buffer] : [];
      held = buffer.length;
    },
  };
}

function readFrame(bytes: Buffer): Frame | undefined {
  const bodyAt = fixedBytes + bytes.readUInt16BE(1);
  if (bodyAt > bytes.length) return undefined;
  try {
    const header: unknown = JSON.parse(bytes.toString('utf8', fixedBytes, bodyAt));
    if (typeof header !== 'object' || header === null || Array.isArray(header)) return undefined;
    return {
      kind: String.fromCharCode(bytes[0] ?? 0),
      header: header as Record<string, unknown>,
      body: bytes.subarray(bodyAt),
    };
  } catch {
    return undefined; // What is no JSON is no header.
  }
}

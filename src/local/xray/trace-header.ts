import { randomText } from '../random-text.ts';

/** `X-Amzn-Trace-Id`. `sampled` is undefined where nobody has decided yet. */
export interface TraceHeader {
  traceId: string;
  parentId: string | undefined;
  sampled: boolean | undefined;
}

/** A new trace id: `1-{time in seconds, 8 hex}-{24 hex}`. */
export function newTraceId(nowMs: number): string {
  return `1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomText.hex(12)}`;
}

export function newSegmentId(): string {
  return randomText.hex(8);
}

/** Reads a caller's header; what is missing or malformed in it is as if it had not been sent. */
export function readTraceHeader(header: string | undefined): Partial<TraceHeader> {
  if (header === undefined) return {};
  const own = ownSpelling.exec(header);
  if (own) {
    const [, traceId, parentId, sampled] = own;
    return {
      ...(traceId !== undefined && { traceId }),
      ...(parentId !== undefined && { parentId }),
      ...(sampled !== undefined && { sampled: sampled === '1' }),
    };
  }
  const fields = new Map(
    header
      .slice(0, 1000)
      .split(';')
      .map((field) => {
        const [name = '', value = ''] = field.split('=');
        return [name.trim().toLowerCase(), value.trim()];
      }),
  );
  const [root, parent, sampled] = [fields.get('root'), fields.get('parent'), fields.get('sampled')];
  return {
    ...(root && /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(root) && { traceId: root }),
    ...(parent && /^[0-9a-f]{16}$/.test(parent) && { parentId: parent }),
    ...((sampled === '0' || sampled === '1') && { sampled: sampled === '1' }),
  };
}

/** As `writeTraceHeader` spells it: what the engine hands on to itself with every request. */
const ownSpelling = /^Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;Parent=([0-9a-f]{16}))?(?:;Sampled=([01]))?$/;

export function writeTraceHeader({ traceId, parentId, sampled }: TraceHeader): string {
  const parent = parentId === undefined ? '' : `;Parent=${parentId}`;
  return `Root=${traceId}${parent}${sampled === undefined ? '' : `;Sampled=${sampled ? 1 : 0}`}`;
}

import type { SegmentDocument } from './segments.ts';

/** The oldest traces go first when there are more; X-Ray itself keeps 30 days. */
const maxTraces = 10_000;
const maxTotalBytes = 48 * 1024 * 1024;
/** X-Ray's quota for one trace. */
const maxTraceBytes = 500 * 1024;

export interface StoredTrace {
  id: string;
  region: string;
  /** When its first and its latest document arrived, in milliseconds since the epoch. */
  arrivedAtMs: number;
  changedAtMs: number;
  /** True when documents were refused because the trace was full. */
  limitExceeded: boolean;
  segments(): SegmentDocument[];
}

/** What X-Ray knows, held in memory: traces are figures of this run, not data that must survive the engine. */
export interface Traces {
  /** Makes a trace known, so that documents for it are taken from the daemon's unauthenticated port too. */
  begin(region: string, traceId: string): void;
  put(region: string, document: SegmentDocument): void;
  /** Adds to a trace that is known already, in its region; drops the document otherwise. */
  putIfKnown(document: SegmentDocument): void;
  find(region: string, traceId: string): StoredTrace | undefined;
  /** In the order they began. */
  list(region: string): StoredTrace[];
}

interface Held {
  trace: StoredTrace;
  /** JSON by segment id: smaller than objects, and most are never read. */
  documents: Map<string, string>;
  bytes: number;
}

export function createTraces(clock: () => number): Traces {
  // Maps keep insertion order, so the first is the oldest.
  const held = new Map<string, Held>();
  let totalBytes = 0;

  function hold(region: string, id: string): Held {
    const known = held.get(id);
    if (known) return known;
    const documents = new Map<string, string>();
    const now = clock();
    // Written by `add`.
    const segments = () => [...documents.values()].map((text) => JSON.parse(text) as SegmentDocument);
    const trace = { id, region, arrivedAtMs: now, changedAtMs: now, limitExceeded: false, segments };
    const made = { trace, documents, bytes: 0 };
    held.set(id, made);
    makeRoom();
    return made;
  }

  function makeRoom(): void {
    for (const [id, { bytes }] of held) {
      if (held.size <= maxTraces && totalBytes <= maxTotalBytes) return;
      held.delete(id);
      totalBytes -= bytes;
    }
  }

  function add(entry: Held, document: SegmentDocument): void {
    const text = JSON.stringify(document);
    const addedBytes = Buffer.byteLength(text) - Buffer.byteLength(entry.documents.get(document.id) ?? '');
    if (entry.bytes + addedBytes > maxTraceBytes) {
      entry.trace.limitExceeded = true;
      return;
    }
    entry.documents.set(document.id, text);
    entry.bytes += addedBytes;
    totalBytes += addedBytes;
    entry.trace.changedAtMs = clock();
    makeRoom();
  }

  return {
    begin(region, traceId) {
      hold(region, traceId);
    },
    put: (region, document) => add(hold(region, document.trace_id), document),
    putIfKnown(document) {
      const entry = held.get(document.trace_id);
      if (entry) add(entry, document);
    },
    find(region, traceId) {
      const entry = held.get(traceId);
      return entry?.trace.region === region && entry.documents.size > 0 ? entry.trace : undefined;
    },
    list: (region) =>
      [...held.values()].flatMap((entry) =>
        entry.trace.region === region && entry.documents.size > 0 ? entry.trace : [],
      ),
  };
}

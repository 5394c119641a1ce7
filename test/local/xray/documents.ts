import type { SegmentDocument } from '../../../src/local/xray/segments.ts';
import { newSegmentId, newTraceId } from '../../../src/local/xray/trace-header.ts';

/** A segment document that X-Ray would take, `over` laid over it. */
export function segment(over: Partial<SegmentDocument> = {}): SegmentDocument {
  const nowSeconds = Date.now() / 1000;
  return {
    id: newSegmentId(),
    trace_id: newTraceId(Date.now()),
    name: 'service',
    start_time: nowSeconds - 0.1,
    end_time: nowSeconds,
    ...over,
  };
}

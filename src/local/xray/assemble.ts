import { createHash } from 'node:crypto';
import { partsOf, type SegmentDocument, type Subsegment, withParts } from './segments.ts';
import type { StoredTrace } from './traces.ts';

/** A trace as X-Ray shows it: subsegments inside their segments, and a segment for each AWS service that was called. */
export interface AssembledTrace {
  trace: StoredTrace;
  segments: SegmentDocument[];
}

/**
 * Puts subsegments that arrived by themselves where they belong, and infers segments for called services,
 * as a service map needs them. Ids that are inferred stay the same from one reading to the next.
 */
export function assemble(trace: StoredTrace): AssembledTrace {
  const documents = trace.segments().sort((a, b) => a.start_time - b.start_time);
  /** By the id of every part: the document that holds it. */
  const holders = new Map(documents.flatMap((document) => withParts(document).map((part) => [part.id, document])));
  const arrivedAlone = new Map<string, SegmentDocument[]>();
  const segments = documents.filter((document) => {
    const { parent_id } = document;
    if (document.type !== 'subsegment' || parent_id === undefined || !endsInSegment(document, holders)) return true;
    arrivedAlone.set(parent_id, [...(arrivedAlone.get(parent_id) ?? []), document]);
    return false;
  });

  function completed(part: SegmentDocument | Subsegment): Subsegment {
    const inside = partsOf(part).map(completed);
    const added = (arrivedAlone.get(part.id) ?? []).map(({ trace_id, parent_id, type, ...own }) => completed(own));
    return inside.length + added.length === 0 ? part : { ...part, subsegments: [...inside, ...added] };
  }
  const complete = segments.map((segment): SegmentDocument => ({ ...segment, ...completed(segment) }));
  return { trace, segments: [...complete, ...complete.flatMap(inferred)] };
}

/** False for a part whose parent never arrived, and for parts that name one another. */
function endsInSegment(document: SegmentDocument, holders: Map<string, SegmentDocument>): boolean {
  const seen = new Set<SegmentDocument>();
  let at: SegmentDocument | undefined = document;
  while (at && at.type === 'subsegment' && !seen.has(at)) {
    seen.add(at);
    at = at.parent_id === undefined ? undefined : holders.get(at.parent_id);
  }
  return at !== undefined && !seen.has(at);
}

/** Calls of services that send no segments of their own: DynamoDB's, by table. */
function inferred(segment: SegmentDocument): SegmentDocument[] {
  return withParts(segment).flatMap((part) => {
    if (part.namespace !== 'aws' || part.name !== 'DynamoDB') return [];
    const { subsegments, ...call } = part;
    const table = call.aws?.table_name;
    return {
      ...call,
      id: createHash('sha256').update(part.id).digest('hex').slice(0, 16),
      trace_id: segment.trace_id,
      parent_id: part.id,
      name: typeof table === 'string' ? table : 'DynamoDB',
      origin: 'AWS::DynamoDB::Table',
      inferred: true,
    };
  });
}

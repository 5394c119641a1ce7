import { createHash } from 'node:crypto';
import { partsOf, type SegmentDocument, type Subsegment, withParts } from './segments.ts';
import type { StoredTrace } from './traces.ts';

/** A trace as X-Ray shows it: subsegments inside their segments, and a segment for each AWS service that was called. */
export interface AssembledTrace {
  trace: StoredTrace;
  segments: SegmentDocument[];
}

/** Parts that arrived alone are shown beside their segment where they belong further inside. */
const deepest = 100;

/**
 * Puts subsegments that arrived by themselves where they belong, and infers segments for called services,
 * as a service map needs them. Ids that are inferred stay the same from one reading to the next.
 */
export function assemble(trace: StoredTrace): AssembledTrace {
  const segments: SegmentDocument[] = [];
  /** What arrived alone and has no place yet, by the id of the part that it belongs in. */
  const waiting = new Map<string, SegmentDocument[]>();
  for (const document of trace.segments().sort(byStart)) {
    const { type, parent_id } = document;
    if (type !== 'subsegment' || parent_id === undefined) segments.push(document);
    else if (!waiting.get(parent_id)?.push(document)) waiting.set(parent_id, [document]);
  }

  /** Each has one place, however many parts share the id, and so no part is inside itself. */
  function arrivedFor(part: SegmentDocument | Subsegment): Subsegment[] {
    const arrived = waiting.get(part.id) ?? [];
    waiting.delete(part.id);
    return arrived.map(({ trace_id, parent_id, type, ...own }) => own);
  }

  function completed(part: SegmentDocument | Subsegment, depth = 0): Subsegment {
    const inside = [...partsOf(part), ...(depth < deepest ? arrivedFor(part) : [])];
    return inside.length === 0 ? part : { ...part, subsegments: inside.map((each) => completed(each, depth + 1)) };
  }
  const complete = segments.map((segment): SegmentDocument => ({ ...segment, ...completed(segment) }));
  // Their parents never arrived, or name one another.
  const alone = [...waiting.values()].flat();
  const shown = [...complete, ...alone].sort(byStart);
  return { trace, segments: [...shown, ...shown.flatMap(inferred)] };
}

const byStart = (one: SegmentDocument, other: SegmentDocument) => one.start_time - other.start_time;

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

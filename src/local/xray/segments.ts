import { isObject } from '../../is-object.ts';
/**
 * A segment document as X-Ray takes it, times in seconds since the epoch. Only what is checked on arrival is certain;
 * everything else is whatever a function sent.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export interface SegmentDocument {
  id: string;
  trace_id: string;
  name: string;
  start_time: number;
  end_time?: number;
  in_progress?: boolean;
  parent_id?: string;
  type?: 'subsegment';
  origin?: string;
  namespace?: string;
  resource_arn?: string;
  user?: string;
  inferred?: boolean;
  error?: boolean;
  fault?: boolean;
  throttle?: boolean;
  cause?: { exceptions?: ({ id?: string; type?: string; message?: string } | null)[] } | string | null;
  http?: {
    request?: { url?: string; method?: string; client_ip?: string; user_agent?: string };
    response?: { status?: number; content_length?: number };
  };
  aws?: Record<string, unknown>;
  annotations?: Record<string, string | number | boolean>;
  metadata?: Record<string, unknown>;
  subsegments?: Subsegment[];
}

/** Inside its segment, which gives it its trace. */
export type Subsegment = Omit<SegmentDocument, 'trace_id' | 'parent_id' | 'type' | 'subsegments'> & {
  subsegments?: Subsegment[];
};

export type ReadSegment =
  | { document: SegmentDocument; id: string }
  | { document?: undefined; id: string | undefined; errorCode: string };

/** A quota of X-Ray, also what fits into a UDP datagram. */
const maxDocumentBytes = 64 * 1024;
/** Lists and objects inside one another: far more than anybody traces, and far fewer than a stack bears. */
const deepestDocument = 500;

/** Checks one document as PutTraceSegments does; an error code says what is missing. */
export function readSegment(text: string): ReadSegment {
  if (Buffer.byteLength(text) > maxDocumentBytes) return { id: undefined, errorCode: 'SegmentTooLarge' };
  const value = parseObject(text);
  if (!value || isTooDeep(value)) return { id: undefined, errorCode: 'ParseError' };
  const { id, trace_id, name, start_time, end_time, in_progress } = value;
  if (typeof id !== 'string') return { id: undefined, errorCode: 'MissingId' };
  const refused = (errorCode: string) => ({ id: id.slice(0, 100), errorCode });
  if (!/^[0-9a-f]{16}$/.test(id)) return refused('InvalidId');
  if (typeof trace_id !== 'string') return refused('MissingTraceId');
  if (!/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(trace_id)) return refused('InvalidTraceId');
  if (typeof name !== 'string' || name === '' || name.length > 200) return refused('InvalidName');
  if (typeof start_time !== 'number') return refused('MissingStartTime');
  if (!isEnd(end_time) || (typeof end_time !== 'number' && in_progress !== true)) return refused('MissingEndTime');
  // Its required members are what they should be; readers of the others must bear anything.
  return { id, document: value as unknown as SegmentDocument };
}

/** Undefined, or null, of what is in progress. */
const isEnd = (time: unknown): boolean => (time ?? undefined) === undefined || typeof time === 'number';

/** The parts directly inside a segment or subsegment, whatever was sent as such left out. */
export function partsOf(segment: Subsegment | SegmentDocument): Subsegment[] {
  const { subsegments } = segment;
  if (!Array.isArray(subsegments)) return [];
  return subsegments.filter(
    (part) =>
      typeof part?.id === 'string' &&
      typeof part.name === 'string' &&
      typeof part.start_time === 'number' &&
      isEnd(part.end_time),
  );
}

/** A segment and everything inside it, outermost first. */
export function withParts(segment: SegmentDocument): (SegmentDocument | Subsegment)[] {
  const found: (SegmentDocument | Subsegment)[] = [segment];
  for (const outer of found) found.push(...partsOf(outer));
  return found;
}

/** Parsing bears any depth, writing what was parsed does not. */
function isTooDeep(document: object): boolean {
  let level: unknown[] = [document];
  for (let depth = 1; depth <= deepestDocument; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // The caller answers ParseError.
  }
}

import { ownMember } from '../../own-member.ts';
/** One bar of a trace's waterfall. Times in milliseconds from the trace's beginning. */
export interface Span {
  id: string;
  /** What did the work, in words: `API Gateway`, `authorizer`, `handler`, `DynamoDB GetItem`… */
  component: string;
  /** Of what in particular: the stage, the function, the table. */
  detail: string;
  depth: number;
  startMs: number;
  durationMs: number;
  /** Its own time, without what it waited for inside. */
  selfMs: number;
  outcome: 'ok' | 'error' | 'throttle' | 'fault';
  /** HTTP status of the request or call. */
  status: number | undefined;
  message: string | undefined;
  inProgress: boolean;
}

export interface Waterfall {
  traceId: string;
  /** Milliseconds since the epoch. */
  startedAtMs: number;
  durationMs: number;
  /** Parents before what is inside them, in the order they began. */
  spans: Span[];
}

/** What is read of a segment; X-Ray promises little more than its id, name and times. */
interface Part {
  id: string;
  trace_id?: string;
  name: string;
  start_time: number;
  end_time?: number;
  parent_id?: string;
  origin?: string;
  namespace?: string;
  inferred?: boolean;
  error?: boolean;
  fault?: boolean;
  throttle?: boolean;
  cause?: { exceptions?: { type?: string; message?: string }[] };
  http?: { response?: { status?: number } };
  aws?: { operation?: string; table_name?: string; function_name?: string };
  subsegments?: Part[];
}

interface Placed {
  part: Part;
  /** Of the segment it belongs to. */
  origin: string | undefined;
  inside: Placed[];
}

/** Puts a trace's segment documents (JSON texts) into one picture. Segments that X-Ray inferred repeat others and are left out. */
export function waterfall(documents: readonly string[]): Waterfall {
  const segments = documents.map((text) => JSON.parse(text) as Part).filter(({ inferred }) => inferred !== true);
  const placed = new Map<string, Placed>();
  const tops = segments.map((segment) => place(segment, segment.origin, placed));
  const outermost = tops.filter((top) => {
    const parent = placed.get(top.part.parent_id ?? '');
    if (!parent || holds(top, parent)) return true;
    parent.inside.push(top);
    return false;
  });
  const roots = outermost.flatMap(lifted);
  const all = [...placed.values()].map(({ part }) => part);
  const startSeconds = Math.min(...all.map(({ start_time }) => start_time));
  const endSeconds = Math.max(...all.map(({ start_time, end_time }) => end_time ?? start_time));
  const spans = byTime(roots).flatMap((root) => spansOf(root, 0, startSeconds));
  return {
    traceId: segments[0]?.trace_id ?? '',
    startedAtMs: all.length === 0 ? 0 : startSeconds * 1000,
    durationMs: all.length === 0 ? 0 : (endSeconds - startSeconds) * 1000,
    spans,
  };
}

function place(part: Part, origin: string | undefined, placed: Map<string, Placed>): Placed {
  const made: Placed = { part, origin, inside: [] };
  placed.set(part.id, made);
  for (const inner of Array.isArray(part.subsegments) ? part.subsegments : []) {
    made.inside.push(place(inner, origin, placed));
  }
  return made;
}

/** Guards against segments that name one another as parents. */
function holds(outer: Placed, wanted: Placed): boolean {
  return outer === wanted || outer.inside.some((inner) => holds(inner, wanted));
}

/**
 * The same tree, with each part that its whole cannot hold beside that whole: Lambda counts a function's start to the
 * function, whose time begins only after it.
 */
function lifted(whole: Placed): Placed[] {
  const inside = whole.inside.flatMap(lifted);
  const [held, outside] = [true, false].map((is) => inside.filter((inner) => canHold(whole.part, inner.part) === is));
  return [{ ...whole, inside: held ?? [] }, ...(outside ?? [])];
}

/** Clocks of two services differ by a little. */
const skewSeconds = 0.001;

function canHold(whole: Part, inner: Part): boolean {
  const [wholeEnd, innerEnd] = [whole, inner].map(({ end_time }) => end_time);
  if (wholeEnd === undefined || innerEnd === undefined) return true;
  const isLonger = innerEnd - inner.start_time > wholeEnd - whole.start_time + skewSeconds;
  const isApart = innerEnd < whole.start_time - skewSeconds || inner.start_time > wholeEnd + skewSeconds;
  return !isLonger && !isApart;
}

const byTime = (parts: Placed[]) => [...parts].sort((a, b) => a.part.start_time - b.part.start_time);

function spansOf(placed: Placed, depth: number, originSeconds: number): Span[] {
  const { part, inside } = placed;
  const endSeconds = part.end_time ?? part.start_time;
  const exception = part.cause?.exceptions?.[0];
  return [
    {
      id: part.id,
      ...nameOf(placed),
      depth,
      startMs: (part.start_time - originSeconds) * 1000,
      durationMs: (endSeconds - part.start_time) * 1000,
      selfMs: selfSeconds(part, inside) * 1000,
      outcome: part.fault ? 'fault' : part.throttle ? 'throttle' : part.error ? 'error' : 'ok',
      status: part.http?.response?.status,
      message: exception ? `${exception.type ?? 'Error'}: ${exception.message ?? ''}` : undefined,
      inProgress: part.end_time === undefined,
    },
    ...byTime(inside).flatMap((inner) => spansOf(inner, depth + 1, originSeconds)),
  ];
}

function nameOf({ part, origin }: Placed): { component: string; detail: string } {
  const { name, aws } = part;
  if (part.origin === 'AWS::ApiGateway::Stage') return { component: 'API Gateway', detail: name };
  if (part.origin === 'AWS::Lambda') return { component: 'Lambda', detail: name };
  if (part.origin === 'AWS::Lambda::Function') return { component: 'function', detail: name };
  if (part.namespace === 'aws' && name === 'DynamoDB') {
    return { component: `DynamoDB ${aws?.operation ?? ''}`.trim(), detail: aws?.table_name ?? '' };
  }
  if (origin === 'AWS::ApiGateway::Stage') {
    if (name === 'Authorizer') return { component: 'authorizer', detail: '' };
    if (name === 'Lambda') return { component: 'call of the function', detail: aws?.function_name ?? '' };
  }
  if (origin === 'AWS::Lambda::Function') {
    const words: Record<string, string> = { Initialization: 'start', Invocation: 'handler', Overhead: 'overhead' };
    const component = ownMember(words, name);
    if (component !== undefined) return { component, detail: '' };
  }
  return { component: name, detail: aws?.operation ?? '' };
}

/** The time of a part that no part inside it covers; parts inside may overlap. */
function selfSeconds(part: Part, inside: Placed[]): number {
  const endSeconds = part.end_time ?? part.start_time;
  let coveredSeconds = 0;
  let until = part.start_time;
  for (const { part: inner } of byTime(inside)) {
    const from = Math.max(until, inner.start_time);
    const to = Math.min(endSeconds, inner.end_time ?? inner.start_time);
    if (to <= from) continue;
    coveredSeconds += to - from;
    until = to;
  }
  return Math.max(0, endSeconds - part.start_time - coveredSeconds);
}

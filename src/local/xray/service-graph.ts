import type { Edge, EdgeStatistics, HistogramEntry, Service } from '@aws-sdk/client-xray';
import type { AssembledTrace } from './assemble.ts';
import { type SegmentDocument, withParts } from './segments.ts';

interface Tally {
  start: number;
  end: number;
  ok: number;
  throttle: number;
  otherError: number;
  fault: number;
  totalSeconds: number;
  histogram: Map<number, number>;
}

interface Node {
  id: number;
  name: string;
  type: string | undefined;
  root: boolean;
  tally: Tally;
  edges: Map<Node, Tally>;
}

/** The services of some traces and who calls whom, with what X-Ray's service map says of each: counts, errors, times. */
export function serviceGraph(traces: AssembledTrace[], accountId: string): Service[] {
  const nodes = new Map<string, Node>();
  const nodeOf = (name: string, type: string | undefined, root: boolean): Node => {
    const key = `${typeof type === 'string' ? type : ''} ${name}`;
    const known = nodes.get(key);
    if (known) return known;
    const made = { id: nodes.size, name, type, root, tally: newTally(), edges: new Map<Node, Tally>() };
    nodes.set(key, made);
    return made;
  };

  for (const { segments } of traces) {
    const owners = new Map<string, SegmentDocument>();
    for (const segment of segments) for (const part of withParts(segment)) owners.set(part.id, segment);
    for (const segment of segments) {
      const caller = segment.parent_id === undefined ? undefined : owners.get(segment.parent_id);
      const from = caller ? nodeOf(caller.name, caller.origin, false) : nodeOf(segment.name, 'client', true);
      const to = nodeOf(segment.name, segment.origin, false);
      count(to.tally, segment);
      if (!caller) count(from.tally, segment);
      const edge = from.edges.get(to) ?? newTally();
      from.edges.set(to, edge);
      count(edge, segment);
    }
  }
  return [...nodes.values()].map((node) => toService(node, accountId));
}

function newTally(): Tally {
  return {
    start: Infinity,
    end: 0,
    ok: 0,
    throttle: 0,
    otherError: 0,
    fault: 0,
    totalSeconds: 0,
    histogram: new Map(),
  };
}

function count(tally: Tally, segment: SegmentDocument): void {
  const end = segment.end_time ?? segment.start_time;
  const seconds = Math.max(0, end - segment.start_time);
  tally.start = Math.min(tally.start, segment.start_time);
  tally.end = Math.max(tally.end, end);
  if (segment.fault) tally.fault++;
  else if (segment.throttle) tally.throttle++;
  else if (segment.error) tally.otherError++;
  else tally.ok++;
  tally.totalSeconds += seconds;
  // Two significant digits: enough to draw, and bounded however many requests there are.
  const value = Number(seconds.toPrecision(2));
  tally.histogram.set(value, (tally.histogram.get(value) ?? 0) + 1);
}

function toService({ id, name, type, root, tally, edges }: Node, accountId: string): Service {
  return {
    ReferenceId: id,
    Name: name,
    Names: [name],
    Root: root,
    ...(type === 'client' ? {} : { AccountId: accountId }),
    ...(type !== undefined && { Type: type }),
    State: 'active',
    StartTime: new Date(tally.start * 1000),
    EndTime: new Date(tally.end * 1000),
    Edges: [...edges].map(
      ([to, of]): Edge => ({
        ReferenceId: to.id,
        StartTime: new Date(of.start * 1000),
        EndTime: new Date(of.end * 1000),
        SummaryStatistics: statistics(of),
        ResponseTimeHistogram: histogram(of),
        Aliases: [],
      }),
    ),
    SummaryStatistics: statistics(tally),
    ...(root ? {} : { DurationHistogram: histogram(tally), ResponseTimeHistogram: histogram(tally) }),
  };
}

function statistics({ ok, throttle, otherError, fault, totalSeconds }: Tally): EdgeStatistics {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: otherError, TotalCount: throttle + otherError },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + throttle + otherError + fault,
    TotalResponseTime: totalSeconds,
  };
}

function histogram(tally: Tally): HistogramEntry[] {
  return [...tally.histogram].sort(([a], [b]) => a - b).map(([Value, Count]) => ({ Value, Count }));
}

import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSegmentDestinationCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import type { Aws } from './aws.ts';
import { isUnsupported } from './errors.ts';

/** A trace as a list shows it; times in milliseconds. */
export interface TraceSummary {
  id: string;
  startedAtMs: number;
  durationMs: number;
  responseMs: number;
  status: number | undefined;
  method: string | undefined;
  url: string | undefined;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  /** Not all of its segments have arrived. */
  partial: boolean;
}

/** A node of the service map, with the calls that leave it. */
export interface MapService {
  id: number;
  name: string;
  type: string;
  isClient: boolean;
  statistics: MapStatistics;
  calls: (MapStatistics & { to: number })[];
}

export interface MapStatistics {
  requests: number;
  errors: number;
  throttles: number;
  faults: number;
  meanMs: number;
}

export interface TimeRange {
  fromMs: number;
  untilMs: number;
}

/** One GetTraceSummaries asks for at most this much; longer ranges are asked piece by piece. */
const longestRangeMs = 6 * 3_600_000;
/** BatchGetTraces answers "Exceeding maximum query size: 5" beyond. */
const idsPerCall = 5;

/** Traces of a stretch of time, newest first, at most `limit`. `filter`: an X-Ray filter expression. */
export async function listTraces(
  aws: Aws,
  query: TimeRange & { filter?: string | undefined; limit: number },
): Promise<TraceSummary[]> {
  const found = new Map<string, TraceSummary>();
  for (const { fromMs, untilMs } of pieces(query)) {
    let NextToken: string | undefined;
    do {
      const page = await aws.call(
        XRayClient,
        new GetTraceSummariesCommand({
          StartTime: new Date(fromMs),
          EndTime: new Date(untilMs),
          ...(query.filter && { FilterExpression: query.filter }),
          ...(NextToken && { NextToken }),
        }),
      );
      for (const summary of page.TraceSummaries ?? []) {
        const { Id = '', StartTime, Duration = 0, ResponseTime = 0, Http } = summary;
        found.set(Id, {
          id: Id,
          startedAtMs: StartTime?.getTime() ?? idTimeMs(Id),
          durationMs: Duration * 1000,
          responseMs: ResponseTime * 1000,
          status: Http?.HttpStatus,
          method: Http?.HttpMethod,
          url: Http?.HttpURL,
          fault: summary.HasFault ?? false,
          error: summary.HasError ?? false,
          throttle: summary.HasThrottle ?? false,
          partial: summary.IsPartial ?? false,
        });
      }
      ({ NextToken } = page);
    } while (NextToken);
  }
  return [...found.values()].sort((a, b) => b.startedAtMs - a.startedAtMs).slice(0, query.limit);
}

/** Segment documents, as JSON text, by trace id. What X-Ray does not have (yet) is missing. */
export async function readTraces(aws: Aws, ids: string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let at = 0; at < ids.length; at += idsPerCall) {
    const TraceIds = ids.slice(at, at + idsPerCall);
    let NextToken: string | undefined;
    do {
      const command = new BatchGetTracesCommand({ TraceIds, ...(NextToken && { NextToken }) });
      const page = await aws.call(XRayClient, command);
      for (const { Id = '', Segments = [] } of page.Traces ?? []) {
        const documents = Segments.map(({ Document = '' }) => Document);
        found.set(Id, [...(found.get(Id) ?? []), ...documents]);
      }
      ({ NextToken } = page);
    } while (NextToken);
  }
  return found;
}

export async function readServiceMap(aws: Aws, range: TimeRange): Promise<MapService[]> {
  const services: MapService[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws.call(
      XRayClient,
      new GetServiceGraphCommand({
        StartTime: new Date(range.fromMs),
        EndTime: new Date(range.untilMs),
        ...(NextToken && { NextToken }),
      }),
    );
    for (const { ReferenceId = 0, Name = '', Type = '', SummaryStatistics, Edges = [] } of page.Services ?? []) {
      services.push({
        id: ReferenceId,
        name: Name,
        type: Type,
        isClient: Type === 'client',
        statistics: statisticsOf(SummaryStatistics),
        calls: Edges.map((edge) => ({ to: edge.ReferenceId ?? 0, ...statisticsOf(edge.SummaryStatistics) })),
      });
    }
    ({ NextToken } = page);
  } while (NextToken);
  return services;
}

/** True when the account sends its traces to CloudWatch (Transaction Search), where these calls do not find them. */
export async function sendsTracesElsewhere(aws: Aws): Promise<boolean> {
  try {
    const { Destination } = await aws.call(XRayClient, new GetTraceSegmentDestinationCommand({}));
    return Destination === 'CloudWatchLogs';
  } catch (error) {
    if (isUnsupported(error)) return false;
    throw error;
  }
}

interface SdkStatistics {
  TotalCount?: number | undefined;
  TotalResponseTime?: number | undefined;
  ErrorStatistics?: { TotalCount?: number | undefined; ThrottleCount?: number | undefined } | undefined;
  FaultStatistics?: { TotalCount?: number | undefined } | undefined;
}

function statisticsOf(from: SdkStatistics = {}): MapStatistics {
  const { TotalCount = 0, TotalResponseTime = 0, ErrorStatistics = {}, FaultStatistics = {} } = from;
  return {
    requests: TotalCount,
    errors: ErrorStatistics.TotalCount ?? 0,
    throttles: ErrorStatistics.ThrottleCount ?? 0,
    faults: FaultStatistics.TotalCount ?? 0,
    meanMs: TotalCount === 0 ? 0 : (TotalResponseTime * 1000) / TotalCount,
  };
}

function pieces({ fromMs, untilMs }: TimeRange): TimeRange[] {
  const found: TimeRange[] = [];
  for (let at = fromMs; at < untilMs; at += longestRangeMs) {
    found.push({ fromMs: at, untilMs: Math.min(untilMs, at + longestRangeMs) });
  }
  return found;
}

/** A trace id begins with its time in seconds. */
function idTimeMs(id: string): number {
  return Number.parseInt(id.split('-')[1] ?? '0', 16) * 1000;
}

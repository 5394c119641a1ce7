import type {
  BatchGetTracesCommandInput,
  BatchGetTracesCommandOutput,
  GetSamplingRulesCommandInput,
  GetSamplingRulesCommandOutput,
  GetSamplingTargetsCommandInput,
  GetSamplingTargetsCommandOutput,
  GetServiceGraphCommandInput,
  GetServiceGraphCommandOutput,
  GetTraceGraphCommandInput,
  GetTraceGraphCommandOutput,
  GetTraceSegmentDestinationCommandOutput,
  GetTraceSummariesCommandInput,
  GetTraceSummariesCommandOutput,
  PutTraceSegmentsCommandInput,
  PutTraceSegmentsCommandOutput,
  TimeRangeType,
  XRay,
} from '@aws-sdk/client-xray';
import type { Operations } from '../operations.ts';
import { pageOf, textOrderOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import { type AssembledTrace, assemble } from './assemble.ts';
import { parseFilter } from './filter.ts';
import { traceScope } from './filter-scope.ts';
import { readSegment } from './segments.ts';
import { serviceGraph } from './service-graph.ts';
import { spanOf, summarize } from './summaries.ts';

type Answer<Output> = Omit<Output, '$metadata'>;

const summariesPerPage = 500;
/** X-Ray's own limit: "Exceeding maximum query size: 5". */
const maxTraceIds = 5;
/** Longer ranges X-Ray refuses. */
const longestRangeMs = 6 * 3_600_000;
const targetIntervalSeconds = 10;

function putTraceSegments(input: PutTraceSegmentsCommandInput, call: Call): Answer<PutTraceSegmentsCommandOutput> {
  const refused = (input.TraceSegmentDocuments ?? []).flatMap((text) => {
    const read = readSegment(text);
    if (read.document) {
      call.engine.traces.put(call.region, read.document);
      return [];
    }
    const { id, errorCode } = read;
    return {
      ...(id !== undefined && { Id: id }),
      ErrorCode: errorCode,
      Message: `Invalid segment. ErrorCode: ${errorCode}`,
    };
  });
  return { UnprocessedTraceSegments: refused };
}

function getTraceSummaries(input: GetTraceSummariesCommandInput, call: Call): Answer<GetTraceSummariesCommandOutput> {
  if (input.TimeRangeType === 'Service') {
    throw new AwsError('InvalidRequestException', 'This endpoint does not serve the TimeRangeType Service.');
  }
  const filter = input.FilterExpression?.trim() ? parseFilter(input.FilterExpression) : () => true;
  const { accountId } = call.engine;
  const within = tracesWithin(input, call);
  const found = within.filter((trace) => filter(traceScope(trace, accountId)));
  const { items, next } = pageOf(found, (trace) => `${textOrderOf(spanOf(trace).startSeconds)}/${trace.trace.id}`, {
    limit: summariesPerPage,
    token: input.NextToken,
    invalidToken,
  });
  return {
    TraceSummaries: items.map((trace) => summarize(trace, accountId)),
    TracesProcessedCount: within.length,
    ApproximateTime: new Date(call.engine.clock()),
    ...(next !== undefined && { NextToken: next }),
  };
}

function batchGetTraces(input: BatchGetTracesCommandInput, call: Call): Answer<BatchGetTracesCommandOutput> {
  // So says AWS, too: boto/boto3#3924.
  if (input.NextToken) throw new AwsError('InvalidRequestException', 'NextToken is currently not supported');
  const found = findTraces(input.TraceIds ?? [], call);
  const known = new Set(found.map(({ trace }) => trace.id));
  return {
    Traces: found.map((assembled) => {
      const { startSeconds, endSeconds } = spanOf(assembled);
      return {
        Id: assembled.trace.id,
        Duration: endSeconds - startSeconds,
        LimitExceeded: assembled.trace.limitExceeded,
        Segments: assembled.segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
      };
    }),
    UnprocessedTraceIds: (input.TraceIds ?? []).filter((id) => !known.has(id)),
  };
}

function getServiceGraph(input: GetServiceGraphCommandInput, call: Call): Answer<GetServiceGraphCommandOutput> {
  const { StartTime, EndTime, GroupName = 'Default' } = input;
  if (GroupName !== 'Default' || input.GroupARN !== undefined) {
    throw new AwsError('InvalidRequestException', 'This endpoint does not serve groups (GroupName, GroupARN).');
  }
  refuseToken(input);
  const services = serviceGraph(tracesWithin(input, call), call.engine.accountId);
  return {
    ...(StartTime && { StartTime }),
    ...(EndTime && { EndTime }),
    Services: services,
    ContainsOldGroupVersions: false,
  };
}

function getTraceGraph(input: GetTraceGraphCommandInput, call: Call): Answer<GetTraceGraphCommandOutput> {
  refuseToken(input);
  return { Services: serviceGraph(findTraces(input.TraceIds ?? [], call), call.engine.accountId) };
}

function getSamplingRules(input: GetSamplingRulesCommandInput, call: Call): Answer<GetSamplingRulesCommandOutput> {
  refuseToken(input);
  const { reservoirPerSecond, fixedRate } = call.engine.sampler.rule;
  const any = '*';
  const SamplingRule = {
    RuleName: 'Default',
    RuleARN: `arn:aws:xray:${call.region}:${call.engine.accountId}:sampling-rule/Default`,
    ResourceARN: any,
    Priority: 10_000,
    FixedRate: fixedRate,
    ReservoirSize: reservoirPerSecond,
    ServiceName: any,
    ServiceType: any,
    Host: any,
    HTTPMethod: any,
    URLPath: any,
    Version: 1,
    Attributes: {},
  };
  return { SamplingRuleRecords: [{ SamplingRule, CreatedAt: new Date(0), ModifiedAt: new Date(0) }] };
}

function getSamplingTargets(
  input: GetSamplingTargetsCommandInput,
  call: Call,
): Answer<GetSamplingTargetsCommandOutput> {
  const { reservoirPerSecond, fixedRate } = call.engine.sampler.rule;
  const documents = input.SamplingStatisticsDocuments ?? [];
  const ttl = new Date(call.engine.clock() + targetIntervalSeconds * 1000);
  return {
    SamplingTargetDocuments: documents.flatMap(({ RuleName }) =>
      RuleName === 'Default'
        ? {
            RuleName,
            FixedRate: fixedRate,
            ReservoirQuota: reservoirPerSecond,
            ReservoirQuotaTTL: ttl,
            Interval: targetIntervalSeconds,
          }
        : [],
    ),
    LastRuleModification: new Date(0),
    UnprocessedStatistics: documents.flatMap(({ RuleName }) =>
      RuleName === 'Default' ? [] : { RuleName, ErrorCode: '404', Message: 'Sampling rule does not exist.' },
    ),
  };
}

const invalidToken = () => new AwsError('InvalidRequestException', 'Invalid NextToken.');

/** Of what there is one page of, no token can be one of ours. */
function refuseToken({ NextToken: token }: { NextToken?: string | undefined }): void {
  if (token !== undefined) throw invalidToken();
}

interface Range {
  StartTime: Date | undefined;
  EndTime: Date | undefined;
  /** `TraceId`, as where nothing is said: when the trace began. `Event`: when it last changed. (API reference, GetTraceSummaries) */
  TimeRangeType?: TimeRangeType | undefined;
}

/** Newest last. What arrived too recently is not indexed yet, as in AWS. */
function tracesWithin(range: Range, call: Call): AssembledTrace[] {
  const [startMs, endMs] = [Number(range.StartTime), Number(range.EndTime)];
  if (!(startMs <= endMs)) {
    throw new AwsError('InvalidRequestException', 'The start time must be before the end time.');
  }
  if (endMs - startMs > longestRangeMs) {
    throw new AwsError('InvalidRequestException', 'Time range cannot be longer than 6 hours');
  }
  return call.engine.traces
    .list(call.region)
    .filter(({ changedAtMs }) => changedAtMs >= startMs && isIndexed(call, changedAtMs))
    .map(assemble)
    .filter((trace) => {
      const isByEvent = range.TimeRangeType === 'Event';
      const atMs = isByEvent ? trace.trace.changedAtMs : spanOf(trace).startSeconds * 1000;
      return atMs >= startMs && atMs <= endMs;
    });
}

const isIndexed = ({ engine: { simulation } }: Call, changedAtMs: number) =>
  !simulation.lasts('xray.indexed', changedAtMs + simulation.delayMs('xray.indexed'));

function findTraces(ids: string[], call: Call): AssembledTrace[] {
  if (ids.length > maxTraceIds) {
    throw new AwsError('InvalidRequestException', `Exceeding maximum query size: ${maxTraceIds}`);
  }
  return [...new Set(ids)].flatMap((id) => {
    const trace = call.engine.traces.find(call.region, id);
    return trace && isIndexed(call, trace.changedAtMs) ? assemble(trace) : [];
  });
}

export const traceOperations = {
  PutTraceSegments: putTraceSegments,
  PutTelemetryRecords: () => ({}),
  GetTraceSummaries: getTraceSummaries,
  BatchGetTraces: batchGetTraces,
  GetServiceGraph: getServiceGraph,
  GetTraceGraph: getTraceGraph,
  GetSamplingRules: getSamplingRules,
  GetSamplingTargets: getSamplingTargets,
  GetTraceSegmentDestination: (): Answer<GetTraceSegmentDestinationCommandOutput> => ({
    Destination: 'XRay',
    Status: 'ACTIVE',
  }),
} satisfies Operations<XRay>;

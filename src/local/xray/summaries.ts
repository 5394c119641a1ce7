import type { ServiceId, TraceSummary, ValueWithServiceIds } from '@aws-sdk/client-xray';
import type { AssembledTrace } from './assemble.ts';
import { type SegmentDocument, withParts } from './segments.ts';

/** When a trace began and ended and how long its first request took, in seconds. */
export interface Span {
  startSeconds: number;
  endSeconds: number;
  responseSeconds: number;
  root: SegmentDocument | undefined;
}

export function spanOf({ segments }: AssembledTrace): Span {
  const startSeconds = Math.min(...segments.map((segment) => segment.start_time));
  const endSeconds = Math.max(...segments.map((segment) => segment.end_time ?? segment.start_time));
  const ids = new Set(segments.flatMap((segment) => withParts(segment).map((part) => part.id)));
  // Its parent, if it names one, is a caller that sent nothing.
  const root = segments.find((segment) => segment.parent_id === undefined || !ids.has(segment.parent_id));
  const responseSeconds = root ? (root.end_time ?? endSeconds) - root.start_time : endSeconds - startSeconds;
  return { startSeconds, endSeconds, responseSeconds, root };
}

/** https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html */
export function summarize(assembled: AssembledTrace, accountId: string): TraceSummary {
  const { trace, segments } = assembled;
  const { startSeconds, endSeconds, responseSeconds, root } = spanOf(assembled);
  const { request, response } = root?.http ?? {};
  return {
    Id: trace.id,
    StartTime: new Date(startSeconds * 1000),
    Duration: toMicroseconds(endSeconds - startSeconds),
    ResponseTime: toMicroseconds(responseSeconds),
    HasFault: segments.some((segment) => segment.fault === true),
    HasError: root?.error === true,
    HasThrottle: segments.some((segment) => segment.throttle === true),
    IsPartial: segments.some((segment) => segment.in_progress === true),
    Http: {
      ...(typeof request?.url === 'string' && { HttpURL: request.url }),
      ...(typeof response?.status === 'number' && { HttpStatus: response.status }),
      ...(typeof request?.method === 'string' && { HttpMethod: request.method }),
      ...(typeof request?.user_agent === 'string' && { UserAgent: request.user_agent }),
      ...(typeof request?.client_ip === 'string' && { ClientIp: request.client_ip }),
    },
    Annotations: annotationsOf(segments, accountId),
    Users: segments.flatMap(({ user, ...segment }) =>
      typeof user === 'string' ? { UserName: user, ServiceIds: [serviceIdOf(segment, accountId)] } : [],
    ),
    ServiceIds: unique(segments.map((segment) => serviceIdOf(segment, accountId))),
    ResourceARNs: unique(segments.flatMap(({ resource_arn }) => (resource_arn ? { ARN: resource_arn } : []))),
    ...(root && { EntryPoint: serviceIdOf(root, accountId) }),
    Revision: segments.length,
    MatchedEventTime: new Date(endSeconds * 1000),
  };
}

export function serviceIdOf(segment: Pick<SegmentDocument, 'name' | 'origin'>, accountId: string): ServiceId {
  const { name, origin } = segment;
  return { Name: name, Names: [name], AccountId: accountId, ...(typeof origin === 'string' && { Type: origin }) };
}

function annotationsOf(segments: SegmentDocument[], accountId: string): Record<string, ValueWithServiceIds[]> {
  const found = new Map<string, ValueWithServiceIds[]>();
  for (const segment of segments) {
    for (const part of withParts(segment)) {
      for (const [key, value] of Object.entries(part.annotations ?? {})) {
        const AnnotationValue = annotationValue(value);
        if (!AnnotationValue) continue;
        const known = found.get(key) ?? [];
        known.push({ AnnotationValue, ServiceIds: [serviceIdOf(segment, accountId)] });
        found.set(key, known);
      }
    }
  }
  return Object.fromEntries(found);
}

/** Undefined for what can be none. */
function annotationValue(value: unknown): ValueWithServiceIds['AnnotationValue'] {
  if (typeof value === 'number') return { NumberValue: value };
  if (typeof value === 'boolean') return { BooleanValue: value };
  return typeof value === 'string' ? { StringValue: value } : undefined;
}

function unique<T>(values: T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Seconds rounded to microseconds, without the noise of subtracting large numbers. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1_000_000) / 1_000_000;
}

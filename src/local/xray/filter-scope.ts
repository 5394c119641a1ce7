import { ownMember } from '../../own-member.ts';
import type { AssembledTrace } from './assemble.ts';
import { type SegmentDocument, withParts } from './segments.ts';
import { spanOf } from './summaries.ts';

export type Value = string | number | boolean;

/** What a filter expression looks at: a whole trace, or inside `service() { … }` one service's segment. */
export interface Scope {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly accountId: string;
  /** A keyword's values; undefined: there is no such keyword. */
  values(keyword: string): Value[] | undefined;
  annotations(key: string): Value[];
  services(): Scope[];
  /** Caller and called. */
  edges(): [Scope, Scope][];
}

export function traceScope(assembled: AssembledTrace, accountId: string): Scope {
  const { segments } = assembled;
  const { startSeconds, endSeconds, responseSeconds, root } = spanOf(assembled);
  const services = () => segments.map((segment) => segmentScope(segment, accountId));
  return scopeOf({
    segments,
    main: root,
    accountId,
    durationSeconds: endSeconds - startSeconds,
    responseSeconds,
    services,
    edges: () => {
      const owners = new Map(segments.flatMap((segment) => withParts(segment).map((part) => [part.id, segment])));
      return segments.flatMap((segment): [Scope, Scope][] => {
        const caller = owners.get(segment.parent_id ?? '');
        return caller ? [[segmentScope(caller, accountId), segmentScope(segment, accountId)]] : [];
      });
    },
  });
}

function segmentScope(segment: SegmentDocument, accountId: string): Scope {
  const seconds = (segment.end_time ?? segment.start_time) - segment.start_time;
  const scope: Scope = scopeOf({
    segments: [segment],
    main: segment,
    accountId,
    durationSeconds: seconds,
    responseSeconds: seconds,
    services: () => [scope],
    edges: () => [],
  });
  return scope;
}

function scopeOf(of: {
  segments: SegmentDocument[];
  /** The segment whose HTTP request counts. */
  main: SegmentDocument | undefined;
  accountId: string;
  durationSeconds: number;
  responseSeconds: number;
  services: Scope['services'];
  edges: Scope['edges'];
}): Scope {
  const { segments, main, accountId } = of;
  const some = (flag: 'fault' | 'error' | 'throttle' | 'in_progress' | 'inferred') =>
    segments.some((segment) => segment[flag] === true);
  const { request, response } = main?.http ?? {};
  const keywords: Record<string, () => unknown[]> = {
    ok: () => [!some('fault') && !some('error') && !some('throttle')],
    error: () => [some('error')],
    fault: () => [some('fault')],
    throttle: () => [some('throttle')],
    partial: () => [some('in_progress')],
    inferred: () => [some('inferred')],
    root: () => [main?.parent_id === undefined],
    responsetime: () => [of.responseSeconds],
    duration: () => [of.durationSeconds],
    'http.status': () => [response?.status],
    'http.url': () => [request?.url],
    'http.method': () => [request?.method],
    'http.useragent': () => [request?.user_agent],
    'http.clientip': () => [request?.client_ip],
    user: () => segments.map((segment) => segment.user),
    name: () => segments.map((segment) => segment.name),
    type: () => segments.map((segment) => segment.origin),
    'resource.arn': () => segments.map((segment) => segment.resource_arn),
    message: () => segments.flatMap(messages),
  };
  return {
    name: main?.name,
    type: main?.origin,
    accountId,
    values: (keyword) => ownMember(keywords, keyword)?.().filter(isValue),
    annotations: (key) =>
      segments
        .flatMap(withParts)
        .map(({ annotations }) => ownMember(annotations, key))
        .filter(isValue),
    services: of.services,
    edges: of.edges,
  };
}

function messages(segment: SegmentDocument): unknown[] {
  return withParts(segment).flatMap(({ cause }) =>
    typeof cause === 'object' && Array.isArray(cause?.exceptions)
      ? cause.exceptions.map((exception) => exception?.message)
      : [],
  );
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

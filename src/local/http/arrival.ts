import type { IncomingMessage } from 'node:http';
import type { PlainResponse } from './messages.ts';
import type { RequestEntry, RequestLog } from './request-log.ts';

/** What the request log tells of a request, as far as it is known. */
export type Arrival = Pick<RequestEntry, 'atMs' | 'kind' | 'method' | 'path' | 'requestBody'> & {
  startedAtMs: number;
  operation: string | undefined;
};

export function arrival({ method = '', url = '', headers }: IncomingMessage): Arrival {
  const target = headers['x-amz-target'];
  return {
    atMs: Date.now(),
    startedAtMs: performance.now(),
    kind: 'page',
    method,
    path: url,
    requestBody: nothing,
    operation: typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : undefined,
  };
}

const nothing = Buffer.alloc(0);

export function record(requests: RequestLog, arrived: Arrival, answer: PlainResponse): void {
  // Asking what there is would otherwise be most of what there is.
  if (arrived.path.startsWith('/_dynops/')) return;
  const { startedAtMs, atMs, kind, method, path, requestBody, operation } = arrived;
  const ms = performance.now() - startedAtMs;
  requests.add({ atMs, ms, kind, method, path, status: answer.status, operation, requestBody, answer });
}
